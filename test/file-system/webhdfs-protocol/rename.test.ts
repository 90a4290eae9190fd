// Renames: what is sent in each mode, and which rule is named when the server says no.
import { describe, expect, test } from 'vitest'
import { expectError } from '../webhdfs/expect-error.js'
import { absent, startFakeCluster } from '../webhdfs/fake-cluster.js'
import { type Answer, directoryStatus, fileStatus, refuse, respondJson, say } from '../webhdfs/fake-server.js'

const ok: Answer = ({ response }) => response.writeHead(200, { 'Content-Length': 0 }).end()

/** GETFILESTATUS over a table of what stands where. */
function standing(entries: Readonly<Record<string, 'file' | 'directory'>>): Answer {
  return (exchange) => {
    const kind = entries[exchange.seen.path]
    if (kind === undefined) return absent(exchange)
    return respondJson(exchange.response, 200, kind === 'file' ? fileStatus(1) : directoryStatus())
  }
}

describe('WebHDFS', () => {
  test.each([
    ['claim', 'NONE', ['RENAME']],
    ['move', 'NONE', ['RENAME']],
    ['replace', 'OVERWRITE', ['GETFILESTATUS', 'RENAME']],
  ] as const)('%s is renameoptions=%s', async (mode, option, ops) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('RENAME', ok)
    await cluster.fileSystem.rename('a b', 'd/%+日', { mode })
    expect(cluster.namenode.ops).toEqual(ops)
    const sent = cluster.namenode.seen.at(-1)
    expect(sent?.path).toBe('/base/a b')
    expect(sent?.query.get('destination')).toBe('/base/d/%+日')
    expect(sent?.query.get('renameoptions')).toBe(option)
    expect(sent?.target).toContain('destination=%2Fbase%2Fd%2F%25%2B%E6%97%A5')
  })

  test.each([
    ['FileAlreadyExistsException', 'rename destination /base/b already exists', 'ALREADY_EXISTS', 'b'],
    ['IOException', 'Source /base/a and destination /base/b must both be directories', 'ALREADY_EXISTS', 'b'],
    ['FileNotFoundException', 'rename source /base/a is not found.', 'NOT_FOUND', 'a'],
    ['FileNotFoundException', 'rename destination parent /base/b not found.', 'PARENT_NOT_FOUND', 'b'],
    ['ParentNotDirectoryException', '/base/x (is not a directory)', 'NOT_A_DIRECTORY', 'a'],
    ['AccessControlException', 'Permission denied: user=eve', 'PERMISSION', 'a'],
  ] as const)('%s: %s', async (exception, message, code, path) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('RENAME', refuse(403, exception, message))
    await expectError(cluster.fileSystem.rename('a', 'b', { mode: 'claim' }), { code, path, outcome: 'not-applied' })
  })

  test.each([
    [{ '/base': 'directory' }, 'NOT_FOUND'],
    [{ '/base/a': 'file' }, 'PARENT_NOT_FOUND'],
  ] as const)('a FileNotFoundException in other words: state tells (%j)', async (entries, code) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('RENAME', refuse(404, 'FileNotFoundException', 'Nicht gefunden'))
    cluster.namenode.on('GETFILESTATUS', standing(entries))
    await expectError(cluster.fileSystem.rename('a', 'b', { mode: 'move' }), { code, outcome: 'not-applied' })
  })

  test('replace never replaces a directory', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('GETFILESTATUS', standing({ '/base/b': 'directory' }))
    await expectError(cluster.fileSystem.rename('a', 'b', { mode: 'replace' }), {
      code: 'IS_DIRECTORY',
      outcome: 'not-applied',
    })
    expect(cluster.namenode.ops).toEqual(['GETFILESTATUS'])
    // It appears after the look.
    cluster.namenode.on('GETFILESTATUS', standing({}))
    cluster.namenode.on(
      'RENAME',
      refuse(403, 'IOException', 'Source /base/a and destination /base/b must both be directories'),
    )
    await expectError(cluster.fileSystem.rename('a', 'b', { mode: 'replace' }), {
      code: 'IS_DIRECTORY',
      outcome: 'not-applied',
    })
  })
})

