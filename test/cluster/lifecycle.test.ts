// A cluster starts whole or not at all, stops without a trace, and does not outlive the run that owns it.
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { access, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startCluster } from './cluster.js'
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

const START_WAIT_MS_MAX = 30_000

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

test('stop leaves neither processes nor files', async () => {
  const mark = markServersToStart()
  const cluster = await startCluster({ hadoop: false })
  expect(await markedServers(mark)).toHaveLength(1)
  await cluster.stop()
  expect(await markedProcesses(mark)).toEqual([])
  await expect(access(cluster.description.directory)).rejects.toThrow('ENOENT')
  await cluster.stop()
})

test('Hadoop 3.5.0 runs, without HttpFS', async () => {
  await using cluster = await startCluster({ hadoop: '3.5.0', kafka: false, datanodes: 1 })
  const response = await fetch(`${cluster.webhdfsHttpUrl}/?op=GETFILESTATUS`)
  expect(await response.json()).toMatchObject({ FileStatus: { type: 'DIRECTORY' } })
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
  await expect.poll(() => markedServers(mark), { timeout: START_WAIT_MS_MAX }).not.toHaveLength(0)
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
  const runner = spawn(
    process.execPath,
    [vitest, 'run', '--config', 'test/cluster/children/killed-runner.vitest.config.ts'],
    {
      cwd: repositoryRoot,
      // The runner's clusters leave their files behind when they are killed; so they go into a directory of ours.
      env: { ...markedEnvironment(mark), SERVERS_RUN_FILE: serversRunFile, TMPDIR: directory },
      stdio: 'ignore',
    },
  )
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
