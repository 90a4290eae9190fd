// Uploads that a datanode refuses, or that it dies under, or that are given up: what became of them, and what is claimed.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { expectError } from './expect-error.js'
import { startFakeCluster } from './fake-cluster.js'
import {
  contentOf,
  freePort,
  redirectTo,
  refuse,
  respondException,
  say,
  startFakeServer,
  startRawServer,
} from './fake-server.js'

const MEBIBYTE = 2 ** 20

const sample = Buffer.from(Uint8Array.from({ length: 65_521 }, (_, index) => (index * 31 + (index >> 8)) % 251))

function pattern(length: number): Buffer {
  return Buffer.alloc(length, sample)
}

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve: () => resolve() }
}

describe('a datanode that refuses', () => {
  const create = [
    ['FileAlreadyExistsException', '/base/a for client 127.0.0.1 already exists', 'ALREADY_EXISTS', 'not-applied'],
    ['FileNotFoundException', "Parent directory doesn't exist: /base", 'PARENT_NOT_FOUND', 'not-applied'],
    ['ParentNotDirectoryException', '/base/a (is not a directory)', 'NOT_A_DIRECTORY', 'not-applied'],
    ['AccessControlException', 'Permission denied: user=eve', 'PERMISSION', 'not-applied'],
    ['NSQuotaExceededException', 'The NameSpace quota of directory /base is exceeded', 'QUOTA', 'not-applied'],
    ['AlreadyBeingCreatedException', 'Failed to CREATE_FILE /base/a for X because …', 'LEASE_HELD', 'not-applied'],
    // The file is there by then.
    ['DSQuotaExceededException', 'The DiskSpace quota of /base is exceeded: …', 'QUOTA', 'unknown'],
    ['FileNotFoundException', 'File does not exist: /base/a (inode 7) Holder X', 'NOT_FOUND', 'unknown'],
    ['IOException', 'All datanodes [X] are bad. Aborting...', 'UNAVAILABLE', 'unknown'],
    ['SafeModeException', 'Cannot complete /base/a. Name node is in safe mode.', 'SAFE_MODE', 'unknown'],
    ['IOException', 'Something else', 'UNEXPECTED', 'unknown'],
  ] as const

  test.each(create)('create, %s: %s → %s, %s', async (exception, message, code, outcome) => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('CREATE', refuse(403, exception, `${message}\n\tat java.lang.Thread.run(Thread.java)`))
    const error = await expectError(cluster.fileSystem.create('a', Buffer.from('abc')), {
      code,
      outcome,
      operation: 'create',
    })
    expect(error.cause).toMatchObject({ exception, message, httpStatus: 403 })
  })

  test.each([
    ['FileNotFoundException', 'File /base/a not found.', 'NOT_FOUND'],
    ['AlreadyBeingCreatedException', 'Failed to APPEND_FILE /base/a for X because …', 'LEASE_HELD'],
    ['AccessControlException', 'Permission denied: user=eve', 'PERMISSION'],
    ['DSQuotaExceededException', 'The DiskSpace quota of /base is exceeded: …', 'QUOTA'],
  ] as const)('append, %s: the code is told, the outcome is unknown', async (exception, message, code) => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('APPEND', refuse(403, exception, message))
    await expectError(cluster.fileSystem.append('a', Buffer.from('x'), { base: 0 }), { code, outcome: 'unknown' })
  })

  test.each([
    ['create', 200],
    ['create', 204],
    ['create', 307],
    ['append', 201],
    ['append', 202],
    ['append', 302],
  ] as const)('%s answered by %i is no success', async (operation, status) => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on(operation === 'create' ? 'CREATE' : 'APPEND', async ({ request, response }) => {
      await contentOf(request)
      response.writeHead(status).end()
    })
    const call =
      operation === 'create'
        ? cluster.fileSystem.create('a', Buffer.from('x'))
        : cluster.fileSystem.append('a', Buffer.from('x'), { base: 0 })
    await expectError(call, { code: 'PROTOCOL', outcome: 'unknown' })
    expect(cluster.namenode.ops).not.toContain('GETFILESTATUS')
  })

  test('an early answer in the middle of an upload is the reason, not EPIPE', async () => {
    // Many rounds, because it is a race between the answer and the reset behind it.
    for (let round = 0; round < 30; round += 1) {
      await using cluster = await startFakeCluster()
      cluster.datanode.on('APPEND', ({ request, response, socket }) => {
        request.once('data', () => {
          respondException(response, 403, 'DSQuotaExceededException', 'The DiskSpace quota of /base is exceeded: …')
          response.once('finish', () => socket.destroy())
        })
      })
      const call = cluster.fileSystem.append('a', pattern(20 * MEBIBYTE), { base: 0 })
      await expectError(call, { code: 'QUOTA', outcome: 'unknown' })
    }
  })

  test('an early answer to a stream shows in the next write, and again at the end', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('CREATE', refuse(403, 'FileAlreadyExistsException', '/base/a already exists'))
    const upload = await cluster.fileSystem.createUpload('a')
    const write = async (): Promise<void> => {
      for (;;) await (upload.write(pattern(100_000)) ?? new Promise((resolve) => setImmediate(resolve)))
    }
    const first = await expectError(write(), { code: 'ALREADY_EXISTS', outcome: 'not-applied', operation: 'create' })
    expect(await upload.end().catch((error: unknown) => error)).toBe(first)
    expect(await upload.makeDurable().catch((error: unknown) => error)).toBe(first)
    await upload.abort()
  })

  test('success before all bytes were taken is no success', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('CREATE', ({ response }) => response.writeHead(201).end())
    const upload = await cluster.fileSystem.createUpload('a')
    const write = async (): Promise<void> => {
      for (;;) await (upload.write(pattern(100_000)) ?? new Promise((resolve) => setImmediate(resolve)))
    }
    await expectError(write(), { code: 'PROTOCOL', outcome: 'unknown' })
  })
})

