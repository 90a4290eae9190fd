// The known defects of webhdfs 1.2.0, one by one: what the package does by itself, and what the adapter makes of it.
import { describe, expect, test } from 'vitest'
import webhdfs from 'webhdfs'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import type { WebHdfsPackageOptions } from '../../../src/file-system/webhdfs-package/options.js'
import { createWebHdfsPackageFileSystem } from '../../../src/file-system/webhdfs-package/webhdfs-package-file-system.js'
import { expectError } from '../webhdfs/expect-error.js'
import { type FakeCluster, startFakeCluster } from '../webhdfs/fake-cluster.js'
import { type Answer, contentOf, directoryStatus, freePort, redirectTo, refuse, say } from '../webhdfs/fake-server.js'

const MEBIBYTE = 2 ** 20
const bytes = Buffer.from('abc')

function clientOf(cluster: FakeCluster, requestParameters?: object) {
  const options = { host: '127.0.0.1', port: cluster.namenode.port, user: 'tester', path: '/webhdfs/v1' }
  return webhdfs.createClient(options, requestParameters)
}

function adapterOf(
  cluster: FakeCluster,
  options: Partial<WebHdfsPackageOptions> = {},
  requestParameters?: object,
): FileSystem {
  return createWebHdfsPackageFileSystem(clientOf(cluster, requestParameters), {
    root: '/base',
    truncatePollMs: 2,
    ...options,
  })
}

/** The 307 that the package's own methods need. */
function redirect307(cluster: FakeCluster): Answer {
  return ({ seen, response }) => response.writeHead(307, { Location: `${cluster.datanode.url}${seen.target}` }).end()
}

function called(start: (done: (error: unknown, result?: unknown) => void) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    start((error, result) => (error instanceof Error ? reject(error) : resolve(result)))
  })
}

describe('1. success where the datanode failed', () => {
  test.each([409, 412, 429, 502, 503, 504, 507])('%i', async (status) => {
    await using cluster = await startFakeCluster()
    const failing: Answer = async ({ request, response }) => {
      await contentOf(request)
      response.writeHead(status).end('Bad Gateway')
    }
    cluster.datanode.on('create', failing)
    cluster.namenode.on('create', redirect307(cluster))
    await called((done) => clientOf(cluster).writeFile('/base/a', 'abc', done))

    cluster.datanode.on('CREATE', failing)
    cluster.datanode.on('APPEND', failing)
    const code = [429, 502, 503, 504].includes(status) ? 'UNAVAILABLE' : 'PROTOCOL'
    const fileSystem = adapterOf(cluster)
    await expectError(fileSystem.create('a', bytes), { code, outcome: 'unknown', operation: 'create' })
    await expectError(fileSystem.append('a', bytes, { base: 0 }), { code, outcome: 'unknown', operation: 'append' })
    const upload = await fileSystem.createUpload('a')
    await upload.write(bytes)
    await expectError(upload.end(), { code, outcome: 'unknown', operation: 'create' })
    await fileSystem.close()
  })
})

describe('2. waiting for ever', () => {
  test.each([
    [502, 'UNAVAILABLE'],
    [503, 'UNAVAILABLE'],
    [429, 'UNAVAILABLE'],
    [302, 'PROTOCOL'],
    [200, 'PROTOCOL'],
  ] as const)('the namenode answers %i to what should be redirected', async (status, code) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('CREATE', ({ response }) => response.writeHead(status).end('<html>'))
    await expectError(adapterOf(cluster).create('a', bytes), { code, outcome: 'not-applied' })
  })

  test('the namenode says nothing', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('MKDIRS', () => undefined)
    const fileSystem = adapterOf(cluster, { requestTimeoutMs: 100 })
    await expectError(fileSystem.mkdirs('a'), { code: 'TIMEOUT', outcome: 'unknown', retry: 'later' })
  })

  test('the namenode stops in the middle of an answer, or does not stop', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('MKDIRS', ({ response }) => response.writeHead(200, { 'Content-Length': 99 }).write('{"bool'))
    await expectError(adapterOf(cluster, { requestTimeoutMs: 100 }).mkdirs('a'), {
      code: 'TIMEOUT',
      outcome: 'unknown',
    })
    cluster.namenode.on('MKDIRS', ({ response }) => {
      const more = (): void => {
        while (!response.destroyed) if (!response.write('x'.repeat(10_000))) return void response.once('drain', more)
      }
      more()
    })
    await expectError(adapterOf(cluster, { replyBytesMax: 50_000 }).mkdirs('a'), {
      code: 'PROTOCOL',
      outcome: 'unknown',
    })
  })

  test.each(['create', 'append', 'read'] as const)('the datanode says nothing: %s', async (operation) => {
    await using cluster = await startFakeCluster()
    const silent: Answer = ({ request }) => request.resume()
    for (const op of ['CREATE', 'APPEND', 'open']) cluster.datanode.on(op, silent)
    cluster.namenode.on('open', redirect307(cluster))
    const fileSystem = adapterOf(cluster, { progressTimeoutMs: 100 })
    const call = {
      create: () => fileSystem.create('a', bytes),
      append: () => fileSystem.append('a', bytes, { base: 0 }),
      read: () => fileSystem.read('a'),
    }[operation]
    const outcome = operation === 'read' ? 'not-applied' : 'unknown'
    await expectError(call(), { code: 'TIMEOUT', outcome, operation })
    await cluster.datanode.idle()
  })

  test('the datanode takes no bytes', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('APPEND', () => undefined)
    const fileSystem = adapterOf(cluster, { progressTimeoutMs: 100 })
    const call = fileSystem.append('a', Buffer.alloc(30 * MEBIBYTE), { base: 0 })
    await expectError(call, { code: 'TIMEOUT', outcome: 'unknown', operation: 'append' })
  })
})

