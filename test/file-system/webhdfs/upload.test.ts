import { describe, expect, test } from 'vitest'
import { expectError } from './expect-error.js'
import { startFakeCluster } from './fake-cluster.js'
import { contentOf, refuse, say } from './fake-server.js'

const KIBIBYTE = 2 ** 10
const MEBIBYTE = 2 ** 20

const sample = Buffer.from(Uint8Array.from({ length: 65_521 }, (_, index) => (index * 31 + (index >> 8)) % 251))

function pattern(length: number): Buffer {
  return Buffer.alloc(length, sample)
}

describe('what is sent', () => {
  test('a create: redirect, upload with its length, stat', async () => {
    await using cluster = await startFakeCluster()
    const { namenode, datanode, fileSystem, files } = cluster
    expect(await fileSystem.create('d/日本 a', [Buffer.from('ab'), Buffer.from('c')])).toBe(3)
    expect(namenode.ops).toEqual(['CREATE', 'GETFILESTATUS'])
    const [redirect] = namenode.seen
    expect(redirect?.method).toBe('PUT')
    expect(redirect?.target).toMatch(/^\/webhdfs\/v1\/base\/d\/%E6%97%A5%E6%9C%AC%20a\?op=CREATE&user\.name=tester&/)
    expect(Object.fromEntries(redirect?.query ?? [])).toEqual({
      op: 'CREATE',
      'user.name': 'tester',
      overwrite: 'false',
      createparent: 'false',
      createflag: 'CREATE,SYNC_BLOCK',
      noredirect: 'true',
    })
    const [upload] = datanode.seen
    expect(upload?.method).toBe('PUT')
    expect(upload?.headers).toMatchObject({
      'content-length': '3',
      'content-type': 'application/octet-stream',
      connection: 'close',
    })
    expect(files.get('/base/d/日本 a')?.toString()).toBe('abc')
  })

  test('options of a create', async () => {
    await using cluster = await startFakeCluster()
    const options = { parents: 'create', permission: '640', replication: 2, blockSizeBytes: 1_048_576 } as const
    await cluster.fileSystem.create('a', Buffer.from('abc'), options)
    expect(Object.fromEntries(cluster.namenode.seen[0]!.query)).toMatchObject({
      createparent: 'true',
      permission: '640',
      replication: '2',
      blocksize: '1048576',
    })
  })

  test('large creates are not synced, nor streamed ones, nor any with syncedCreateBytesMax 0', async () => {
    await using cluster = await startFakeCluster({ syncedCreateBytesMax: 10 })
    await cluster.fileSystem.create('small', Buffer.alloc(10))
    await cluster.fileSystem.create('large', Buffer.alloc(11))
    await (await cluster.fileSystem.createUpload('streamed')).end()
    await cluster.adapter({ syncedCreateBytesMax: 0 }).create('none', Buffer.alloc(0))
    const flags = cluster.namenode.seen.filter(({ op }) => op === 'CREATE').map(({ query }) => query.get('createflag'))
    expect(flags).toEqual(['CREATE,SYNC_BLOCK', null, null, null])
  })

  test('an append: three requests', async () => {
    await using cluster = await startFakeCluster()
    const { namenode, datanode, fileSystem, files } = cluster
    files.set('/base/a', Buffer.from('abc'))
    expect(await fileSystem.append('a', Buffer.from('de'), { base: 3 })).toBe(5)
    expect([...namenode.ops, ...datanode.ops]).toEqual(['APPEND', 'GETFILESTATUS', 'APPEND'])
    expect(datanode.seen[0]).toMatchObject({ method: 'POST', headers: { 'content-length': '2' } })
  })

  test('streamed: in chunks, under back-pressure', async () => {
    await using cluster = await startFakeCluster({ uploadBufferBytes: 64 * KIBIBYTE })
    const content = pattern(8 * MEBIBYTE)
    const upload = await cluster.fileSystem.createUpload('a')
    let waits = 0
    for (let from = 0; from < content.byteLength; from += 100_000) {
      const wait = upload.write(content.subarray(from, from + 100_000))
      if (wait === undefined) continue
      waits += 1
      await wait
    }
    expect(upload.sentBytes).toBe(content.byteLength)
    expect(await upload.end()).toBe(content.byteLength)
    expect(waits).toBeGreaterThan(0)
    expect(cluster.files.get('/base/a')?.equals(content)).toBe(true)
    expect(cluster.datanode.seen[0]?.headers).toMatchObject({ 'transfer-encoding': 'chunked' })
  })

  test('a small chunk needs no promise', async () => {
    await using cluster = await startFakeCluster()
    const upload = await cluster.fileSystem.createUpload('a')
    expect(upload.write(Buffer.from('abc'))).toBeUndefined()
    expect(upload.write(new Uint8Array(0))).toBeUndefined()
    expect(await upload.end()).toBe(3)
  })

  test('a chunk larger than the buffer is sent in slices', async () => {
    await using cluster = await startFakeCluster({ uploadBufferBytes: 10_000 })
    const content = pattern(3 * MEBIBYTE + 1)
    expect(await cluster.fileSystem.create('a', content)).toBe(content.byteLength)
    expect(cluster.files.get('/base/a')?.equals(content)).toBe(true)
  })

  test('an early 100 Continue means nothing', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('CREATE', async ({ seen, request, response, socket }) => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      cluster.files.set(seen.path, await contentOf(request))
      response.writeHead(201).end()
    })
    const upload = await cluster.fileSystem.createUpload('a')
    await upload.write(pattern(100_000))
    expect(await upload.end()).toBe(100_000)
  })
})

describe('the redirect', () => {
  test('a 307 where the server insists', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('CREATE', ({ seen, response }) => {
      response.writeHead(307, { Location: `${cluster.datanode.url}${seen.target}`, 'Content-Length': 0 }).end()
    })
    expect(await cluster.fileSystem.create('a', Buffer.from('abc'))).toBe(3)
  })

  test('a Location without a host is the namenode itself', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('CREATE', async ({ seen, request, response }) => {
      if (seen.query.get('data') === 'true') {
        cluster.files.set(seen.path, await contentOf(request))
        return response.writeHead(201).end()
      }
      return response.writeHead(307, { Location: `${seen.target}&data=true` }).end()
    })
    expect(await cluster.fileSystem.create('a', Buffer.from('abc'))).toBe(3)
  })

  test.each(['not a URL', 'ftp://host/x', 'http://', ''])('to %j: PROTOCOL, not applied', async (location) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('CREATE', say({ Location: location }))
    if (location === 'not a URL' || location === '')
      cluster.namenode.on('CREATE', say({ Location: `http://[${location}` }))
    await expectError(cluster.fileSystem.create('a', Buffer.from('abc')), { code: 'PROTOCOL', outcome: 'not-applied' })
  })

  test('a proxy that follows the redirect itself has created the file: unknown', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('CREATE', ({ response }) => response.writeHead(201, { Location: 'http://x/' }).end())
    await expectError(cluster.fileSystem.create('a', Buffer.from('abc')), { code: 'PROTOCOL', outcome: 'unknown' })
  })

  test('refused by the namenode: not applied', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('APPEND', refuse(404, 'FileNotFoundException', 'File /base/a not found.'))
    await expectError(cluster.fileSystem.append('a', Buffer.from('x'), { base: 0 }), {
      code: 'NOT_FOUND',
      outcome: 'not-applied',
      operation: 'append',
    })
    expect(cluster.datanode.ops).toEqual([])
  })
})