describe('a datanode that goes away', () => {
  test('refused connection: another one, by excludedatanodes', async () => {
    await using cluster = await startFakeCluster()
    const deadPort = await freePort()
    let asked = 0
    cluster.namenode.on('CREATE', (exchange) => {
      asked += 1
      const url = asked <= 2 ? `http://127.0.0.1:${deadPort}` : cluster.datanode.url
      return redirectTo(() => url)(exchange)
    })
    expect(await cluster.fileSystem.create('a', Buffer.from('abc'))).toBe(3)
    const asks = cluster.namenode.seen.filter(({ op }) => op === 'CREATE')
    expect(asks.map(({ query }) => query.get('excludedatanodes'))).toEqual([null, '127.0.0.1', '127.0.0.1'])
  })

  test('a limited number of times: then UNAVAILABLE, not applied', async () => {
    await using cluster = await startFakeCluster({ datanodeAttemptsMax: 3 })
    const deadPort = await freePort()
    cluster.namenode.on(
      'APPEND',
      redirectTo(() => `http://127.0.0.1:${deadPort}`),
    )
    await expectError(cluster.fileSystem.append('a', Buffer.from('x'), { base: 0 }), {
      code: 'UNAVAILABLE',
      outcome: 'not-applied',
      retry: 'later',
    })
    expect(cluster.namenode.ops).toEqual(['APPEND', 'APPEND', 'APPEND'])
  })

  test('reset before the first byte of a stream: another one', async () => {
    await using cluster = await startFakeCluster()
    const dying = deferred()
    await using reset = await startRawServer((socket) => {
      socket.once('data', () => {
        socket.resetAndDestroy()
        dying.resolve()
      })
    })
    let asked = 0
    cluster.namenode.on('APPEND', (exchange) => {
      asked += 1
      return redirectTo(() => (asked === 1 ? `http://127.0.0.1:${reset.port}` : cluster.datanode.url))(exchange)
    })
    cluster.files.set('/base/a', Buffer.from('abc'))
    const upload = await cluster.fileSystem.appendUpload('a', { base: 3 })
    await dying.promise
    await new Promise((resolve) => setTimeout(resolve, 20))
    await upload.write(Buffer.from('de'))
    expect(await upload.end()).toBe(5)
    expect(cluster.files.get('/base/a')?.toString()).toBe('abcde')
  })

  test('the same with a create: what the first one may have made is not held against us', async () => {
    await using cluster = await startFakeCluster()
    const dying = deferred()
    await using reset = await startRawServer((socket) => {
      socket.once('data', () => {
        socket.resetAndDestroy()
        dying.resolve()
      })
    })
    let asked = 0
    cluster.namenode.on('CREATE', (exchange) => {
      asked += 1
      return redirectTo(() => (asked === 1 ? `http://127.0.0.1:${reset.port}` : cluster.datanode.url))(exchange)
    })
    cluster.datanode.on('CREATE', refuse(403, 'FileAlreadyExistsException', '/base/a already exists'))
    const upload = await cluster.fileSystem.createUpload('a')
    await dying.promise
    await new Promise((resolve) => setTimeout(resolve, 20))
    await upload.write(Buffer.from('de'))
    await expectError(upload.end(), { code: 'ALREADY_EXISTS', outcome: 'unknown' })
  })

  test.each(['create', 'append'] as const)(
    'reset in the middle of %s: unknown, and nobody else is asked',
    async (operation) => {
      await using cluster = await startFakeCluster()
      const op = operation === 'create' ? 'CREATE' : 'APPEND'
      cluster.datanode.on(op, ({ request, socket }) => void request.once('data', () => socket.resetAndDestroy()))
      const content = pattern(4 * MEBIBYTE)
      const call =
        operation === 'create'
          ? cluster.fileSystem.create('a', content)
          : cluster.fileSystem.append('a', content, { base: 0 })
      await expectError(call, { code: 'UNAVAILABLE', outcome: 'unknown', operation })
      expect(cluster.namenode.ops).toEqual([op])
    },
  )

  test('closed without an answer after everything was sent: unknown', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('APPEND', ({ request, socket }) => void request.resume().once('end', () => socket.destroy()))
    await expectError(cluster.fileSystem.append('a', Buffer.from('x'), { base: 0 }), {
      code: 'UNAVAILABLE',
      outcome: 'unknown',
    })
  })

  test.each([
    ['takes no bytes', 30 * MEBIBYTE],
    ['takes all bytes and never answers', 1_000],
  ] as const)('a datanode that %s: TIMEOUT, unknown', async (behaviour, length) => {
    await using cluster = await startFakeCluster({ progressTimeoutMs: 200 })
    let held: IncomingMessage | undefined
    cluster.datanode.on('APPEND', ({ request }) => {
      held = behaviour === 'takes no bytes' ? request : request.resume()
    })
    await expectError(cluster.fileSystem.append('a', pattern(length), { base: 0 }), {
      code: 'TIMEOUT',
      outcome: 'unknown',
      retry: 'later',
    })
    // Who does not read does not notice that the other side has left.
    held?.resume()
    await cluster.datanode.idle()
  })

  test('an open upload may be idle for longer than progressTimeoutMs', async () => {
    await using cluster = await startFakeCluster({ progressTimeoutMs: 50 })
    const upload = await cluster.fileSystem.createUpload('a')
    await new Promise((resolve) => setTimeout(resolve, 150))
    await upload.write(Buffer.from('abc'))
    expect(await upload.end()).toBe(3)
  })
})

