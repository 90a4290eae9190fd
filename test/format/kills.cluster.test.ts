// Data sets on real HDFS, written by a process that is killed again and again, read by programs of others: every record is there once.
//
// KILLS=30 kills more often, SEED=… repeats the choices (not the timing, which is the machine's).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import { sharedCluster } from '../cluster/shared-cluster.js'
import { type ReaderName, readWith } from '../readers/read-with.js'
import { COMPILE_MS_MAX, type CompiledProgram, compileProgram } from '../writer/compiled-program.js'
import { dataFilesOf } from '../writer/hdfs-files.js'
import { PARTITIONS, recordAt } from '../writer/numbered-source.js'
import type { DataSetName } from './children/formats.js'
import type { DataSetOrder } from './children/writing-data-set.js'

const kills = Number(process.env.KILLS ?? 2)
const seed = process.env.SEED ?? String(Date.now())
const timeout = 120_000 + kills * 15_000 // foreign name: vitest's option
/** Records of a partition: more than are committed before the last kill. */
const UNTIL = 200 + kills * 60
const COMMITS_BEFORE_KILL_MAX = 3
const LIFE_AFTER_COMMIT_MS_MAX = 120

let program: CompiledProgram
let cluster: ClusterAddresses
beforeAll(async () => {
  const folders = ['src', 'test/writer', 'test/format/children']
  program = await compileProgram('test/format/children/writing-data-set.ts', folders)
  cluster = await sharedCluster()
}, 180_000 + COMPILE_MS_MAX)
afterAll(() => program.remove())

interface Found {
  readonly id: string
  readonly value: string
}

/** A line of text: the id, a tab, the value. */
const ofLine = (line: unknown): Found => {
  const [id = '', value = ''] = (line as string).split('\t')
  return { id, value }
}
const ofColumns = (record: unknown): Found => {
  const { _id, value } = record as { _id: string; value: string }
  return { id: _id, value }
}
const ofPair = (record: unknown): Found => {
  const { key, value } = record as { key: string; value: string }
  return { id: key, value }
}

type Reading = readonly [reader: ReaderName, found: (record: unknown) => Found]

test.each<[DataSetName, 'hdfs' | 'webhdfs', readonly Reading[]]>([
  ['avro', 'hdfs', [['fastavro', ofColumns]]],
  [
    'gzip',
    'webhdfs',
    [
      ['hdfs dfs -text', ofLine],
      ['Hadoop lines', ofLine],
      ['python lines', ofLine],
    ],
  ],
  [
    'parquet',
    'hdfs',
    [
      ['duckdb', ofColumns],
      ['pyarrow', ofColumns],
    ],
  ],
  [
    'sequenceFile',
    'webhdfs',
    [
      ['SequenceFile.Reader', ofPair],
      ['SequenceFile.Reader in splits', ofPair],
    ],
  ],
])(`%s, killed ${kills} times`, { timeout }, async (dataSet, transport, readings) => {
  const random = new SeededRandom(`${seed}/${dataSet}`)
  const directory = `/kills-${dataSet}`
  const url = (transport === 'hdfs' ? cluster.hdfsUrl : cluster.webhdfsUrl).replace(
    '://',
    `://${cluster.description.user}@`,
  )
  const order = { location: url + directory, dataSet, until: UNTIL }
  for (let life = 0; life < kills; life++) {
    const commits = random.integer(COMMITS_BEFORE_KILL_MAX + 1)
    await liveAndBeKilled({ ...order, seed: `${seed}/${life}` }, commits, random.integer(LIFE_AFTER_COMMIT_MS_MAX))
  }
  expect(await liveToTheEnd({ ...order, seed: `${seed}/last` })).toBe(0)

  const expected = new Map<string, string>()
  for (let partition = 0; partition < PARTITIONS; partition++)
    for (let offset = 0; offset < UNTIL; offset++)
      expected.set(`${partition}-${offset}`, recordAt(partition, BigInt(offset)).value)
  const files = await downloaded(directory)
  for (const [reader, found] of readings) {
    const records = (await readWith(reader, files)).map(found)
    expect(records.length, `${reader}, seed ${seed}`).toBe(expected.size)
    expect(new Map(records.map(({ id, value }) => [id, value])), `${reader}, seed ${seed}`).toEqual(expected)
  }
})

/** Starts a writer that dies with the test. */
function startWriter(order: DataSetOrder) {
  const child = spawn(process.execPath, [program.script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, closed: once(child, 'close'), lines }
}

async function liveAndBeKilled(order: DataSetOrder, commits: number, afterMs: number): Promise<void> {
  const { child, closed, lines } = startWriter(order)
  // One line for being open, and then one a commit.
  for (let line = 0; line <= commits; line++) expect((await lines.next()).done, 'it ended by itself').not.toBe(true)
  await setTimeout(afterMs)
  child.kill('SIGKILL')
  const [, signal] = (await closed) as [number | null, string | null]
  expect(signal, `it ended by itself; seed ${seed}`).toBe('SIGKILL')
}

async function liveToTheEnd(order: DataSetOrder): Promise<number | null> {
  const { closed, lines } = startWriter(order)
  while ((await lines.next()).done !== true);
  const [status] = (await closed) as [number | null]
  return status
}

async function downloaded(directory: string): Promise<string[]> {
  const local = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-kills-'))
  onTestFinished(() => rm(local, { recursive: true, force: true }))
  const files: string[] = []
  for (const file of await dataFilesOf(cluster, directory)) {
    const target = path.join(local, file.path)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, file.bytes)
    files.push(target)
  }
  return files
}
