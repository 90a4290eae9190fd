// Reads: ranges, ends of files, datanodes that break off or are gone.
import { describe, expect, test } from 'vitest'
import { expectError } from './expect-error.js'
import { startFakeCluster } from './fake-cluster.js'
import { freePort, redirectTo, refuse, respondException } from './fake-server.js'

const content = Buffer.from('0123456789')

describe('WebHDFS', () => {
  test('whole and in part', async () => {
    await using cluster = await startFakeCluster()
    cluster.files.set('/base/a', content)
    expect(Buffer.from(await cluster.fileSystem.read('a')).toString()).toBe('0123456789')
    expect(Buffer.from(await cluster.fileSystem.read('a', { start: 2, end: 5 })).toString()).toBe('234')
    const [whole, part] = cluster.namenode.seen
    expect([whole?.query.get('offset'), whole?.query.get('length')]).toEqual([null, null])
    expect([part?.query.get('offset'), part?.query.get('length')]).toEqual(['2', '3'])
  })

  test('from the end on, or beyond it: nothing, as stat tells', async () => {
    await using cluster = await startFakeCluster()
    cluster.files.set('/base/a', content)
    cluster.namenode.on('OPEN', refuse(403, 'IOException', 'Offset=10 out of the range [0, 10); OPEN, path=/base/a'))
    expect(await cluster.fileSystem.read('a', { start: 10 })).toHaveLength(0)
    expect(await cluster.fileSystem.read('a', { start: 99, end: 100 })).toHaveLength(0)
    // The same words for a range inside the file are an error.
    await expectError(cluster.fileSystem.read('a', { start: 5 }), { code: 'UNEXPECTED', outcome: 'not-applied' })
  })

  test('the length 0 is not asked for, but the file has to be there', async () => {
    await using cluster = await startFakeCluster()
    cluster.files.set('/base/a', content)
    expect(await cluster.fileSystem.read('a', { start: 3, end: 3 })).toHaveLength(0)
    await expectError(cluster.fileSystem.read('b', { start: 3, end: 3 }), { code: 'NOT_FOUND' })
    expect(cluster.namenode.ops).not.toContain('OPEN')
  })

  test('a datanode that is gone: another one', async () => {
    await using cluster = await startFakeCluster()
    cluster.files.set('/base/a', content)
    const deadPort = await freePort()
    cluster.namenode.on('OPEN', (exchange) => {
      const excluded = exchange.seen.query.get('excludedatanodes') === '127.0.0.1'
      return redirectTo(() => (excluded ? cluster.datanode.url : `http://127.0.0.1:${deadPort}`))(exchange)
    })
    expect(await cluster.fileSystem.read('a')).toHaveLength(10)
  })

  test('and so on, a limited number of times', async () => {
    await using cluster = await startFakeCluster({ datanodeAttemptsMax: 2 })
    const deadPort = await freePort()
    cluster.namenode.on(
      'OPEN',
      redirectTo(() => `http://127.0.0.1:${deadPort}`),
    )
    await expectError(cluster.fileSystem.read('a'), { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'later' })
    expect(cluster.namenode.ops).toEqual(['OPEN', 'OPEN'])
  })

  test('refused by the datanode', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('OPEN', refuse(404, 'FileNotFoundException', 'Path is not a file: /base/a'))
    await expectError(cluster.fileSystem.read('a'), { code: 'IS_DIRECTORY', outcome: 'not-applied', operation: 'read' })
  })
})

