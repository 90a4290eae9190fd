// Who we are and whom we trust: user, doas, delegation token, header fields, TLS.
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createWebHdfsFileSystem } from '../../../src/file-system/webhdfs/webhdfs-file-system.js'
import { expectError } from './expect-error.js'
import { startFakeCluster } from './fake-cluster.js'
import { directoryStatus, fileStatus, say } from './fake-server.js'
import { TEST_CERTIFICATE, TEST_KEY } from './test-certificate.js'

describe('identity', () => {
  test.each([
    [{ user: 'a b' }, { 'user.name': 'a b' }],
    [
      { user: 'proxy', doas: '日本' },
      { 'user.name': 'proxy', doas: '日本' },
    ],
    // A token names its owner.
    [{ user: 'me', delegationToken: 'HAAEcm9v+/=' }, { delegation: 'HAAEcm9v+/=' }],
  ] as const)('%j', async (options, expected) => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('GETFILESTATUS', say(directoryStatus()))
    await cluster.adapter(options).stat('')
    const { op, ...rest } = Object.fromEntries(cluster.namenode.seen[0]!.query)
    expect(op).toBe('GETFILESTATUS')
    expect(rest).toEqual(expected)
  })

  test('no user, no parameter', async () => {
    await using cluster = await startFakeCluster()
    const fileSystem = createWebHdfsFileSystem({
      scheme: 'webhdfs',
      namenodes: [{ host: '127.0.0.1', port: cluster.namenode.port }],
      root: '/',
      prefix: '/gateway/default',
    })
    cluster.namenode.on('GETFILESTATUS', say(directoryStatus()))
    await fileSystem.stat('')
    await fileSystem.close()
    expect(cluster.namenode.seen[0]?.target).toBe('/gateway/default/webhdfs/v1/?op=GETFILESTATUS')
  })
})

describe('header fields', () => {
  test('go to the namenode and not to a datanode', async () => {
    await using cluster = await startFakeCluster()
    const fileSystem = cluster.adapter({ headers: { Cookie: 'hadoop.auth=secret', Authorization: 'Basic x' } })
    await fileSystem.create('a', Buffer.from('abc'))
    await fileSystem.read('a')
    for (const { headers } of cluster.namenode.seen) {
      expect(headers).toMatchObject({ cookie: 'hadoop.auth=secret', authorization: 'Basic x' })
    }
    for (const { headers } of cluster.datanode.seen) {
      expect(headers).not.toHaveProperty('cookie')
      expect(headers).not.toHaveProperty('authorization')
    }
    // Protection against cross-site requests asks for it wherever something changes.
    for (const { method, headers } of [...cluster.namenode.seen, ...cluster.datanode.seen]) {
      if (method !== 'GET') expect(headers).toMatchObject({ 'x-xsrf-header': '1' })
    }
  })

  test('go along where a gateway redirects to itself', async () => {
    await using cluster = await startFakeCluster({ scheme: 'httpfs', headers: { Cookie: 'x=y' } })
    cluster.namenode.on('APPEND', async ({ seen, request, response }) => {
      if (!seen.query.has('data')) return response.writeHead(307, { Location: `${seen.target}&data=true` }).end()
      for await (const _ of request);
      return response.writeHead(200).end()
    })
    cluster.namenode.on('GETFILESTATUS', say(fileStatus(1)))
    await cluster.fileSystem.append('a', Buffer.from('x'), { base: 0 })
    expect(cluster.namenode.seen.map(({ op, headers }) => [op, headers.cookie])).toEqual([
      ['APPEND', 'x=y'],
      ['APPEND', 'x=y'],
      ['GETFILESTATUS', 'x=y'],
    ])
  })
})

/** Namenode and datanode in one, behind TLS. */
async function startTlsServer(options: { readonly requestCert?: boolean } = {}) {
  const peers: boolean[] = []
  const server = createServer(
    { key: TEST_KEY, cert: TEST_CERTIFICATE, ca: TEST_CERTIFICATE, rejectUnauthorized: false, ...options },
    (request, response) => {
      const { port } = server.address() as AddressInfo
      peers.push((request.socket as import('node:tls').TLSSocket).authorized)
      const url = new URL(request.url ?? '', `https://localhost:${port}`)
      if (url.searchParams.get('data') === 'true') {
        request.resume().on('end', () => response.writeHead(201).end())
        return
      }
      const answer = url.searchParams.get('op') === 'CREATE' ? { Location: `${url.href}&data=true` } : fileStatus(3)
      response.end(JSON.stringify(answer))
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    peers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('TLS', () => {
  test('a certificate that is trusted, for namenode and datanode', async () => {
    await using server = await startTlsServer()
    await using fileSystem = createWebHdfsFileSystem({
      scheme: 'swebhdfs',
      namenodes: [{ host: '127.0.0.1', port: server.port }],
      root: '/',
      tls: { ca: TEST_CERTIFICATE },
    })
    expect(await fileSystem.create('a', Buffer.from('abc'))).toBe(3)
    const upload = await fileSystem.createUpload('b')
    await upload.write(Buffer.from('abc'))
    expect(await upload.end()).toBe(3)
  })

  test('our own certificate is shown', async () => {
    await using server = await startTlsServer({ requestCert: true })
    await using fileSystem = createWebHdfsFileSystem({
      scheme: 'swebhdfs',
      namenodes: [{ host: '127.0.0.1', port: server.port }],
      root: '/',
      tls: { ca: TEST_CERTIFICATE, cert: TEST_CERTIFICATE, key: TEST_KEY },
    })
    expect(await fileSystem.create('a', Buffer.from('abc'))).toBe(3)
    expect(server.peers).toEqual([true, true, true])
  })

  test.each(['swebhdfs', 'httpfss'] as const)(
    '%s: one that nobody trusts: AUTHENTICATION, not applied',
    async (scheme) => {
      await using server = await startTlsServer()
      await using fileSystem = createWebHdfsFileSystem({
        scheme,
        namenodes: [{ host: '127.0.0.1', port: server.port }],
        root: '/',
      })
      await expectError(fileSystem.mkdirs('a'), { code: 'AUTHENTICATION', outcome: 'not-applied', retry: 'never' })
      expect(server.peers).toEqual([])
    },
  )

  test('a server that knows no TLS', async () => {
    await using cluster = await startFakeCluster()
    const fileSystem = cluster.adapter({ scheme: 'swebhdfs' })
    await expectError(fileSystem.mkdirs('a'), { outcome: 'not-applied', operation: 'mkdirs' })
    expect(cluster.namenode.ops).toEqual([])
  })
})
