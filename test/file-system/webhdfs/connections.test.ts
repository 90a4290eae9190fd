// Connections: reused, limited, and none left behind.
import { describe, expect, test } from 'vitest'
import { expectError } from './expect-error.js'
import { startFakeCluster } from './fake-cluster.js'
import { type Answer, respondJson, say, startRawServer } from './fake-server.js'

const made = say({ boolean: true })

/** Answers when `release()` is called. */
function held(): { readonly answer: Answer; release(): void; readonly waiting: () => number } {
  const waiting: (() => void)[] = []
  return {
    answer: ({ response }) => void waiting.push(() => respondJson(response, 200, { boolean: true })),
    release: () => {
      for (const go of waiting.splice(0)) go()
    },
    waiting: () => waiting.length,
  }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('to namenodes', () => {
  test('are kept and used again', async () => {
    await using cluster = await startFakeCluster()
    for (let call = 0; call < 20; call += 1) await cluster.fileSystem.mkdirs(`d${call}`)
    expect(cluster.namenode.ops).toHaveLength(20)
    expect(cluster.namenode.accepted).toBe(1)
  })

  test('are no more than connectionsMax', async () => {
    await using cluster = await startFakeCluster({ connectionsMax: 3 })
    const gate = held()
    cluster.namenode.on('MKDIRS', gate.answer)
    const calls = Array.from({ length: 10 }, (_, index) => cluster.fileSystem.mkdirs(`d${index}`))
    await until(() => gate.waiting() === 3)
    expect(cluster.namenode.open).toBe(3)
    cluster.namenode.on('MKDIRS', made)
    gate.release()
    await Promise.all(calls)
    expect(cluster.namenode.accepted).toBe(3)
  })

  test('nobody waits for one longer than queueWaitMs, and then nothing was sent', async () => {
    await using cluster = await startFakeCluster({ connectionsMax: 1, queueWaitMs: 50 })
    const gate = held()
    cluster.namenode.on('MKDIRS', gate.answer)
    const first = cluster.fileSystem.mkdirs('a')
    await until(() => gate.waiting() === 1)
    await expectError(cluster.fileSystem.mkdirs('b'), { code: 'TIMEOUT', outcome: 'not-applied', retry: 'later' })
    gate.release()
    await first
    expect(cluster.namenode.seen.map(({ path }) => path)).toEqual(['/base/a'])
  })

  test('no more than queuedRequestsMax wait', async () => {
    await using cluster = await startFakeCluster({ connectionsMax: 1, queuedRequestsMax: 2 })
    const gate = held()
    cluster.namenode.on('MKDIRS', gate.answer)
    const calls = ['a', 'b', 'c'].map((path) => cluster.fileSystem.mkdirs(path))
    await until(() => gate.waiting() === 1)
    await expectError(cluster.fileSystem.mkdirs('d'), { code: 'TIMEOUT', outcome: 'not-applied' })
    cluster.namenode.on('MKDIRS', made)
    gate.release()
    await Promise.all(calls)
  })

  test('a request that takes over the connection of another has been sent all the same', async () => {
    await using cluster = await startFakeCluster({ connectionsMax: 1 })
    const gate = held()
    cluster.namenode.on('MKDIRS', gate.answer)
    cluster.namenode.on('DELETE', ({ socket }) => socket.destroy())
    const first = cluster.fileSystem.mkdirs('a')
    const second = expectError(cluster.fileSystem.delete('b'), { code: 'UNAVAILABLE', outcome: 'unknown' })
    await until(() => gate.waiting() === 1)
    gate.release()
    await Promise.all([first, second])
    expect(cluster.namenode.seen.map(({ op, connection }) => [op, connection])).toEqual([
      ['MKDIRS', 1],
      ['DELETE', 1],
    ])
  })

  test('are given up when idle for connectionIdleMs', async () => {
    await using cluster = await startFakeCluster({ connectionIdleMs: 50 })
    await cluster.fileSystem.mkdirs('a')
    await cluster.namenode.idle()
    await cluster.fileSystem.mkdirs('b')
    expect(cluster.namenode.accepted).toBe(2)
  })

  test('a server that is slow to take a connection: TIMEOUT, not applied', async () => {
    // TLS to a server that says nothing: the connection stands, the handshake does not.
    await using silent = await startRawServer(() => undefined)
    await using cluster = await startFakeCluster({ connectTimeoutMs: 50 })
    const namenodes = [{ host: '127.0.0.1', port: silent.port }]
    const fileSystem = cluster.adapter({ scheme: 'swebhdfs', namenodes })
    await expectError(fileSystem.mkdirs('a'), { code: 'TIMEOUT', outcome: 'not-applied', retry: 'later' })
  })
})

describe('to a datanode', () => {
  test('one an upload, closed with it', async () => {
    await using cluster = await startFakeCluster()
    for (const path of ['a', 'b', 'c']) await cluster.fileSystem.create(path, Buffer.from('x'))
    expect(cluster.datanode.accepted).toBe(3)
    await cluster.datanode.idle()
  })

  test('no more than datanodeSocketsMax, uploads and reads together; the others wait', async () => {
    await using cluster = await startFakeCluster({ datanodeSocketsMax: 2 })
    cluster.files.set('/base/c', Buffer.from('abc'))
    const first = await cluster.fileSystem.createUpload('a')
    const second = await cluster.fileSystem.createUpload('b')
    let read = false
    const third = cluster.fileSystem.read('c').then((bytes) => {
      read = true
      return bytes
    })
    await until(() => cluster.namenode.ops.includes('OPEN'))
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect([read, cluster.datanode.open]).toEqual([false, 2])
    expect(await first.end()).toBe(0)
    expect(await third).toHaveLength(3)
    await second.abort()
  })

  test('nobody waits for one longer than datanodeSocketWaitMs, and then nothing was sent', async () => {
    await using cluster = await startFakeCluster({ datanodeSocketsMax: 1, datanodeSocketWaitMs: 50 })
    const open = await cluster.fileSystem.createUpload('a')
    await expectError(cluster.fileSystem.append('b', Buffer.from('x'), { base: 0 }), {
      code: 'TIMEOUT',
      outcome: 'not-applied',
      retry: 'later',
    })
    await open.abort()
    await cluster.fileSystem.create('c', Buffer.from('x'))
    expect(cluster.datanode.ops).not.toContain('APPEND')
  })

  test('every way in which one ends gives its slot back', async () => {
    await using cluster = await startFakeCluster({ datanodeSocketsMax: 1, progressTimeoutMs: 100 })
    const { fileSystem, datanode } = cluster
    for (const answer of [
      ({ socket }) => socket.destroy(),
      // Who does not read does not notice that the other side has left.
      ({ request, socket }) => {
        request.resume()
        socket.end('garbage')
      },
      ({ request }) => request.resume(),
      ({ response }) => response.writeHead(403).end('<html>'),
    ] satisfies Answer[]) {
      datanode.on('CREATE', answer)
      datanode.on('OPEN', answer)
      await expectError(fileSystem.create('a', Buffer.from('x')), { operation: 'create', outcome: 'unknown' })
      await expectError(fileSystem.read('a'), { operation: 'read', outcome: 'not-applied' })
      const upload = await fileSystem.createUpload('a')
      await upload.abort()
    }
    await datanode.idle()
  })
})

describe('close', () => {
  test('ends what is under way, honestly, and leaves no connection', async () => {
    await using cluster = await startFakeCluster({ connectionsMax: 1, datanodeSocketsMax: 1 })
    const fileSystem = cluster.adapter({})
    const silent: Answer = () => undefined
    cluster.datanode.on('CREATE', silent)
    cluster.datanode.on('OPEN', ({ response }) => response.writeHead(200, { 'Content-Length': 10 }).write('x'))
    const upload = expectError(fileSystem.create('a', Buffer.from('x')), { code: 'CLOSED', outcome: 'unknown' })
    await until(() => cluster.datanode.ops.length === 1)
    const waiting = expectError(fileSystem.create('b', Buffer.from('x')), { code: 'CLOSED', outcome: 'not-applied' })
    await until(() => cluster.namenode.ops.length === 2)
    cluster.namenode.on('MKDIRS', silent)
    cluster.namenode.on('GETFILESTATUS', silent)
    const mutation = expectError(fileSystem.mkdirs('d'), { code: 'CLOSED', outcome: 'unknown' })
    await until(() => cluster.namenode.ops.length === 3)
    const queued = expectError(fileSystem.mkdirs('e'), { code: 'CLOSED', outcome: 'not-applied' })
    await fileSystem.close()
    await fileSystem.close()
    await Promise.all([upload, waiting, mutation, queued])
    await Promise.all([cluster.namenode.idle(), cluster.datanode.idle()])
    await expectError(fileSystem.mkdirs('f'), { code: 'CLOSED', outcome: 'not-applied', operation: 'mkdirs' })
  })

  test('in the middle of a read stream', async () => {
    await using cluster = await startFakeCluster()
    const fileSystem = cluster.adapter({})
    cluster.datanode.on('OPEN', ({ response }) => response.writeHead(200, { 'Content-Length': 10 }).write('x'))
    const read = async (): Promise<void> => {
      for await (const chunk of fileSystem.readStream('a')) {
        expect(chunk).toHaveLength(1)
        await fileSystem.close()
      }
    }
    await expectError(read(), { code: 'CLOSED', outcome: 'not-applied', operation: 'read' })
    await cluster.datanode.idle()
  })

  test('leaves nothing that keeps a process alive', async () => {
    const sockets = (): number => process.getActiveResourcesInfo().filter((each) => /TCP|TLS/.test(each)).length
    const before = sockets()
    await using cluster = await startFakeCluster()
    const fileSystem = cluster.adapter({})
    await fileSystem.create('a', Buffer.from('abc'))
    await fileSystem.append('a', Buffer.from('de'), { base: 3 })
    expect(await fileSystem.read('a')).toHaveLength(5)
    await fileSystem.createUpload('b')
    await fileSystem.close()
    await cluster[Symbol.asyncDispose]()
    // Handles are closed a turn or two of the event loop later.
    await until(() => sockets() <= before)
  })
})
