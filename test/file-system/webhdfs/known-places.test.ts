import { describe, expect, test } from 'vitest'
import { KnownPlacesOfFiles } from '../../../src/file-system/webhdfs/known-places.js'
import { expectError } from './expect-error.js'
import { startFakeCluster } from './fake-cluster.js'
import { refuse, respondJson } from './fake-server.js'

const x = Buffer.from('x')

describe('a further append to a file', () => {
  test('goes to the datanode that took the one before: the namenode is asked for the length only', async () => {
    await using cluster = await startFakeCluster()
    const { fileSystem, namenode, datanode, files } = cluster
    files.set('/base/日本 a', Buffer.from('abc'))
    for (let base = 3; base < 6; base++) expect(await fileSystem.append('日本 a', x, { base })).toBe(base + 1)
    const upload = await fileSystem.appendUpload('日本 a', { base: 6 })
    await upload.write(x)
    expect(await upload.end()).toBe(7)
    expect(namenode.ops).toEqual(['APPEND', ...Array<string>(4).fill('GETFILESTATUS')])
    expect(new Set(datanode.seen.map(({ method, op, path }) => `${method} ${op} ${path}`)).size).toBe(1)
    expect(files.get('/base/日本 a')?.toString()).toBe('abcxxxx')
  })

  test('asks the namenode again where that datanode refuses the connection', async () => {
    await using cluster = await startFakeCluster()
    await cluster.fileSystem.append('a', x, { base: 0 })
    await cluster.datanode[Symbol.asyncDispose]()
    await expectError(cluster.fileSystem.append('a', x, { base: 1 }), { code: 'UNAVAILABLE', outcome: 'not-applied' })
    const asked = cluster.namenode.seen.filter(({ op }) => op === 'APPEND')
    const excluded = asked.map(({ query }) => query.get('excludedatanodes'))
    expect(excluded).toEqual([null, ...Array<string>(4).fill('127.0.0.1')])
  })

  test.each([
    ['is refused', 403],
    ['is answered badly', 500],
  ])('asks the namenode again where the one before %s', async (_what, status) => {
    await using cluster = await startFakeCluster()
    const { fileSystem, namenode, datanode } = cluster
    await fileSystem.append('a', x, { base: 0 })
    datanode.on('APPEND', refuse(status, 'IOException', 'no'))
    await expectError(fileSystem.append('a', x, { base: 1 }), { outcome: 'unknown' })
    await expectError(fileSystem.append('a', x, { base: 1 }), { outcome: 'unknown' })
    expect(namenode.ops.filter((op) => op === 'APPEND')).toHaveLength(2)
  })

  test('asks the namenode again where the length was wrong', async () => {
    await using cluster = await startFakeCluster()
    const { fileSystem, namenode, files } = cluster
    files.set('/base/a', Buffer.from('abc'))
    await expectError(fileSystem.append('a', x, { base: 7 }), { code: 'WRONG_LENGTH', outcome: 'applied' })
    expect(await fileSystem.append('a', x, { base: 4 })).toBe(5)
    expect(namenode.ops.filter((op) => op === 'APPEND')).toHaveLength(2)
  })

  test('is one already where the file was created by us, under another name', async () => {
    await using cluster = await startFakeCluster()
    const { fileSystem, namenode, datanode, files } = cluster
    namenode.on('RENAME', ({ seen, response }) => {
      files.set(seen.query.get('destination')!, files.get(seen.path)!)
      response.writeHead(200, { 'Content-Length': 0 }).end()
    })
    await fileSystem.create('a b', x, { replication: 2 })
    await fileSystem.rename('a b', 'c d', { mode: 'claim' })
    expect(await fileSystem.append('c d', x, { base: 1 })).toBe(2)
    expect(namenode.ops).toEqual(['CREATE', 'GETFILESTATUS', 'RENAME', 'GETFILESTATUS'])
    expect(datanode.seen[1]!.target).toBe('/webhdfs/v1/base/c%20d?op=APPEND&namenoderpcaddress=fake&user.name=tester')
    // The name that it had is not known for anything.
    files.set('/base/a b', x)
    await fileSystem.append('a b', x, { base: 1 })
    expect(namenode.ops.slice(4)).toEqual(['APPEND', 'GETFILESTATUS'])
  })

  test('of HttpFS is asked for as before', async () => {
    await using cluster = await startFakeCluster({ scheme: 'httpfs' })
    for (const base of [0, 1]) await cluster.fileSystem.append('a', x, { base })
    expect(cluster.namenode.ops.filter((op) => op === 'APPEND')).toHaveLength(2)
  })

  test('a place with a token that a namenode made for one request is not kept', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('APPEND', ({ seen, response }) =>
      respondJson(response, 200, {
        Location: `${cluster.datanode.url}${seen.target}&namenoderpcaddress=fake&delegation=minted`,
      }),
    )
    for (const base of [0, 1]) await cluster.fileSystem.append('a', x, { base })
    expect(cluster.namenode.ops.filter((op) => op === 'APPEND')).toHaveLength(2)
  })
})

describe('what is known', () => {
  const at = (path: string, port = 9864): URL =>
    new URL(`http://datanode:${port}/webhdfs/v1/${path}?op=APPEND&namenoderpcaddress=n&delegation=mine`)
  const place = at('a')

  function knowing(): { known: KnownPlacesOfFiles; world: { namenode: string; nowMs: number } } {
    const world = { namenode: 'one', nowMs: 0 }
    const known = new KnownPlacesOfFiles({
      pathname: (path) => `/webhdfs/v1/${path}`,
      namenode: () => world.namenode,
      delegationToken: 'mine',
      nowMs: () => world.nowMs,
    })
    return { known, world }
  }

  test('is taken once, until it has served', () => {
    const { known } = knowing()
    known.keep('a', place)
    expect(known.take('a')?.href).toBe(place.href)
    expect(known.take('a')).toBeUndefined()
  })

  test('is forgotten of all files that went to a server which does not take connections', () => {
    const { known } = knowing()
    for (const path of ['a', 'b']) known.keep(path, at(path))
    known.keep('c', at('c', 9865))
    known.leave(place)
    expect(['a', 'b', 'c'].map((path) => known.take(path)?.port)).toEqual([undefined, undefined, '9865'])
  })

  test('was named at most ten minutes ago, however often it served since', () => {
    const { known, world } = knowing()
    known.keep('a', place)
    for (const nowMs of [300_000, 600_000]) {
      world.nowMs = nowMs
      known.keep('a', known.take('a')!)
    }
    world.nowMs = 600_001
    expect(known.take('a')).toBeUndefined()
  })

  test('was named by the namenode that is asked now', () => {
    const { known, world } = knowing()
    known.keep('a', place)
    world.namenode = 'other'
    expect(known.take('a')).toBeUndefined()
  })

  test.each([
    ['no namenode in it', 'http://gateway:8443/webhdfs/v1/a?_=AAAACAAAABAAAAD'],
    ['another path', 'http://gateway:8443/gateway/webhdfs/v1/a?namenoderpcaddress=n'],
  ])('is no URL with %s', (_what, url) => {
    const { known } = knowing()
    known.keep('a', new URL(url))
    expect(known.take('a')).toBeUndefined()
  })

  test('are at most 10,000, of which the first go first', () => {
    const { known } = knowing()
    for (let file = 0; file < 10_002; file++) known.keep(`${file}`, at(`${file}`))
    expect([known.take('0'), known.take('1')]).toEqual([undefined, undefined])
    expect(known.take('2')).toBeDefined()
  })
})
