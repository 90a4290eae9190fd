// The ways from Kafka to HDFS that are compared: ours over both protocols, and what users would take instead.
import { existsSync } from 'node:fs'
import type { Cluster } from '../../test/cluster/cluster.js'
import { JavaSink, type JavaWay } from '../peers/java-sink.js'
import type { PipeReading, PipeTask } from '../peers/peer.js'
import { SparkSink } from '../peers/spark-sink.js'
import { runChild } from './run-child.js'

/** The naive peer closes a file a key and batch: more would take hours, and its speed does not grow with them. */
const NAIVE_RECORDS_MAX = 8_000

export interface Way {
  readonly name: string
  readonly isOurs: boolean
  /** Whether it writes; (a) only reads. */
  readonly writes: boolean
  /** Also without a result to count: rounds that make it warm. */
  readonly needsWarmUp: boolean
  /** How many records it is given of those that there are. */
  recordsOf(records: number): number
  /** Undefined when it is measured in such a case, else why not. */
  leftOut(task: { readonly commits: number; readonly keys: number }): string | undefined
  locationOf(directory: string): string
  pipe(task: PipeTask): Promise<PipeReading>
}

/** The names that targets are about. */
export const wayNames = {
  native: 'ours, hdfs://',
  http: 'ours, webhdfs://',
  read: '(a) kafkajs, reading only',
  uploads: '(b) node:http, uploads only',
  naive: '(c) webhdfs package, append a batch',
  append: '(d) Java client, append, 16 threads',
  hflush: '(d) Java client, hflush, kept open',
  spark: '(e) PySpark',
} as const

/** Ways that are there, and reasons for those that are not. */
export interface Ways extends AsyncDisposable {
  readonly there: readonly Way[]
  readonly missing: readonly { readonly name: string; readonly reason: string }[]
}

export async function startWays(
  cluster: Cluster,
  {
    compiledDirectory,
    closeDelayMs,
    names,
  }: { readonly compiledDirectory: string; readonly closeDelayMs: number; readonly names: readonly string[] },
): Promise<Ways> {
  const missing: { name: string; reason: string }[] = []
  const wanted = (name: string): boolean => names.includes(name)
  const webhdfs = cluster.webhdfsUrl.replace('//', `//${cluster.description.user}@`)
  const hdfs = cluster.hdfsUrl.replace('//', `//${cluster.description.user}@`)
  const usual = { isOurs: false, writes: true, needsWarmUp: false, recordsOf: all, leftOut: never }
  const node = (program: string) => (task: PipeTask) =>
    runChild<PipeReading>(compiledDirectory, `bench/peers/${program}`, task)
  const over = (url: string) => (directory: string) => `${url}/${directory}`
  const ways: Way[] = [
    { ...usual, name: wayNames.read, writes: false, locationOf: over(hdfs), pipe: node('kafkajs-read') },
    { ...usual, name: wayNames.native, isOurs: true, locationOf: over(hdfs), pipe: node('ours') },
    { ...usual, name: wayNames.http, isOurs: true, locationOf: over(webhdfs), pipe: node('ours') },
    {
      ...usual,
      name: wayNames.uploads,
      leftOut: ({ keys }) => (keys <= 100 ? undefined : 'its 100 keys tell how many files a second WebHDFS closes'),
      locationOf: over(webhdfs),
      pipe: node('bare-uploads'),
    },
    {
      ...usual,
      name: wayNames.naive,
      recordsOf: (records) => Math.min(records, NAIVE_RECORDS_MAX),
      leftOut: ({ commits, keys }) =>
        commits === 1 && keys <= 100 ? undefined : 'it knows no commits, so the figure above is its figure',
      locationOf: over(webhdfs),
      pipe: node('webhdfs-package'),
    },
  ]
  if (wanted(wayNames.naive) && !existsSync(new URL('../../node_modules/webhdfs', import.meta.url))) {
    missing.push({ name: wayNames.naive, reason: 'the package webhdfs is not installed' })
  }
  const isThere = ({ name }: Way): boolean => wanted(name) && !missing.some((each) => each.name === name)
  const there = ways.filter(isThere)
  const warm = { ...usual, needsWarmUp: true, locationOf: over(hdfs) }
  const place = { url: cluster.hdfsUrl, user: cluster.description.user, closeDelayMs }
  const java =
    wanted(wayNames.append) || wanted(wayNames.hflush) ? await started(() => JavaSink.start(place)) : undefined
  for (const way of ['append', 'hflush'] as const) {
    const name = wayNames[way]
    if (!wanted(name) || java === undefined) continue
    if ('reason' in java) missing.push({ name, reason: java.reason })
    else there.push({ ...warm, name, leftOut: way === 'hflush' ? tooManyOpen : never, pipe: javaPipe(java.it, way) })
  }
  const spark = wanted(wayNames.spark) ? await started(() => SparkSink.start(place)) : undefined
  if (spark !== undefined) {
    const name = wayNames.spark
    if ('reason' in spark) missing.push({ name, reason: spark.reason })
    else there.push({ ...warm, name, pipe: (task) => spark.it.pipe(task) })
  }
  const running = [java, spark].flatMap((each) => (each !== undefined && 'it' in each ? [each.it] : []))
  return {
    there,
    missing,
    [Symbol.asyncDispose]: async () => {
      for (const each of running) await each[Symbol.asyncDispose]()
    },
  }
}

function javaPipe(java: JavaSink, way: JavaWay): (task: PipeTask) => Promise<PipeReading> {
  return (task) => java.pipe(way, task)
}

/** The peer, or why it does not start: no compiler, no Python, a client that fails. The row says so. */
async function started<Peer>(start: () => Promise<Peer>): Promise<{ readonly it: Peer } | { readonly reason: string }> {
  try {
    return { it: await start() }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}

const all = (records: number): number => records
const never = (): undefined => undefined

/** HDFS sets a block of 128 MiB aside for every open file. */
const tooManyOpen = ({ keys }: { readonly keys: number }): string | undefined =>
  keys <= 100 ? undefined : `${keys} open files set ${keys / 8} GiB of the datanode's disk aside`
