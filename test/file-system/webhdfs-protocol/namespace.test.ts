// mkdirs, delete, stat, concat, isOpenForWrite and truncate: booleans and refusals.
import { describe, expect, test } from 'vitest'
import { expectError } from '../webhdfs/expect-error.js'
import { startFakeCluster } from '../webhdfs/fake-cluster.js'
import { type Answer, directoryStatus, fileStatus, refuse, say } from '../webhdfs/fake-server.js'

const blocks = (fileLength: number, isUnderConstruction: boolean) =>
  say({ LocatedBlocks: { fileLength, isUnderConstruction } })

describe('mkdirs', () => {
  test.each([
    [say(directoryStatus()), undefined],
    [say(fileStatus(1)), 'NOT_A_DIRECTORY'],
    [refuse(404, 'FileNotFoundException', 'File does not exist: /base/a'), 'UNEXPECTED'],
  ] as const)('false is no success unless the directory is there (%#)', async (status, code) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('MKDIRS', say({ boolean: false }))
    cluster.namenode.on('GETFILESTATUS', status)
    const call = cluster.fileSystem.mkdirs('a')
    if (code === undefined) await call
    else await expectError(call, { code, outcome: 'not-applied', operation: 'mkdirs' })
  })
})

describe('delete', () => {
  test.each([
    [say({ boolean: true }), 'deleted'],
    [say({ boolean: false }), 'absent'],
    [refuse(403, 'AccessControlException', '/base/a (is not a directory)'), 'absent'],
  ] as const)('%#', async (answer, expected) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('DELETE', answer)
    expect(await cluster.fileSystem.delete('a')).toBe(expected)
    expect(cluster.namenode.seen[0]).toMatchObject({ method: 'DELETE' })
    expect(cluster.namenode.seen[0]?.query.get('recursive')).toBe('false')
    await cluster.fileSystem.delete('a', { recursive: 'all' })
    expect(cluster.namenode.seen[1]?.query.get('recursive')).toBe('true')
  })

  test('a directory with entries', async () => {
    await using cluster = await startFakeCluster()
    const message = "`/base/a is non empty': Directory is not empty"
    cluster.namenode.on('DELETE', refuse(403, 'PathIsNotEmptyDirectoryException', message))
    await expectError(cluster.fileSystem.delete('a'), { code: 'NOT_EMPTY', outcome: 'not-applied' })
  })

  test('what HttpFS could not bring to the namenode may have been done', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on(
      'DELETE',
      refuse(500, 'SocketTimeoutException', 'Call From a to b failed on socket timeout exception'),
    )
    await expectError(cluster.fileSystem.delete('a'), { code: 'UNAVAILABLE', outcome: 'unknown', retry: 'later' })
  })
})

describe('stat', () => {
  test('absence is an answer only in the words of HDFS', async () => {
    await using cluster = await startFakeCluster()
    expect(await cluster.fileSystem.stat('missing')).toBeUndefined()
    cluster.namenode.on('GETFILESTATUS', ({ response }) => response.writeHead(404).end('Not Found'))
    await expectError(cluster.fileSystem.stat('missing'), { code: 'PROTOCOL', outcome: 'not-applied' })
    cluster.namenode.on('GETFILESTATUS', refuse(403, 'AccessControlException', 'Permission denied: user=eve'))
    await expectError(cluster.fileSystem.stat('missing'), { code: 'PERMISSION', outcome: 'not-applied' })
  })

  test('fields', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('GETFILESTATUS', say(fileStatus(5)))
    expect(await cluster.fileSystem.stat('a')).toEqual({
      path: 'a',
      type: 'file',
      length: 5,
      modifiedMs: 1_700_000_000_000,
      fileId: '16400',
    })
  })
})

describe('concat', () => {
  const refusal = refuse(
    400,
    'HadoopIllegalArgumentException',
    'concat: source file /base/b is invalid or empty or underConstruction',
  )

  test('what is sent', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('CONCAT', ({ response }) => response.writeHead(200).end())
    await cluster.fileSystem.concat('d/a', ['d/b', 'd/c '])
    expect(cluster.namenode.seen[0]).toMatchObject({ method: 'POST', path: '/base/d/a' })
    expect(cluster.namenode.seen[0]?.query.get('sources')).toBe('/base/d/b,/base/d/c /')
  })

  test.each([
    [false, 'INVALID_ARGUMENT', 'never'],
    [true, 'LEASE_HELD', 'later'],
  ] as const)('one sentence for an empty source and an open one: state tells (open: %s)', async (open, code, retry) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('CONCAT', refusal)
    cluster.namenode.on('GET_BLOCK_LOCATIONS', blocks(0, open))
    await expectError(cluster.fileSystem.concat('a', ['b']), { code, retry, outcome: 'not-applied', path: 'a' })
  })

  test.each([
    [[], 'INVALID_ARGUMENT'],
    [['b', 'b'], 'INVALID_ARGUMENT'],
    [['a'], 'INVALID_ARGUMENT'],
    [['d/b'], 'INVALID_ARGUMENT'],
    [['b,c'], 'UNSUPPORTED'],
    [['../b'], 'INVALID_PATH'],
  ] as const)('%j is refused before any request', async (sources, code) => {
    await using cluster = await startFakeCluster()
    await expectError(cluster.fileSystem.concat('a', sources), { code, outcome: 'not-applied', operation: 'concat' })
    expect(cluster.namenode.ops).toEqual([])
  })
})