describe('a body that is not what it should be', () => {
  test('cut off', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('OPEN', ({ response, socket }) => {
      response.writeHead(200, { 'Content-Length': 10 }).write('01234', () => socket.destroy())
    })
    await expectError(cluster.fileSystem.read('a'), { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'now' })
  })

  test('cut off between chunks', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('OPEN', ({ response, socket }) => {
      response.writeHead(200, { 'Transfer-Encoding': 'chunked' }).write('01234', () => socket.end())
    })
    await expectError(cluster.fileSystem.read('a'), { code: 'UNAVAILABLE', outcome: 'not-applied' })
  })

  test('ended by the end of the connection alone: that proves nothing', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('OPEN', ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n01234'))
    await expectError(cluster.fileSystem.read('a'), { code: 'PROTOCOL', outcome: 'not-applied' })
  })

  test('longer than asked for', async () => {
    await using cluster = await startFakeCluster()
    cluster.datanode.on('OPEN', ({ response }) => response.end('0123456789'))
    await expectError(cluster.fileSystem.read('a', { end: 5 }), { code: 'PROTOCOL', outcome: 'not-applied' })
  })

  test('endless, into memory', async () => {
    await using cluster = await startFakeCluster({ readBytesMax: 1_000_000 })
    cluster.datanode.on('OPEN', ({ response }) => {
      const more = (): void => {
        while (!response.destroyed) if (!response.write('x'.repeat(50_000))) return void response.once('drain', more)
      }
      more()
    })
    await expectError(cluster.fileSystem.read('a'), { code: 'INVALID_ARGUMENT', outcome: 'not-applied' })
    await cluster.datanode.idle()
  })

  test('silent in the middle', async () => {
    await using cluster = await startFakeCluster({ progressTimeoutMs: 100 })
    cluster.datanode.on('OPEN', ({ response }) => response.writeHead(200, { 'Content-Length': 10 }).write('01234'))
    await expectError(cluster.fileSystem.read('a'), { code: 'TIMEOUT', outcome: 'not-applied', retry: 'later' })
    await cluster.datanode.idle()
  })

  test('a reader may take longer than progressTimeoutMs over a chunk', async () => {
    await using cluster = await startFakeCluster({ progressTimeoutMs: 100 })
    cluster.datanode.on('OPEN', ({ response }) => {
      response.writeHead(200, { 'Content-Length': 10 }).write('01234')
      setTimeout(() => response.end('56789'), 20)
    })
    let bytes = 0
    for await (const chunk of cluster.fileSystem.readStream('a')) {
      bytes += chunk.byteLength
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    expect(bytes).toBe(10)
  })
})

describe('HttpFS', () => {
  test('answers with the bytes themselves, in one request', async () => {
    await using cluster = await startFakeCluster({ scheme: 'httpfs' })
    cluster.namenode.on('OPEN', ({ seen, response }) => {
      expect(seen.query.has('noredirect')).toBe(false)
      response.end('0123456789')
    })
    expect(await cluster.fileSystem.read('a')).toHaveLength(10)
    expect(cluster.namenode.ops).toEqual(['OPEN'])
  })

  test('a redirect is followed once', async () => {
    await using cluster = await startFakeCluster({ scheme: 'httpfs' })
    cluster.files.set('/base/a', content)
    cluster.namenode.on('OPEN', ({ seen, response }) =>
      response.writeHead(307, { Location: `${cluster.datanode.url}${seen.target}` }).end(),
    )
    expect(await cluster.fileSystem.read('a')).toHaveLength(10)
    cluster.datanode.on('OPEN', ({ seen, response }) => response.writeHead(307, { Location: seen.target }).end())
    await expectError(cluster.fileSystem.read('a'), { code: 'PROTOCOL', outcome: 'not-applied' })
  })

  test('another server when one is gone', async () => {
    await using cluster = await startFakeCluster()
    cluster.namenode.on('OPEN', ({ response }) => response.end('0123456789'))
    const namenodes = [await freePort(), cluster.namenode.port].map((port) => ({ host: '127.0.0.1', port }))
    const fileSystem = cluster.adapter({ scheme: 'httpfs', namenodes })
    expect(await fileSystem.read('a')).toHaveLength(10)
  })

  test('errors', async () => {
    await using cluster = await startFakeCluster({ scheme: 'httpfs' })
    cluster.namenode.on('OPEN', ({ response }) =>
      respondException(response, 404, 'FileNotFoundException', 'File does not exist: /base/a'),
    )
    await expectError(cluster.fileSystem.read('a'), { code: 'NOT_FOUND', outcome: 'not-applied' })
  })
})

test('ending a stream early closes its connection', async () => {
  await using cluster = await startFakeCluster()
  cluster.datanode.on('OPEN', ({ response }) => response.writeHead(200, { 'Content-Length': 1_000_000 }).write('01234'))
  for await (const chunk of cluster.fileSystem.readStream('a')) {
    expect(chunk).toHaveLength(5)
    break
  }
  await cluster.datanode.idle()
})
