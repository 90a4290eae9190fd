// Servers of a cluster go down and come back as tests ask, and none outlives the run that owns it.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { access, mkdtemp, readdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startCluster } from './cluster.js'
import type { ClusterAddresses } from './cluster-addresses.js'
import { useCluster } from './own-cluster.js'
import {
  killMarkedProcesses,
  markedEnvironment,
  markedProcesses,
  markedServers,
  markName,
  remainingProcesses,
} from './process-list.js'
import { repositoryRoot } from './repository-root.js'

const GONE_WITHIN_MS = 10_000

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

/** Marks the servers that this test starts from now on. */
function markServersToStart(): string {
  const mark = randomUUID()
  vi.stubEnv(markName, mark)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  return mark
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-test-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
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

test('stop leaves neither processes nor files', async () => {
  const mark = markServersToStart()
  const cluster = await startCluster({ hadoop: false })
  expect(await markedServers(mark)).toHaveLength(1)
  await cluster.stop()
  expect(await markedProcesses(mark)).toEqual([])
  await expect(access(cluster.description.directory)).rejects.toThrow('ENOENT')
  await cluster.stop()
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

test('Hadoop 3.5.0 runs, without HttpFS', async () => {
  await using cluster = await startCluster({ hadoop: '3.5.0', kafka: false, datanodes: 1 })
  expect(await ask(cluster, { path: '/a', operation: 'MKDIRS', method: 'PUT' })).toEqual({ boolean: true })
  expect(() => cluster.httpfsUrl).toThrow('without HttpFS')
  await expect(startCluster({ hadoop: '3.5.0', httpfs: true })).rejects.toThrow('HttpFS has no jar')
})

test('a start that fails names the server, ends with its log, and leaves no process', async () => {
  const mark = markServersToStart()
  const settings = { 'dfs.datanode.data.dir': 'file:///dev/null/no-directory' }
  const failure = await startCluster({ settings, kafka: false, httpfs: false, datanodes: 1 }).catch(
    (error: Error) => error,
  )
  if (!(failure instanceof Error)) return expect.unreachable('the datanode started')
  expect(failure.message).toMatch(/^datanode-0 ended with exit code 1; the last lines of .*\/logs\/datanode-0\.log:\n/)
  expect(failure.message).toMatch(/no-directory/)
  const logPath = / of (\S+):\n/.exec(failure.message)?.[1] ?? ''
  await access(logPath)
  await rm(path.dirname(path.dirname(logPath)), { recursive: true })
  expect(await markedProcesses(mark)).toEqual([])
})

test('an aborted start leaves neither processes nor files', async () => {
  const mark = markServersToStart()
  const parent = await temporaryDirectory()
  vi.stubEnv('TMPDIR', parent)
  const controller = new AbortController()
  const start = startCluster({ signal: controller.signal, kafka: false })
  // While some run and the others are still to come.
  await expect.poll(() => markedServers(mark), { timeout: ANSWER_WAIT_MS_MAX }).not.toHaveLength(0)
  controller.abort(new Error('enough'))
  await expect(start).rejects.toThrow('enough')
  expect(await markedProcesses(mark)).toEqual([])
  expect(await readdir(parent)).toEqual([])
})

test('kill -9 of the test runner ends its shared servers and those of its workers, a paused one too', async () => {
  const mark = randomUUID()
  const directory = await temporaryDirectory()
  onTestFinished(() => killMarkedProcesses(mark))
  const serversRunFile = path.join(directory, 'servers-run')
  const vitest = path.join(repositoryRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const runner = spawn(process.execPath, [vitest, 'run', '--config', 'test/cluster/killed-runner/vitest.config.ts'], {
    cwd: repositoryRoot,
    // The runner's clusters leave their files behind when they are killed; so they go into a directory of ours.
    env: { ...markedEnvironment(mark), SERVERS_RUN_FILE: serversRunFile, TMPDIR: directory },
    stdio: 'ignore',
  })
  const isThere = () =>
    access(serversRunFile).then(
      () => true,
      () => false,
    )
  await expect.poll(isThere, { timeout: 120_000, interval: 100 }).toBe(true)
  // A namenode, two datanodes, HttpFS; and the worker's broker.
  expect(await markedServers(mark)).toHaveLength(5)
  runner.kill('SIGKILL')
  await once(runner, 'exit')
  expect(await remainingProcesses({ mark, waitMsMax: GONE_WITHIN_MS })).toEqual([])
})
