// Servers of a cluster go down and come back as tests ask, and a pair of namenodes changes places.
import { request } from 'node:http'
import { Kafka, logLevel } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { startCluster } from './cluster.js'
import type { ClusterAddresses } from './cluster-addresses.js'
import { useCluster } from './own-cluster.js'

const ANSWER_WAIT_MS_MAX = 30_000
/** A paused server would answer for ever later; this is long enough to say that it is silent. */
const SILENCE_MS = 1_000

/** The JSON body that a namenode answers a WebHDFS call with; 'refused' or 'silent' when it does not. */
async function ask(
  cluster: ClusterAddresses,
  call: { namenode?: number; path: string; operation: string; method?: string; waitMsMax?: number },
): Promise<unknown> {
  const port = cluster.description.namenodes[call.namenode ?? 0]?.httpPort
  const url = `http://127.0.0.1:${port}/webhdfs/v1${call.path}?op=${call.operation}&user.name=${cluster.description.user}`
  const { method = 'GET', waitMsMax = ANSWER_WAIT_MS_MAX } = call
  try {
    return JSON.parse((await send(url, { method, waitMsMax })).body)
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException
    if (name === 'AbortError') return 'silent'
    if (code === 'ECONNREFUSED') return 'refused'
    throw error
  }
}

/** One HTTP request on a connection of its own: a pooled one would not notice that its server was killed. */
function send(url: string, options: { method: string; waitMsMax: number }): Promise<{ status?: number; body: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(options.waitMsMax)
    const sent = request(url, { method: options.method, agent: false, signal }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode!, body }))
      response.on('error', reject)
    })
    sent.on('error', reject).end()
  })
}

describe('HDFS', () => {
  const cluster = useCluster({ kafka: false, httpfs: false, datanodes: 1 })

  test('a killed namenode comes back at its port with what was acknowledged', async () => {
    expect(await ask(cluster(), { path: '/kept', operation: 'MKDIRS', method: 'PUT' })).toEqual({ boolean: true })
    const { pid } = cluster().namenode
    await cluster().namenode.kill()
    expect(cluster().namenode.pid).toBeUndefined()
    expect(await ask(cluster(), { path: '/kept', operation: 'GETFILESTATUS' })).toBe('refused')
    await cluster().namenode.start()
    expect(cluster().namenode.pid).not.toBe(pid)
    expect(await ask(cluster(), { path: '/kept', operation: 'GETFILESTATUS' })).toMatchObject({
      FileStatus: { type: 'DIRECTORY' },
    })
  })

  test('a paused namenode says nothing until it is resumed, and can be stopped meanwhile', async () => {
    cluster().namenode.pause()
    expect(await ask(cluster(), { path: '/', operation: 'GETFILESTATUS', waitMsMax: SILENCE_MS })).toBe('silent')
    cluster().namenode.resume()
    await expect
      .poll(() => ask(cluster(), { path: '/', operation: 'GETFILESTATUS' }))
      .toMatchObject({ FileStatus: { type: 'DIRECTORY' } })
    cluster().namenode.pause()
    await cluster().namenode.stop()
    await cluster().namenode.start()
    expect(await ask(cluster(), { path: '/', operation: 'GETFILESTATUS' })).toMatchObject({
      FileStatus: { type: 'DIRECTORY' },
    })
  })

  test('a restarted datanode takes files at once', async () => {
    for (const end of ['kill', 'stop'] as const) {
      await cluster().datanodes[0]![end]()
      await cluster().datanodes[0]!.start()
      const file = `${cluster().webhdfsHttpUrl}/after-${end}?op=CREATE&noredirect=true&user.name=${cluster().description.user}`
      const { body } = await send(file, { method: 'PUT', waitMsMax: ANSWER_WAIT_MS_MAX })
      const { Location } = JSON.parse(body) as { Location: string }
      expect(await send(Location, { method: 'PUT', waitMsMax: ANSWER_WAIT_MS_MAX })).toMatchObject({ status: 201 })
    }
  })

  test('an unneeded start, stop, kill, pause or resume does nothing', async () => {
    const namenode = cluster().namenode
    const { pid } = namenode
    await namenode.start()
    expect(namenode.pid).toBe(pid)
    await namenode.stop()
    await Promise.all([namenode.stop(), namenode.kill()])
    namenode.pause()
    namenode.resume()
    await namenode.start()
  })

  test('a tool of Hadoop runs as the superuser', async () => {
    const tool = 'org.apache.hadoop.hdfs.tools.DFSAdmin'
    expect(await cluster().runHadoopTool(tool, ['-safemode', 'enter'])).toContain('Safe mode is ON')
    expect(await ask(cluster(), { path: '/x', operation: 'MKDIRS', method: 'PUT' })).toMatchObject({
      RemoteException: { exception: 'SafeModeException' },
    })
    expect(await cluster().runHadoopTool(tool, ['-safemode', 'leave'])).toContain('Safe mode is OFF')
    await expect(cluster().runHadoopTool(tool, ['-nonsense'])).rejects.toThrow(/DFSAdmin ended with exit code/)
  })
})

test('a killed broker comes back with its topics', async () => {
  await using cluster = await startCluster({ hadoop: false })
  const admin = new Kafka({ brokers: cluster.kafkaBrokers, logLevel: logLevel.NOTHING }).admin()
  await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }], waitForLeaders: true })
  await cluster.broker.kill()
  await cluster.broker.start()
  expect(await admin.fetchTopicOffsets('kept')).toHaveLength(3)
  await admin.disconnect()
})

test('of two namenodes the active one answers, and the other when it is made active', async () => {
  await using cluster = await startCluster({ namenodes: 2, kafka: false, httpfs: false, datanodes: 1 })
  const standby = { RemoteException: { exception: 'StandbyException' } }
  expect(await ask(cluster, { path: '/a', operation: 'MKDIRS', method: 'PUT' })).toEqual({ boolean: true })
  expect(await ask(cluster, { namenode: 1, path: '/a', operation: 'GETFILESTATUS' })).toMatchObject(standby)
  await cluster.makeActive(1)
  expect(await cluster.active()).toBe(1)
  expect(await ask(cluster, { namenode: 1, path: '/a', operation: 'GETFILESTATUS' })).toMatchObject({
    FileStatus: { type: 'DIRECTORY' },
  })
  expect(await ask(cluster, { path: '/a', operation: 'GETFILESTATUS' })).toMatchObject(standby)
  await cluster.namenodes[1]!.kill()
  await cluster.makeActive(0)
  expect(await ask(cluster, { path: '/a', operation: 'GETFILESTATUS' })).toMatchObject({
    FileStatus: { type: 'DIRECTORY' },
  })
})