describe('3. false taken for success', () => {
  test('mkdir, rename, unlink', async () => {
    await using cluster = await startFakeCluster()
    for (const op of ['mkdirs', 'rename', 'delete']) cluster.namenode.on(op, say({ boolean: false }))
    const client = clientOf(cluster)
    await called((done) => client.mkdir('/base/a', done))
    await called((done) => client.rename('/base/a', '/base/b', done))
    await called((done) => client.unlink('/base/a', done))

    for (const op of ['MKDIRS', 'RENAME', 'DELETE']) cluster.namenode.on(op, say({ boolean: false }))
    const fileSystem = adapterOf(cluster, { server: 'httpfs' })
    await expectError(fileSystem.mkdirs('a'), { code: 'UNEXPECTED', outcome: 'not-applied' })
    await expectError(fileSystem.rename('a', 'b', { mode: 'claim' }), { code: 'NOT_FOUND', outcome: 'not-applied' })
    expect(await fileSystem.delete('a')).toBe('absent')
  })
})

describe('4. absence where there is only an error', () => {
  test.each([
    ['StandbyException', 'Operation category READ is not supported in state standby', 'STANDBY'],
    ['AccessControlException', 'Permission denied: user=tester', 'PERMISSION'],
  ] as const)('%s', async (exception, message, code) => {
    await using cluster = await startFakeCluster()
    for (const op of ['getfilestatus', 'GETFILESTATUS']) cluster.namenode.on(op, refuse(403, exception, message))
    const client = clientOf(cluster)
    expect(await new Promise((resolve) => client.exists('/base/a', resolve))).toBe(false)
    await expectError(adapterOf(cluster).stat('a'), { code, outcome: 'not-applied', operation: 'stat' })
  })
})

describe('5. errors without class and status', () => {
  test('both are kept', async () => {
    await using cluster = await startFakeCluster()
    const message = 'rename destination /base/b already exists'
    for (const op of ['rename', 'RENAME']) cluster.namenode.on(op, refuse(403, 'FileAlreadyExistsException', message))
    const bare = await called((done) => clientOf(cluster).rename('/base/a', '/base/b', done)).catch(
      (error: unknown) => error,
    )
    expect(Object.keys(bare as object)).toEqual([])
    const call = adapterOf(cluster).rename('a', 'b', { mode: 'claim' })
    const error = await expectError(call, { code: 'ALREADY_EXISTS', outcome: 'not-applied', path: 'b' })
    expect(error.cause).toMatchObject({ exception: 'FileAlreadyExistsException', httpStatus: 403, message })
  })

  test('a page of HTML is no answer', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('GETFILESTATUS', ({ response }) => response.writeHead(404).end('<html>Not Found</html>'))
    await expectError(adapterOf(cluster).stat('a'), { code: 'PROTOCOL', outcome: 'not-applied' })
  })
})

