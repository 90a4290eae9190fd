// Servers that answer badly, or not at all: the right code, an honest outcome, within the limits, and no connection left.
import { Agent, type ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import webhdfs from 'webhdfs'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import type { FileSystemErrorCode, Operation, Outcome, Retry } from '../../../src/file-system/file-system-error.js'
import { createWebHdfsFileSystem } from '../../../src/file-system/webhdfs/webhdfs-file-system.js'
import { createWebHdfsPackageFileSystem } from '../../../src/file-system/webhdfs-package/webhdfs-package-file-system.js'
import { expectError } from './expect-error.js'
import { type Answer, freePort, startFakeServer, startRawServer } from './fake-server.js'

interface Verb {
  readonly operation: Operation
  readonly op: string
  /** What is true when the answer says nothing. */
  readonly outcome: Outcome
  call(fileSystem: FileSystem): Promise<unknown>
}

interface AdapterLimits {
  readonly replyBytesMax: number
  /** From a request until the end of its answer. */
  readonly answerMs: number
}

/** An adapter on a namenode, and the name by which it asks for a file's bytes. */
interface Adapter {
  readonly name: string
  readonly readOp: string
  open(port: number, limits?: AdapterLimits, host?: string): FileSystem
}

const adapters: readonly Adapter[] = [
  {
    name: 'our own adapter',
    readOp: 'OPEN',
    open: (port, { replyBytesMax, answerMs } = standardLimits, host = '127.0.0.1') =>
      createWebHdfsFileSystem({
        scheme: 'webhdfs',
        namenodes: [{ host, port }],
        root: '/base',
        replyBytesMax,
        firstByteTimeoutMs: answerMs,
        replyTimeoutMs: answerMs,
      }),
  },
  {
    name: 'the package webhdfs',
    readOp: 'open',
    open: (port, { replyBytesMax, answerMs } = standardLimits, host = '127.0.0.1') => {
      // Without keeping connections for others: what is still open afterwards is ours.
      const agent = new Agent({ keepAlive: false })
      const client = webhdfs.createClient({ host, port, path: '/webhdfs/v1' }, { agent })
      const limits = { replyBytesMax, requestTimeoutMs: answerMs, progressTimeoutMs: answerMs }
      return createWebHdfsPackageFileSystem(client, { root: '/base', ...limits })
    },
  },
]

const standardLimits: AdapterLimits = { replyBytesMax: 50_000, answerMs: 60_000 }

const bytes = Buffer.from('abc')

async function all(iterable: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const each of iterable) found.push(each)
  return found
}

const verbs: readonly Verb[] = [
  { operation: 'stat', op: 'GETFILESTATUS', outcome: 'not-applied', call: (fs) => fs.stat('a') },
  { operation: 'list', op: 'LISTSTATUS_BATCH', outcome: 'not-applied', call: (fs) => all(fs.list('a')) },
  { operation: 'read', op: 'OPEN', outcome: 'not-applied', call: (fs) => fs.read('a') },
  {
    operation: 'isOpenForWrite',
    op: 'GET_BLOCK_LOCATIONS',
    outcome: 'not-applied',
    call: (fs) => fs.isOpenForWrite('a'),
  },
  { operation: 'mkdirs', op: 'MKDIRS', outcome: 'unknown', call: (fs) => fs.mkdirs('a') },
  { operation: 'delete', op: 'DELETE', outcome: 'unknown', call: (fs) => fs.delete('a') },
  {
    operation: 'truncate',
    op: 'TRUNCATE',
    outcome: 'unknown',
    call: (fs) => fs.truncate('a', { length: 1, waitMs: 10 }),
  },
  // A redirect changes nothing, so whatever becomes of it: nothing has happened.
  { operation: 'create', op: 'CREATE', outcome: 'not-applied', call: (fs) => fs.create('a', bytes) },
  { operation: 'append', op: 'APPEND', outcome: 'not-applied', call: (fs) => fs.append('a', bytes, { base: 0 }) },
]
/** Their success is a 200 with nothing in it. */
const silentVerbs: readonly Verb[] = [
  { operation: 'rename', op: 'RENAME', outcome: 'unknown', call: (fs) => fs.rename('a', 'b', { mode: 'claim' }) },
  { operation: 'concat', op: 'CONCAT', outcome: 'unknown', call: (fs) => fs.concat('a', ['b']) },
]

function html(status: number): Answer {
  return ({ response }) => respond(response, status, '<html><body>Something is wrong</body></html>')
}

function respond(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html', 'Content-Length': Buffer.byteLength(body) }).end(body)
}