describe('truncate', () => {
  test('true is done', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('TRUNCATE', say({ boolean: true }))
    await cluster.fileSystem.truncate('a', { length: 7, waitMs: 0 })
    expect(cluster.namenode.seen[0]).toMatchObject({ method: 'POST', path: '/base/a' })
    expect(cluster.namenode.seen[0]?.query.get('newlength')).toBe('7')
    expect(cluster.namenode.ops).toEqual(['TRUNCATE'])
  })

  test('false has begun: asked about until it is closed, and not sent again', async () => {
    await using cluster = await startFakeCluster()
    let asked = 0
    const finishing: Answer = (exchange) => {
      asked += 1
      return blocks(asked < 4 ? 0 : 7, asked < 4)(exchange)
    }
    cluster.namenode.on('TRUNCATE', say({ boolean: false }))
    cluster.namenode.on('GET_BLOCK_LOCATIONS', finishing)
    await cluster.fileSystem.truncate('a', { length: 7, waitMs: 60_000 })
    expect(cluster.namenode.ops).toEqual(['TRUNCATE', ...Array.from({ length: 4 }, () => 'GET_BLOCK_LOCATIONS')])
  })

  test.each([
    ['never done', blocks(0, true), 'TIMEOUT', 'later'],
    ['closed at another length', blocks(9, false), 'WRONG_LENGTH', 'never'],
    ['gone', refuse(404, 'FileNotFoundException', 'File does not exist: /base/a'), 'NOT_FOUND', 'never'],
    [
      'the namenode stops answering',
      ({ socket }: { socket: { destroy(): unknown } }) => socket.destroy(),
      'UNAVAILABLE',
      'now',
    ],
  ] as const)('false, and then %s: unknown', async (_, answer, code, retry) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('TRUNCATE', say({ boolean: false }))
    cluster.namenode.on('GET_BLOCK_LOCATIONS', answer)
    await expectError(cluster.fileSystem.truncate('a', { length: 7, waitMs: 20 }), {
      code,
      retry,
      outcome: 'unknown',
      operation: 'truncate',
    })
  })

  test('close() ends the wait', async () => {
    await using cluster = await startFakeCluster({ truncatePollMs: 60_000 })
    const fileSystem = cluster.adapter({})
    cluster.namenode.on('TRUNCATE', say({ boolean: false }))
    cluster.namenode.on('GET_BLOCK_LOCATIONS', (exchange) => {
      setTimeout(() => void fileSystem.close(), 50)
      return blocks(0, true)(exchange)
    })
    await expectError(fileSystem.truncate('a', { length: 7, waitMs: 600_000 }), { code: 'CLOSED', outcome: 'unknown' })
  })

  test.each([
    [
      'HadoopIllegalArgumentException',
      'Cannot truncate to a larger file size. Current size: 3, truncate size: 4.',
      'WRONG_LENGTH',
    ],
    ['AlreadyBeingCreatedException', 'Failed to TRUNCATE_FILE /base/a for X because …', 'LEASE_HELD'],
    [
      'RecoveryInProgressException',
      'Failed to TRUNCATE_FILE /base/a for X because lease recovery is in progress.',
      'LEASE_HELD',
    ],
    ['FileNotFoundException', 'Path is not a file: /base/a', 'IS_DIRECTORY'],
  ] as const)('%s: %s: not applied', async (exception, message, code) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('TRUNCATE', refuse(403, exception, message))
    await expectError(cluster.fileSystem.truncate('a', { length: 4, waitMs: 0 }), { code, outcome: 'not-applied' })
  })
})

describe('isOpenForWrite', () => {
  test.each([true, false])('%s', async (open) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('GET_BLOCK_LOCATIONS', blocks(5, open))
    expect(await cluster.fileSystem.isOpenForWrite('a')).toBe(open)
    expect(Object.fromEntries(cluster.namenode.seen[0]!.query)).toMatchObject({ offset: '0', length: '1' })
  })
})
