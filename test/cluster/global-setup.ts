// Owns the servers that a test run shares (vitest globalSetup of the project `cluster`).
//
// It runs in vitest's main process, so the servers live as long as the run, not as long as a worker. They are started
// when a first test asks (shared-cluster.ts, over a Unix socket), so that a run of a single file pays only for
// what that file uses. A start that failed is told to every test that asks.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { findPython } from '../readers/python.js'
import { type Cluster, startCluster } from './cluster.js'
import { ClusterError } from './cluster-error.js'
import type { ClusterOptions } from './cluster-options.js'
import { type HadoopVersion, hadoopJars, hadoopVersions } from './hadoop.js'
import { resolveJars } from './jars.js'
import { kafkaJars } from './kafka.js'
import type { SharedAnswer, SharedPart } from './shared-cluster.js'

function clusterOptions(part: SharedPart): ClusterOptions {
  // Tests close many files; 400 ms each as shipped would be most of their time.
  return part === 'hdfs' ? { hadoop: wantedHadoopVersion(), kafka: false, closeDelayMs: 10 } : { hadoop: false }
}

function wantedHadoopVersion(): HadoopVersion {
  const wanted = process.env.CLUSTER_HADOOP ?? hadoopVersions[0]
  const version = hadoopVersions.find((known) => known === wanted)
  if (version === undefined) throw new ClusterError(`CLUSTER_HADOOP=${wanted}: it is ${hadoopVersions.join(' or ')}`)
  return version
}

/** Starts answering; the returned function ends the run's servers, and keeps their logs when a test failed. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await fetchWhatIsMissing()
  const clusters = new Map<SharedPart, Promise<Cluster>>()
  const socketDirectory = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-owner-'))
  const socketPath = path.join(socketDirectory, 'socket')
  const server = await listen(socketPath, (socket) => void answer(socket, clusters))
  project.provide('sharedCluster', { socketPath, hadoopVersion: wantedHadoopVersion() })

  return async () => {
    server.close()
    const keepDirectory = project.vitest.state.getCountOfFailedTests() > 0
    for (const started of await Promise.allSettled(clusters.values())) {
      if (started.status === 'rejected') continue
      await started.value.stop({ keepDirectory })
      if (keepDirectory)
        console.log(`tests failed: the servers' logs are in ${started.value.description.logsDirectory}`)
    }
    await rm(socketDirectory, { recursive: true, force: true })
  }
}

/** Jars and Python packages, once and one after the other, before the workers would do it at once: Maven's repository bears one writer. */
async function fetchWhatIsMissing(): Promise<void> {
  try {
    for (const set of [...hadoopVersions.map(hadoopJars), kafkaJars('4.3.1')]) await resolveJars(set)
  } catch (error) {
    // Not the end of the run, which has tests that need no servers: whoever starts a cluster meets this error again.
    console.error(error instanceof ClusterError ? error.message : error)
  }
  // Likewise: whoever reads files with it meets the error again.
  await findPython().catch((error: Error) => console.error(error.message))
}

async function answer(socket: Socket, clusters: Map<SharedPart, Promise<Cluster>>): Promise<void> {
  // A worker that ended before its answer came is no error of the run.
  socket.on('error', () => socket.destroy())
  socket.setEncoding('utf8')
  socket.once('data', (line) => {
    const part = String(line).trim() as SharedPart
    let cluster = clusters.get(part)
    if (cluster === undefined) {
      cluster = startCluster(clusterOptions(part))
      clusters.set(part, cluster)
    }
    cluster.then(
      ({ description }) => socket.end(JSON.stringify({ description } satisfies SharedAnswer)),
      (error: Error) => socket.end(JSON.stringify({ error: error.message } satisfies SharedAnswer)),
    )
  })
}

function listen(socketPath: string, onConnection: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(onConnection)
    server.once('error', reject)
    server.listen(socketPath, () => resolve(server))
  })
}
