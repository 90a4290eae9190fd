// What a cluster test imports to use the servers that its whole run shares.
//
//   const cluster = await sharedCluster()          // at the top of the file, or in beforeAll
//   await fetch(`${cluster.webhdfsHttpUrl}/x?op=GETFILESTATUS&user.name=${cluster.description.user}`)
//
// Shared clusters are handed out as addresses without controls, on purpose: test files run side by side, and a server
// that one of them stopped would fail the others. A test that stops, kills, pauses or reconfigures a server starts its
// own with `startCluster` (or `useCluster`, own-cluster.ts), with only the servers that it needs: HDFS with a datanode
// is up in about 6 s. In a shared one, work below a directory that no other test uses.
import { createConnection } from 'node:net'
import { inject } from 'vitest'
import { ClusterAddresses, type ClusterDescription } from './cluster-addresses.js'
import { ClusterError } from './cluster-error.js'
import type { HadoopVersion } from './hadoop.js'

/** The shared parts: HDFS with HttpFS, and Kafka. Each is started when a first test asks for it. */
export type SharedPart = 'hdfs' | 'kafka'

/** The owner's answer to a SharedPart: one line of JSON. */
export type SharedAnswer = { readonly description: ClusterDescription } | { readonly error: string }

declare module 'vitest' {
  interface ProvidedContext {
    /** Set by global-setup.ts. */
    sharedCluster: { readonly socketPath: string; readonly hadoopVersion: HadoopVersion }
  }
}

/**
 * The Hadoop version of the shared cluster, known without starting it: 3.4.2, or what CLUSTER_HADOOP names. For tests
 * that differ between versions: `test.skipIf(sharedHadoopVersion() === '3.5.0')`. 3.5.0 comes without HttpFS.
 */
export function sharedHadoopVersion(): HadoopVersion {
  return inject('sharedCluster').hadoopVersion
}

/**
 * HDFS: a namenode, two datanodes and (3.4.2) HttpFS, `closeDelayMs` 10. Resolves when they serve; the first caller of
 * the run waits for the start. Rejects with the ClusterError of a failed start, for every caller alike.
 */
export function sharedCluster(): Promise<ClusterAddresses> {
  return ask('hdfs')
}

/** Kafka: one broker, no HDFS. Otherwise as `sharedCluster`. Topics must have names that no other test uses. */
export function sharedKafka(): Promise<ClusterAddresses> {
  return ask('kafka')
}

const answers = new Map<SharedPart, Promise<ClusterAddresses>>()

function ask(part: SharedPart): Promise<ClusterAddresses> {
  let answer = answers.get(part)
  if (answer === undefined) {
    answer = askOwner(part)
    answers.set(part, answer)
  }
  return answer
}

async function askOwner(part: SharedPart): Promise<ClusterAddresses> {
  const socket = createConnection(inject('sharedCluster').socketPath)
  socket.setEncoding('utf8')
  socket.write(`${part}\n`)
  let text = ''
  for await (const piece of socket) text += piece as string
  if (text === '') throw new ClusterError('the owner of the shared cluster went away')
  const answer = JSON.parse(text) as SharedAnswer
  if ('error' in answer) throw new ClusterError(answer.error)
  return new ClusterAddresses(answer.description)
}
