// Several namenodes: who serves is found, remembered, and left when it stops serving.
import { expect, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import type { WebHdfsOptions } from '../../../src/file-system/webhdfs/options.js'
import { createWebHdfsFileSystem } from '../../../src/file-system/webhdfs/webhdfs-file-system.js'
import { expectError } from './expect-error.js'
import { SHORT_PAUSES } from './fake-cluster.js'
import { type Answer, directoryStatus, freePort, refuse, say, startFakeServer } from './fake-server.js'

const standby = refuse(403, 'StandbyException', 'Operation category READ is not supported in state standby. Visit …')
const safeMode = refuse(403, 'SafeModeException', 'Cannot create directory /x. Name node is in safe mode.')

function adapter(ports: readonly number[], options: Partial<WebHdfsOptions> = {}): FileSystem & AsyncDisposable {
  return createWebHdfsFileSystem({
    scheme: 'webhdfs',
    namenodes: ports.map((port) => ({ host: '127.0.0.1', port })),
    root: '/',
    ...SHORT_PAUSES,
    ...options,
  })
}

const made = say({ boolean: true })

test('a standby is left, and the active one remembered', async () => {
  await using first = await startFakeServer({ MKDIRS: standby, GETFILESTATUS: standby })
  await using second = await startFakeServer({ MKDIRS: made, GETFILESTATUS: say(directoryStatus()) })
  await using fileSystem = adapter([first.port, second.port])
  await fileSystem.mkdirs('a')
  await fileSystem.stat('a')
  await fileSystem.mkdirs('b')
  expect(first.ops).toEqual(['MKDIRS'])
  expect(second.ops).toEqual(['MKDIRS', 'GETFILESTATUS', 'MKDIRS'])
})

const absent = refuse(404, 'FileNotFoundException', 'File/Directory /x does not exist.')

test('an observer, which answers reads from what it has heard of so far, is passed over', async () => {
  const notHere = refuse(403, 'StandbyException', 'Operation category WRITE is not supported in state observer.')
  await using first = await startFakeServer({ SETTIMES: notHere, GETFILESTATUS: absent })
  await using second = await startFakeServer({ SETTIMES: absent, GETFILESTATUS: say(directoryStatus()) })
  await using fileSystem = adapter([first.port, second.port])
  expect(await fileSystem.stat('a')).toMatchObject({ type: 'directory' })
  await fileSystem.stat('a')
  expect(first.ops).toEqual(['SETTIMES'])
  expect(second.ops).toEqual(['SETTIMES', 'GETFILESTATUS', 'GETFILESTATUS'])
})

test.each([
  ['ObserverRetryOnActiveException', 'Observer Node received a write'],
  ['RemoteException', 'Operation category WRITE is not supported in state standby'],
  ['IOException', 'org.apache.hadoop.ipc.StandbyException: not me'],
])('%s: %s is a standby too', async (exception, message) => {
  await using first = await startFakeServer({ MKDIRS: refuse(500, exception, message) })
  await using second = await startFakeServer({ MKDIRS: made })
  await using fileSystem = adapter([first.port, second.port])
  await fileSystem.mkdirs('a')
  expect(second.ops).toEqual(['MKDIRS'])
})

test('a refused connection is left', async () => {
  await using second = await startFakeServer({ MKDIRS: made })
  await using fileSystem = adapter([await freePort(), second.port])
  await fileSystem.mkdirs('a')
  expect(second.ops).toEqual(['MKDIRS'])
})

test('a failover is waited for', async () => {
  let asked = 0
  const later: Answer = (exchange) => {
    asked += 1
    return (asked < 4 ? standby : made)(exchange)
  }
  await using first = await startFakeServer({ MKDIRS: later })
  await using second = await startFakeServer({ MKDIRS: standby })
  await using fileSystem = adapter([first.port, second.port])
  await fileSystem.mkdirs('a')
  expect(asked).toBe(4)
  expect(second.ops).toHaveLength(3)
})

test('nobody active within failoverWaitMs: STANDBY, not applied', async () => {
  await using first = await startFakeServer({ MKDIRS: standby })
  await using second = await startFakeServer({ MKDIRS: standby })
  await using fileSystem = adapter([first.port, second.port], { failoverWaitMs: 0 })
  await expectError(fileSystem.mkdirs('a'), {
    code: 'STANDBY',
    outcome: 'not-applied',
    retry: 'now',
    operation: 'mkdirs',
  })
  expect([first.ops, second.ops]).toEqual([['MKDIRS'], ['MKDIRS']])
})

test('a single standby is not asked again', async () => {
  await using only = await startFakeServer({ MKDIRS: standby })
  await using fileSystem = adapter([only.port])
  await expectError(fileSystem.mkdirs('a'), { code: 'STANDBY', outcome: 'not-applied' })
  expect(only.ops).toHaveLength(1)
})

test('close() ends the search for the active one', async () => {
  await using first = await startFakeServer({ MKDIRS: standby })
  await using second = await startFakeServer({ MKDIRS: standby })
  const fileSystem = adapter([first.port, second.port], { failoverWaitMs: 60_000, failoverPauseMs: 30_000 })
  const call = fileSystem.mkdirs('a')
  const expected = expectError(call, { code: 'CLOSED', outcome: 'not-applied' })
  while (second.ops.length === 0) await new Promise((resolve) => setImmediate(resolve))
  // The pause begins once the second answer was read.
  await new Promise((resolve) => setTimeout(resolve, 50))
  await fileSystem.close()
  await expected
})

test('safe mode and start-up: later, not applied, and no search', async () => {
  await using first = await startFakeServer({
    MKDIRS: safeMode,
    DELETE: refuse(403, 'RetriableException', 'Namenode is in startup mode'),
  })
  await using second = await startFakeServer()
  await using fileSystem = adapter([first.port, second.port])
  await expectError(fileSystem.mkdirs('a'), { code: 'SAFE_MODE', outcome: 'not-applied', retry: 'later' })
  await expectError(fileSystem.delete('a'), { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'later' })
  expect(second.ops).toEqual([])
})

test('a mutation whose reply is lost is sent once, to one namenode; a read is asked again', async () => {
  let lose = 2
  const losing: Answer = ({ socket }) => socket.destroy()
  await using first = await startFakeServer({
    MKDIRS: losing,
    GETFILESTATUS: (exchange) => {
      lose -= 1
      return (lose >= 0 ? losing : say(directoryStatus()))(exchange)
    },
  })
  await using second = await startFakeServer({ MKDIRS: made })
  await using fileSystem = adapter([first.port, second.port])
  await expectError(fileSystem.mkdirs('a'), { code: 'UNAVAILABLE', outcome: 'unknown', retry: 'now' })
  expect([...first.ops, ...second.ops]).toEqual(['MKDIRS'])
  expect(await fileSystem.stat('a')).toMatchObject({ type: 'directory' })
  expect(first.ops).toEqual(['MKDIRS', 'SETTIMES', 'GETFILESTATUS', 'GETFILESTATUS', 'GETFILESTATUS'])
})

test('a read that is lost again and again is given up', async () => {
  await using first = await startFakeServer({ GETFILESTATUS: ({ socket }) => socket.destroy() })
  await using fileSystem = adapter([first.port], { readAttemptsMax: 4 })
  await expectError(fileSystem.stat('a'), { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'now' })
  expect(first.ops).toHaveLength(4)
})

test('after a silent namenode the next request goes to another', async () => {
  await using first = await startFakeServer({ MKDIRS: () => undefined })
  await using second = await startFakeServer({ MKDIRS: made })
  await using fileSystem = adapter([first.port, second.port], { firstByteTimeoutMs: 100 })
  await expectError(fileSystem.mkdirs('a'), { code: 'TIMEOUT', outcome: 'unknown', retry: 'later' })
  await fileSystem.mkdirs('b')
  expect(second.ops).toEqual(['MKDIRS'])
})