describe('HttpFS', () => {
  const httpfs = { scheme: 'httpfs' } as const

  test('looks at the destination, then renames plainly', async () => {
    await using cluster = await startFakeCluster(httpfs)
    cluster.namenode.on('RENAME', say({ boolean: true }))
    await cluster.fileSystem.rename('a', 'b', { mode: 'claim' })
    expect(cluster.namenode.ops).toEqual(['GETFILESTATUS', 'RENAME'])
    expect(cluster.namenode.seen[1]?.query.has('renameoptions')).toBe(false)
  })

  test.each(['file', 'directory'] as const)('a %s at the destination: no rename is sent', async (kind) => {
    await using cluster = await startFakeCluster(httpfs)
    cluster.namenode.on('RENAME', say({ boolean: true }))
    cluster.namenode.on('GETFILESTATUS', standing({ '/base/a': 'file', '/base/b': kind }))
    await expectError(cluster.fileSystem.rename('a', 'b', { mode: 'claim' }), {
      code: 'ALREADY_EXISTS',
      outcome: 'not-applied',
    })
    expect(cluster.namenode.ops).not.toContain('RENAME')
  })

  test.each([
    [{ '/base': 'directory' }, 'a', 'b', 'NOT_FOUND'],
    [{ '/base': 'directory', '/base/a': 'file' }, 'a', 'd/b', 'PARENT_NOT_FOUND'],
    [{ '/base': 'directory', '/base/a': 'file', '/base/d': 'file' }, 'a', 'd/b', 'NOT_A_DIRECTORY'],
    [{ '/base': 'directory', '/base/a': 'directory' }, 'a', 'a/b', 'INVALID_ARGUMENT'],
    [{ '/base': 'directory', '/base/a': 'file' }, 'a', 'b', 'UNEXPECTED'],
  ] as const)('false, with %j: %s → %s is %s', async (entries, source, destination, code) => {
    await using cluster = await startFakeCluster(httpfs)
    cluster.namenode.on('RENAME', say({ boolean: false }))
    cluster.namenode.on('GETFILESTATUS', standing(entries))
    await expectError(cluster.fileSystem.rename(source, destination, { mode: 'move' }), {
      code,
      outcome: 'not-applied',
    })
  })

  test('false, because another one was quicker', async () => {
    await using cluster = await startFakeCluster(httpfs)
    const entries: Record<string, 'file' | 'directory'> = { '/base': 'directory', '/base/a': 'file' }
    cluster.namenode.on('GETFILESTATUS', standing(entries))
    cluster.namenode.on('RENAME', (exchange) => {
      entries['/base/b'] = 'file'
      return say({ boolean: false })(exchange)
    })
    await expectError(cluster.fileSystem.rename('a', 'b', { mode: 'claim' }), {
      code: 'ALREADY_EXISTS',
      outcome: 'not-applied',
    })
  })

  test('replace would not be atomic: UNSUPPORTED before any request', async () => {
    await using cluster = await startFakeCluster(httpfs)
    expect(cluster.fileSystem.capabilities.atomicRenameReplace).toBe(false)
    await expectError(cluster.fileSystem.rename('a', 'b', { mode: 'replace' }), {
      code: 'UNSUPPORTED',
      outcome: 'not-applied',
    })
    expect(cluster.namenode.ops).toEqual([])
  })

  test('a name that ends in a space keeps it', async () => {
    await using cluster = await startFakeCluster(httpfs)
    cluster.namenode.on('RENAME', say({ boolean: true }))
    await cluster.fileSystem.rename('a', 'b ', { mode: 'move' })
    expect(cluster.namenode.seen[1]?.query.get('destination')).toBe('/base/b /')
  })
})
