// Namenodes that are none, or not well: a clear code, no hang, no connection left behind.
import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { createHdfsFileSystem } from '../../../src/file-system/hdfs/hdfs-file-system.js'
import {
  getFileInfo,
  getHAServiceState,
  HA_STATE,
  isFileClosed,
  mkdirs,
  rename2,
  setTimes,
} from '../../../src/file-system/hdfs/messages/namespace-methods.js'
import { rpcResponseHeader, rpcSasl } from '../../../src/file-system/hdfs/messages/rpc-messages.js'
import type { HdfsOptions } from '../../../src/file-system/hdfs/options.js'
import { delimited } from '../../../src/file-system/hdfs/protobuf/message.js'
import { expectError } from '../webhdfs/expect-error.js'
import { answerOf, fakeNamenode, fakeServer, replyTo } from './fake-namenode.js'

type Address = { readonly host: string; readonly port: number }

function open(namenodes: readonly Address[], options: Partial<HdfsOptions> = {}): FileSystem {
  const fileSystem = createHdfsFileSystem({ namenodes, root: '/', user: 'etl', failoverWaitMs: 0, ...options })
  onTestFinished(() => fileSystem.close())
  return fileSystem
}

const nothingThere = replyTo(getFileInfo, {})

describe('a server that is no namenode', () => {
  test.each([
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n', /speaks HTTP; hdfs:\/\/ wants the namenode's RPC port/],
    ['a TLS port', '\x15\x03\x03\x00\x02\x02\x28', /speaks TLS/],
    ['one with absurd frames', '\xff\xff\xff\xff', /a frame of 4294967295 bytes/],
    ['one with nonsense in its frames', '\x00\x00\x00\x03\xff\xff\xff', /not an answer of Hadoop's RPC/],
    [
      'one that answers what nobody asked',
      '\x00\x00\x00\x06\x05\x08\xe7\x07\x10\x00',
      /an answer to call 999, which was not asked/,
    ],
  ])('%s', async (_, says, complaint) => {
    const server = await fakeServer((socket) => socket.once('data', () => socket.write(Buffer.from(says, 'latin1'))))
    const fileSystem = open([server])
    const error = await expectError(fileSystem.stat('a'), { code: 'PROTOCOL', outcome: 'not-applied', retry: 'never' })
    expect(error.message).toMatch(complaint)
    await expectError(fileSystem.mkdirs('a'), { code: 'PROTOCOL', outcome: 'unknown', operation: 'mkdirs', path: 'a' })
    await expect.poll(() => server.sockets.size).toBe(0)
  })

  test('nobody there', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    await expectError(open([{ host: '127.0.0.1', port }]).mkdirs('a'), {
      code: 'UNAVAILABLE',
      outcome: 'not-applied',
      retry: 'later',
    })
    await expectError(open([{ host: 'no-such-host.invalid', port }]).stat('a'), {
      code: 'UNAVAILABLE',
      outcome: 'not-applied',
    })
  })

  test('one that closes at once, and one that says nothing', async () => {
    const closing = await fakeServer((socket) => socket.end())
    await expectError(open([closing]).stat('a'), { code: 'UNAVAILABLE', outcome: 'not-applied' })
    const silent = await fakeServer((socket) => void socket.resume())
    await expectError(open([silent], { replyTimeoutMs: 50 }).mkdirs('a'), { code: 'TIMEOUT', outcome: 'unknown' })
    await expect.poll(() => silent.sockets.size).toBe(0)
  })
})

describe('a namenode that refuses', () => {
  test('everybody without Kerberos: it is said what it asks for', async () => {
    const message =
      'SIMPLE authentication is not enabled.  Available:[TOKEN, KERBEROS]\n\tat org.apache.hadoop.ipc.Server'
    const exception = 'org.apache.hadoop.security.AccessControlException'
    const server = await fakeServer((socket) => {
      socket.once('data', () => socket.end(answerOf(-1, { exception, message, fatal: true })))
    })
    const error = await expectError(open([server]).mkdirs('a'), {
      code: 'AUTHENTICATION',
      outcome: 'not-applied',
      retry: 'never',
    })
    expect(error.message).toMatch(/Available:\[TOKEN, KERBEROS\]$/)
  })

  test('and wants to negotiate: it is said what', async () => {
    const auths = [
      { method: 'KERBEROS', mechanism: 'GSSAPI' },
      { method: 'TOKEN', mechanism: 'DIGEST-MD5' },
    ]
    const body = Buffer.concat([
      delimited(rpcResponseHeader, { callId: -33 >>> 0, status: 0 }),
      delimited(rpcSasl, { state: 1, auths }),
    ])
    const frame = Buffer.concat([Buffer.from([0, 0, 0, body.byteLength]), body])
    const server = await fakeServer((socket) => socket.once('data', () => socket.write(frame)))
    const error = await expectError(open([server]).stat('a'), { code: 'AUTHENTICATION', outcome: 'not-applied' })
    expect(error.message).toMatch(/the server asks for KERBEROS \(GSSAPI\), TOKEN \(DIGEST-MD5\)/)
  })

  test('another version, and methods that it does not have', async () => {
    const mismatch = {
      exception: 'org.apache.hadoop.ipc.RPC$VersionMismatch',
      message: 'Server IPC version 9 cannot communicate with client version 4',
      fatal: true,
    } as const
    const server = await fakeServer((socket) => socket.once('data', () => socket.end(answerOf(-1, mismatch))))
    await expectError(open([server]).stat('a'), { code: 'PROTOCOL' })
    const old = await fakeNamenode(() => ({
      exception: 'org.apache.hadoop.ipc.RpcNoSuchMethodException',
      message: 'Unknown method',
    }))
    await expectError(open([old]).mkdirs('a'), { code: 'PROTOCOL', outcome: 'not-applied' })
  })

  test('in a quota: the code says so', async () => {
    const exception = 'org.apache.hadoop.hdfs.protocol.NSQuotaExceededException'
    const server = await fakeNamenode(() => ({
      exception,
      message: 'The NameSpace quota (directories and files) of directory /a is exceeded: quota=1',
    }))
    await expectError(open([server]).mkdirs('a/b'), { code: 'QUOTA', outcome: 'not-applied', retry: 'never' })
  })
})