describe('6. a stream that is none', () => {
  test('chunks as they come, under back-pressure', async () => {
    await using cluster = await startFakeCluster()
    const upload = await adapterOf(cluster, { uploadBufferBytes: 65_536 }).createUpload('a')
    const content = Buffer.alloc(8 * MEBIBYTE, 'abcdefg')
    let waits = 0
    for (let from = 0; from < content.byteLength; from += 100_000) {
      const wait = upload.write(content.subarray(from, from + 100_000))
      if (wait === undefined) continue
      waits += 1
      await wait
    }
    expect(await upload.end()).toBe(content.byteLength)
    expect(cluster.files.get('/base/a')?.equals(content)).toBe(true)
    expect(waits).toBeGreaterThan(0)
  })

  test('given up by its writer: ended, not hanging', async () => {
    await using cluster = await startFakeCluster()
    const upload = await adapterOf(cluster).createUpload('a')
    await upload.write(bytes)
    await upload.abort()
    await expectError(upload.end(), { code: 'CLOSED', outcome: 'unknown' })
    await cluster.datanode.idle()
  })

  test('refused in the middle: the reason is told', async () => {
    for (let round = 0; round < 10; round += 1) {
      await using cluster = await startFakeCluster()
      cluster.datanode.on('APPEND', ({ request, response, socket }) => {
        request.once('data', () => {
          response.once('finish', () => socket.destroy())
          response.writeHead(403, { 'Content-Type': 'application/json' })
          response.end(JSON.stringify({ RemoteException: { exception: 'DSQuotaExceededException', message: 'x' } }))
        })
      })
      const call = adapterOf(cluster).append('a', Buffer.alloc(20 * MEBIBYTE), { base: 0 })
      await expectError(call, { code: 'QUOTA', outcome: 'unknown' })
    }
  })

  test('a datanode that refuses the connection: another one', async () => {
    await using cluster = await startFakeCluster()
    const deadPort = await freePort()
    cluster.namenode.on('CREATE', (exchange) => {
      const excluded = exchange.seen.query.get('excludedatanodes') === '127.0.0.1'
      return redirectTo(() => (excluded ? cluster.datanode.url : `http://127.0.0.1:${deadPort}`))(exchange)
    })
    expect(await adapterOf(cluster).create('a', bytes)).toBe(3)
    cluster.namenode.on(
      'APPEND',
      redirectTo(() => `http://127.0.0.1:${deadPort}`),
    )
    const call = adapterOf(cluster).append('a', bytes, { base: 3 })
    await expectError(call, { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'later' })
  })
})

describe("7. the user's header fields", () => {
  test('do not replace the content type, and do not go to datanodes', async () => {
    await using cluster = await startFakeCluster()
    const fileSystem = adapterOf(cluster, {}, { headers: { Cookie: 'hadoop.auth=secret' } })
    await fileSystem.create('a', bytes)
    expect(cluster.namenode.seen.map(({ headers }) => headers.cookie)).toEqual([
      'hadoop.auth=secret',
      'hadoop.auth=secret',
    ])
    expect(cluster.datanode.seen[0]?.headers).toMatchObject({ 'content-type': 'application/octet-stream' })
    expect(cluster.datanode.seen[0]?.headers).not.toHaveProperty('cookie')
    cluster.namenode.on('open', redirect307(cluster))
    cluster.datanode.on('open', say('abc'))
    await fileSystem.read('a')
    expect(cluster.namenode.seen.at(-1)?.headers).toMatchObject({ cookie: 'hadoop.auth=secret' })
    const { op, headers } = cluster.datanode.seen.at(-1)!
    expect(op).toBe('open')
    for (const name of ['cookie', 'referer']) expect(headers).not.toHaveProperty(name)
  })

  test('go along where a gateway redirects to itself', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('CREATE', async ({ seen, request, response }) => {
      if (!seen.query.has('data')) return response.writeHead(307, { Location: `${seen.target}&data=true` }).end()
      cluster.files.set(seen.path, await contentOf(request))
      return response.writeHead(201).end()
    })
    await adapterOf(cluster, {}, { headers: { Cookie: 'x=y' } }).create('a', bytes)
    expect(cluster.namenode.seen[1]?.headers).toMatchObject({
      cookie: 'x=y',
      'content-type': 'application/octet-stream',
    })
  })
})

describe('8. paths', () => {
  test.each(['日本', 'a b', '%', '%2F', '+', '#', '?', ';', '&='])('%j', async (name) => {
    await using cluster = await startFakeCluster()
    for (const op of ['open', 'OPEN']) cluster.namenode.on(op, redirect307(cluster))
    cluster.datanode.on('open', ({ seen, response }) => response.end(cluster.files.get(seen.path)))
    cluster.namenode.on('RENAME', ({ response }) => response.writeHead(200).end())
    const fileSystem = adapterOf(cluster)
    await fileSystem.create(name, bytes)
    expect([...cluster.files.keys()]).toEqual([`/base/${name}`])
    expect(Buffer.from(await fileSystem.read(name)).toString()).toBe('abc')
    await fileSystem.rename(name, `${name}2`, { mode: 'claim' })
    const { path, query } = cluster.namenode.seen.at(-1)!
    expect([path, query.get('destination')]).toEqual([`/base/${name}`, `/base/${name}2`])
  })
})

