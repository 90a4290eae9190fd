// Listings: pages, order, servers that know neither.
import { expect, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { compareCodePoints } from '../../../src/file-system/name-order.js'
import { compareSignedBytes } from '../../../src/file-system/webhdfs-protocol/listing-order.js'
import { expectError } from '../webhdfs/expect-error.js'
import { startFakeCluster } from '../webhdfs/fake-cluster.js'
import { type Answer, refuse, respondJson, say } from '../webhdfs/fake-server.js'

const entry = (name: string) => ({ pathSuffix: name, type: 'FILE', length: 1, modificationTime: 1, fileId: 9 })
const listing = (names: readonly string[], remainingEntries: number) => ({
  DirectoryListing: { partialListing: { FileStatuses: { FileStatus: names.map(entry) } }, remainingEntries },
})

/** As HDFS does: by signed bytes, a page at a time. */
function paging(names: readonly string[], pageEntries: number): Answer {
  const sorted = [...names].sort(compareSignedBytes)
  return ({ seen, response }) => {
    const after = seen.query.get('startafter')
    const rest = after === null ? sorted : sorted.filter((name) => compareSignedBytes(name, after) > 0)
    respondJson(response, 200, listing(rest.slice(0, pageEntries), Math.max(0, rest.length - pageEntries)))
  }
}

async function namesOf(fileSystem: FileSystem, options?: { readonly startAfter: string }): Promise<string[]> {
  const names: string[] = []
  for await (const { path } of fileSystem.list('d', options)) names.push(path.slice(2))
  return names
}

const mixed = [' ', 'a', 'aé', 'ab', 'abé', 'ac', 'b', 'é', '日本', '～', '😀', 'z', 'z～', 'zz']

test.each([1, 2, 3, 5, 100])('%i entries a page: all of them, in order of code points', async (pageEntries) => {
  await using cluster = await startFakeCluster()
  cluster.namenode.on('LISTSTATUS_BATCH', paging(mixed, pageEntries))
  const inOrder = [...mixed].sort(compareCodePoints)
  expect(await namesOf(cluster.fileSystem)).toEqual(inOrder)
  for (const startAfter of [...mixed, 'aa', '!', 'éa', '\u{10ffff}']) {
    const expected = inOrder.filter((name) => compareCodePoints(name, startAfter) > 0)
    expect(await namesOf(cluster.fileSystem, { startAfter }), `after ${startAfter}`).toEqual(expected)
  }
})

test('a listing that is not read to its end asks for no more pages', async () => {
  await using cluster = await startFakeCluster()
  cluster.namenode.on('LISTSTATUS_BATCH', paging(mixed, 2))
  for await (const { path } of cluster.fileSystem.list('d', { startAfter: 'y' })) {
    expect(path).toBe('d/z')
    break
  }
  expect(cluster.namenode.ops.length).toBeLessThan(6)
})

test('a server that ignores startafter and sorts in its own way: filtered and sorted here', async () => {
  await using cluster = await startFakeCluster({ scheme: 'httpfs' })
  cluster.namenode.on('LISTSTATUS_BATCH', say(listing(['c', '😀', 'a', '～', 'b'], 0)))
  expect(await namesOf(cluster.fileSystem, { startAfter: 'a' })).toEqual(['b', 'c', '～', '😀'])
  expect(cluster.namenode.ops).toHaveLength(1)
})

test.each([
  refuse(
    400,
    'IllegalArgumentException',
    'Invalid value for webhdfs parameter "op": LISTSTATUS_BATCH is not a valid GET operation.',
  ),
  refuse(
    500,
    'QueryParamException',
    'java.lang.IllegalArgumentException: No enum constant org.apache.hadoop.fs.http.client.HttpFSFileSystem.Operation.LISTSTATUS_BATCH',
  ),
])('LISTSTATUS where pages are unknown (%#)', async (unknown) => {
  await using cluster = await startFakeCluster()
  cluster.namenode.on('LISTSTATUS_BATCH', unknown)
  cluster.namenode.on('LISTSTATUS', say({ FileStatuses: { FileStatus: ['b', 'a'].map(entry) } }))
  expect(await namesOf(cluster.fileSystem)).toEqual(['a', 'b'])
})

test('a file, and nothing', async () => {
  await using cluster = await startFakeCluster()
  cluster.namenode.on('LISTSTATUS_BATCH', say(listing([''], 0)))
  await expectError(namesOf(cluster.fileSystem), { code: 'NOT_A_DIRECTORY', outcome: 'not-applied', path: 'd' })
  cluster.namenode.on('LISTSTATUS_BATCH', refuse(404, 'FileNotFoundException', 'File /base/d does not exist.'))
  await expectError(namesOf(cluster.fileSystem), { code: 'NOT_FOUND', outcome: 'not-applied', path: 'd' })
  cluster.namenode.on('LISTSTATUS_BATCH', refuse(403, 'AccessControlException', '/base/x (is not a directory)'))
  await expectError(namesOf(cluster.fileSystem), { code: 'NOT_FOUND', outcome: 'not-applied', path: 'd' })
})

test.each([
  ['no entry', []],
  ['the same page again', ['a', 'b']],
] as const)('entries remain and the server brings %s: no endless loop', async (_, names) => {
  await using cluster = await startFakeCluster()
  cluster.namenode.on('LISTSTATUS_BATCH', say(listing(names, 5)))
  await expectError(namesOf(cluster.fileSystem), { code: 'PROTOCOL', outcome: 'not-applied' })
  expect(cluster.namenode.ops.length).toBeLessThan(4)
})