describe('the length afterwards', () => {
  test.each([2, 4])('%i where 3 were expected: WRONG_LENGTH, applied', async (length) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('GETFILESTATUS', say({ FileStatus: { type: 'FILE', length, modificationTime: 1 } }))
    await expectError(cluster.fileSystem.create('a', Buffer.from('abc')), {
      code: 'WRONG_LENGTH',
      outcome: 'applied',
      retry: 'never',
    })
  })

  test('the file is gone: unknown', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('GETFILESTATUS', refuse(404, 'FileNotFoundException', 'File does not exist: /base/a'))
    await expectError(cluster.fileSystem.append('a', Buffer.from('abc'), { base: 0 }), {
      code: 'NOT_FOUND',
      outcome: 'unknown',
    })
  })

  test('the namenode says nothing: unknown', async () => {
    await using cluster = await startFakeCluster({ firstByteTimeoutMs: 200 })
    cluster.namenode.on('GETFILESTATUS', () => undefined)
    await expectError(cluster.fileSystem.create('a', Buffer.from('abc')), { code: 'TIMEOUT', outcome: 'unknown' })
  })
})

describe('giving up', () => {
  test('abort closes the connection, and what comes later is CLOSED', async () => {
    await using cluster = await startFakeCluster()
    const upload = await cluster.fileSystem.createUpload('a')
    await upload.write(Buffer.from('abc'))
    await upload.abort()
    await upload.abort()
    await cluster.datanode.idle()
    await expectError(Promise.resolve(upload.write(Buffer.from('d'))), { code: 'CLOSED', outcome: 'unknown' })
    await expectError(upload.end(), { code: 'CLOSED', outcome: 'unknown' })
  })

  test('abort while a write waits', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('CREATE', () => undefined)
    const upload = await cluster.fileSystem.createUpload('a')
    const write = Promise.resolve(upload.write(pattern(30 * MEBIBYTE)))
    const expected = expectError(write, { code: 'CLOSED', outcome: 'unknown' })
    await upload.abort()
    await expected
  })

  test('close() of the file system ends open uploads', async () => {
    await using cluster = await startFakeCluster()
    const fileSystem = cluster.adapter({})
    const upload = await fileSystem.createUpload('a')
    await upload.write(Buffer.from('abc'))
    await fileSystem.close()
    await expectError(upload.end(), { code: 'CLOSED', outcome: 'unknown' })
    await cluster.datanode.idle()
  })

  test('after the end every call is CLOSED, and has done nothing', async () => {
    await using cluster = await startFakeCluster()
    const upload = await cluster.fileSystem.createUpload('a')
    await upload.write(Buffer.from('abc'))
    expect(await upload.makeDurable()).toBe(3)
    await expectError(Promise.resolve(upload.write(Buffer.from('d'))), { code: 'CLOSED', outcome: 'not-applied' })
    await expectError(upload.end(), { code: 'CLOSED', outcome: 'not-applied' })
    await upload.abort()
  })

  test('a failure that nobody asks about is no unhandled rejection', async () => {
    await using server = await startFakeServer()
    await using cluster = await startFakeCluster()
    cluster.namenode.on(
      'CREATE',
      redirectTo(() => server.url),
    )
    server.on('CREATE', ({ socket }) => socket.resetAndDestroy())
    const upload = await cluster.fileSystem.createUpload('a')
    await server.idle()
    await once(process, 'beforeExit', { signal: AbortSignal.timeout(30) }).catch(() => undefined)
    await upload.abort()
  })
})