test('9. a create replaces nothing, and asks for no permission of its own', async () => {
  await using cluster = await startFakeCluster()
  await adapterOf(cluster).create('a', bytes)
  expect(Object.fromEntries(cluster.namenode.seen[0]!.query)).toEqual({
    op: 'CREATE',
    'user.name': 'tester',
    overwrite: 'false',
    createparent: 'false',
    noredirect: 'true',
  })
})

test('10. operations that it has no method for', async () => {
  await using cluster = await startFakeCluster()
  cluster.namenode.on('TRUNCATE', say({ boolean: false }))
  cluster.namenode.on('GET_BLOCK_LOCATIONS', say({ LocatedBlocks: { fileLength: 1, isUnderConstruction: false } }))
  cluster.namenode.on('CONCAT', ({ response }) => response.writeHead(200).end())
  const fileSystem = adapterOf(cluster)
  await fileSystem.truncate('a', { length: 1, waitMs: 0 })
  await fileSystem.concat('a', ['b'])
  expect(cluster.namenode.seen.map(({ method, op }) => `${method} ${op}`)).toEqual([
    'POST TRUNCATE',
    'GET GET_BLOCK_LOCATIONS',
    'POST CONCAT',
  ])
})

describe('11. a broken connection taken for the end', () => {
  const breaking: Answer = ({ response, socket }) => {
    response.writeHead(200, { 'Content-Length': 10 }).write('01234', () => socket.destroy())
  }

  test('of a file', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('open', redirect307(cluster))
    cluster.datanode.on('open', breaking)
    await expectError(adapterOf(cluster).read('a'), { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'now' })
  })

  test('of an answer', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('MKDIRS', breaking)
    await expectError(adapterOf(cluster).mkdirs('a'), { code: 'UNAVAILABLE', outcome: 'unknown', retry: 'now' })
  })
})

test('a refused connection: nothing has happened', async () => {
  await using cluster = await startFakeCluster()
  const client = webhdfs.createClient({ host: '127.0.0.1', port: await freePort(), path: '/webhdfs/v1' })
  const fileSystem = createWebHdfsPackageFileSystem(client, { root: '/' })
  const expected = { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'later' } as const
  await expectError(fileSystem.mkdirs('a'), expected)
  await expectError(fileSystem.read('a'), expected)
  expect(cluster.namenode.ops).toEqual([])
})

test('close() ends what is under way and leaves the client to its owner', async () => {
  await using cluster = await startFakeCluster()
  const client = clientOf(cluster)
  const fileSystem = createWebHdfsPackageFileSystem(client, { root: '/base' })
  cluster.namenode.on('MKDIRS', () => undefined)
  const upload = await fileSystem.createUpload('a')
  const mutation = expectError(fileSystem.mkdirs('d'), { code: 'CLOSED', outcome: 'unknown' })
  while (!cluster.namenode.ops.includes('MKDIRS')) await new Promise((resolve) => setTimeout(resolve, 2))
  await fileSystem.close()
  await mutation
  await expectError(upload.end(), { code: 'CLOSED', outcome: 'unknown' })
  await expectError(fileSystem.stat(''), { code: 'CLOSED', outcome: 'not-applied' })
  await cluster.datanode.idle()
  cluster.namenode.on('getfilestatus', say(directoryStatus()))
  expect(await called((done) => client.stat('/', done))).toMatchObject({ type: 'DIRECTORY' })
})

test('what is no client, and options that are none', () => {
  const client = webhdfs.createClient({ host: 'namenode', port: 9870, user: 'etl', path: '/webhdfs/v1' })
  expect(() => createWebHdfsPackageFileSystem({} as never, { root: '/' })).toThrow(TypeError)
  expect(() => createWebHdfsPackageFileSystem(client, { root: 'data' })).toThrow('root must be')
  expect(() => createWebHdfsPackageFileSystem(client, { root: '/', requestTimeoutMs: 0 })).toThrow(/requestTimeoutMs/)
  expect(() => createWebHdfsPackageFileSystem(client, { root: '/', server: 'ftp' as never })).toThrow(/server/)
  expect(createWebHdfsPackageFileSystem(client, { root: '/data' }).location).toBe('webhdfs://namenode:9870/data')
})