interface Badness {
  readonly name: string
  readonly answer: Answer
  readonly code: FileSystemErrorCode
  readonly retry: Retry
  /** A 200 with whatever content is success for the silent verbs. */
  readonly isSuccess?: true
}

const badnesses: readonly Badness[] = [
  { name: 'HTML with 200', answer: html(200), code: 'PROTOCOL', retry: 'never', isSuccess: true },
  { name: 'HTML with 404', answer: html(404), code: 'PROTOCOL', retry: 'never' },
  { name: 'HTML with 403', answer: html(403), code: 'PROTOCOL', retry: 'never' },
  { name: 'HTML with 401', answer: html(401), code: 'AUTHENTICATION', retry: 'never' },
  { name: 'HTML with 503', answer: html(503), code: 'UNAVAILABLE', retry: 'later' },
  {
    name: 'half a JSON',
    answer: ({ response }) => respond(response, 200, '{"boolean":tr'),
    code: 'PROTOCOL',
    retry: 'never',
    isSuccess: true,
  },
  {
    name: '200 with nothing',
    answer: ({ response }) => respond(response, 200, ''),
    code: 'PROTOCOL',
    retry: 'never',
    isSuccess: true,
  },
  {
    name: '500 without a body',
    answer: ({ response }) => respond(response, 500, ''),
    code: 'PROTOCOL',
    retry: 'never',
  },
  {
    name: 'an endless body',
    answer: ({ response }) => {
      response.writeHead(200)
      const more = (): void => {
        while (!response.destroyed) if (!response.write('x'.repeat(10_000))) return void response.once('drain', more)
      }
      more()
    },
    code: 'PROTOCOL',
    retry: 'never',
  },
  {
    name: 'a body that stops in the middle',
    answer: ({ response }) => void response.writeHead(200, { 'Content-Length': 100 }).write('{"boolean":'),
    code: 'TIMEOUT',
    retry: 'later',
  },
  { name: 'nothing at all', answer: () => undefined, code: 'TIMEOUT', retry: 'later' },
  { name: 'a closed connection', answer: ({ socket }) => socket.destroy(), code: 'UNAVAILABLE', retry: 'now' },
  {
    name: 'a connection closed in the middle of the body',
    answer: ({ response, socket }) => {
      response.writeHead(200, { 'Content-Length': 100 }).write('{"boolean":', () => socket.destroy())
    },
    code: 'UNAVAILABLE',
    retry: 'now',
  },
  {
    name: 'no HTTP',
    answer: ({ socket }) => socket.end('220 smtp.example.org ESMTP\r\n'),
    code: 'PROTOCOL',
    retry: 'never',
  },
]

describe.each(adapters)('$name', ({ open, readOp }) => {
  for (const { name, answer, code, retry, isSuccess } of badnesses) {
    describe(name, () => {
      test.each([...verbs, ...(isSuccess ? [] : silentVerbs)])('$operation', async (verb) => {
        const { operation, outcome, call } = verb
        const op = operation === 'read' ? readOp : verb.op
        await using server = await startFakeServer({ [op]: answer })
        const limits = code === 'TIMEOUT' ? { ...standardLimits, answerMs: 200 } : standardLimits
        const fileSystem = open(server.port, limits)
        const error = await expectError(call(fileSystem), { code, outcome, retry, operation, path: 'a' })
        expect(error.message).toContain(operation)
        // Whoever mutates sends once.
        if (outcome === 'unknown') expect(server.ops).toEqual([op])
        await fileSystem.close()
        await server.idle()
        expect(server.open).toBe(0)
      })
    })
  }

  test.each([...verbs, ...silentVerbs])(
    'refused connection: $operation is not applied',
    async ({ operation, call }) => {
      const fileSystem = open(await freePort())
      await expectError(call(fileSystem), { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'later', operation })
      await fileSystem.close()
    },
  )

  test('a name that means nothing', async () => {
    const fileSystem = open(9870, standardLimits, 'no-such-host.invalid')
    await expectError(fileSystem.mkdirs('a'), { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'later' })
    await fileSystem.close()
  })

  test('headers that never end', async () => {
    await using server = await startRawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const more = (): void => {
        while (!socket.destroyed)
          if (!socket.write(`X-${'y'.repeat(1_000)}: z\r\n`)) return void socket.once('drain', more)
      }
      socket.once('data', more)
    })
    const fileSystem = open(server.port)
    await expectError(fileSystem.mkdirs('a'), { code: 'PROTOCOL', outcome: 'unknown' })
    await fileSystem.close()
  })
})