describe('calls', () => {
  test('are told apart by their ids, whatever the order of the answers', async () => {
    const held: (() => void)[] = []
    const server = await fakeNamenode(({ callId, request, socket }) => {
      const { src } = getFileInfo.request.decode(request)
      const fs = { fileType: 2, path: new Uint8Array(0), length: Number(src.slice(1)), modificationTime: 1, fileId: 1n }
      held.push(() => void socket.write(answerOf(callId, replyTo(getFileInfo, { fs }))))
      if (held.length === 3) for (const each of held.reverse()) each()
      return undefined
    })
    const fileSystem = open([server])
    const found = await Promise.all(['11', '22', '33'].map((name) => fileSystem.stat(name)))
    expect(found.map((each) => each?.length)).toEqual([11, 22, 33])
    expect(server.sockets.size).toBe(1)
  })

  test('keep their id when they are sent again, and count how often', async () => {
    const seen: [number, number][] = []
    const server = await fakeNamenode(({ callId, retryCount, socket }) => {
      seen.push([callId, retryCount])
      if (seen.length === 3) return replyTo(rename2, {})
      socket.destroy()
      return undefined
    })
    await open([server], { failoverWaitMs: 10_000, failoverPauseMs: 1 }).rename('a', 'b', { mode: 'claim' })
    expect(seen).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
    ])
  })

  test('that were sent twice and are refused then are of unknown outcome, unless they only read', async () => {
    let calls = 0
    const server = await fakeNamenode(({ socket }) => {
      calls += 1
      if (calls % 2 === 0)
        return { exception: 'java.io.FileNotFoundException', message: 'rename source /a is not found.' }
      socket.destroy()
      return undefined
    })
    const fileSystem = open([server], { failoverWaitMs: 10_000 })
    await expectError(fileSystem.rename('a', 'b', { mode: 'claim' }), { code: 'NOT_FOUND', outcome: 'unknown' })
    await expectError(fileSystem.isOpenForWrite('a'), { code: 'NOT_FOUND', outcome: 'not-applied' })
  })

  test.each(['org.apache.hadoop.ipc.StandbyException', 'org.apache.hadoop.ipc.ObserverRetryOnActiveException'])(
    'go to the namenode that serves, past a standby and one that is away: %s',
    async (exception) => {
      const standby = await fakeNamenode(() => ({ exception, message: 'Retry on the active namenode, please' }))
      const active = await fakeNamenode(({ method }) =>
        method === 'setTimes' ? replyTo(setTimes, {}) : replyTo(mkdirs, { result: true }),
      )
      const away = { host: '127.0.0.1', port: 1 }
      const fileSystem = open([standby, away, active], { failoverWaitMs: 5_000 })
      await fileSystem.mkdirs('a')
      expect(await fileSystem.touch('a')).toBe('present')
    },
  )

  test('are believed from the active namenode only: an observer answers reads from what it has heard of so far', async () => {
    const states = (state: number, existing: boolean) =>
      fakeNamenode(({ method }) =>
        method === 'getHAServiceState'
          ? replyTo(getHAServiceState, { state })
          : replyTo(isFileClosed, { result: existing }),
      )
    const observer = await states(HA_STATE.observer, true)
    const active = await states(HA_STATE.active, false)
    expect(await open([observer, active], { failoverWaitMs: 5_000 }).isOpenForWrite('a')).toBe(true)
    const old = await fakeNamenode(({ method }) =>
      method === 'getHAServiceState'
        ? { exception: 'org.apache.hadoop.ipc.RpcNoSuchMethodException', message: 'Unknown method getHAServiceState' }
        : replyTo(isFileClosed, { result: true }),
    )
    expect(await open([old, observer]).isOpenForWrite('a')).toBe(false)
  })

  test('end with the file system, and so do its connections', async () => {
    const server = await fakeNamenode(() => undefined)
    const fileSystem = open([server])
    const asked = fileSystem.stat('a')
    await expect.poll(() => server.sockets.size).toBe(1)
    await fileSystem.close()
    await expectError(asked, { code: 'CLOSED', outcome: 'not-applied' })
    await expect.poll(() => server.sockets.size).toBe(0)
  })

  test('idle connections are closed, and made anew when they are needed', async () => {
    const server = await fakeNamenode(() => nothingThere)
    const fileSystem = open([server], { connectionIdleMs: 20 })
    expect(await fileSystem.stat('a')).toBeUndefined()
    await expect.poll(() => server.sockets.size).toBe(0)
    expect(await fileSystem.stat('a')).toBeUndefined()
  })
})
