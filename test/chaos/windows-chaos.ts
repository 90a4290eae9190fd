// Two processes write windows of event time from Kafka to HDFS and are killed, while somebody who knows nothing of us waits for `_SUCCESS` and reads
// each directory once: what it reads then is what lies there in the end, and every record of the topic is in one place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { startCommand } from '../cli/running-command.js'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import { dataFilesOf } from '../writer/hdfs-files.js'
import { FedTopic, type PartitionTruth } from './fed-topic.js'

/** How long and how hard. */
export interface WindowsChaosOptions {
  /** HDFS, and Kafka's brokers. Shared ones will do: topic and location are of this run alone. */
  readonly cluster: ClusterAddresses
  readonly brokers: string[]
  readonly records: number
  readonly kills: number
  readonly mode: 'append' | 'new-file' | 'concat'
  readonly visibility: 'live' | 'sealed'
  readonly random: SeededRandom
  readonly tell: (text: string) => void
}

/** What came out. */
export interface WindowsChaosReport {
  readonly complaints: readonly string[]
  /** Directories that had their marker before the writers were told to end, and in the end. */
  readonly markedMeanwhile: number
  readonly marked: number
  readonly windows: number
}

const WINDOW_MS = 60_000
const PROCESSES = 2
const KILL_EVERY_MS = { min: 500, max: 2_500 }
const LOOK_EVERY_MS = 150
const COMPLAINTS_MAX = 20

/** What a reader found in a directory, by path. */
type Found = ReadonlyMap<string, string>

/** Runs it. */
export async function runWindowsChaos(options: WindowsChaosOptions): Promise<WindowsChaosReport> {
  const { cluster, brokers, records, kills, random, tell } = options
  const topic = new FedTopic(brokers, { partitions: 4, keys: 3 })
  await topic.create()
  const location = `/${topic.topic}`
  const folder = mkdtempSync(join(tmpdir(), 'windows-chaos-'))
  try {
    const words = wordsOf(options, topic.topic, location, folder)
    const running = Array.from({ length: PROCESSES }, () => startCommand(words))
    const reader = new WaitingReader(cluster, location)
    const reading = reader.run()
    const feeding = topic.feed(records, kills * 2_000)
    for (let kill = 0; kill < kills; kill++) {
      const which = random.integer(PROCESSES)
      await Promise.race([running[which]!.toldOf('commit').catch(() => undefined), delay(COMMIT_WAIT_MS)])
      await delay(KILL_EVERY_MS.min + random.integer(KILL_EVERY_MS.max - KILL_EVERY_MS.min))
      tell(`process ${which}: SIGKILL after ${running[which]!.events.at(-1)?.event ?? 'nothing'}`)
      running[which]!.signal('SIGKILL')
      await running[which]!.ended()
      running[which] = startCommand(words)
    }
    await feeding
    const markedMeanwhile = reader.found.size
    for (const command of running) command.signal('SIGTERM')
    await Promise.all(running.map((command) => command.ended()))
    const last = await startCommand([...words, '--until-end']).ended()
    reader.stop()
    await reading
    if (last.exitCode !== 0) throw new Error(`the last run ended with ${last.exitCode}: ${last.stderr}`)
    const complaints: string[] = []
    const truth = await topic.truth()
    const files = new Map((await dataFilesOf(cluster, location)).map(({ path, bytes }) => [path, bytes.toString()]))
    complaints.push(...complaintsAboutRecords(files, truth), ...complaintsAboutMarked(files, reader.found))
    const { windows, unmarked } = windowsOf(files, truth)
    for (const directory of unmarked) complaints.push(`${directory} is complete and has no marker`)
    return { complaints: complaints.slice(0, COMPLAINTS_MAX), markedMeanwhile, marked: reader.found.size, windows }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const COMMIT_WAIT_MS = 8_000

function wordsOf(
  { cluster, brokers, mode, visibility }: WindowsChaosOptions,
  topic: string,
  location: string,
  folder: string,
): string[] {
  const yaml = join(folder, 'run.yaml')
  const partitioner = `[{ eventTime: { field: at, windowMs: ${WINDOW_MS}, pattern: "'w='yyyy-MM-dd-HH-mm" } }]`
  writeFileSync(yaml, `sink:\n  partitioner: ${partitioner}\n  eventTime: { allowedLatenessMs: 0 }\n`)
  const from = ['--topics', topic, '--brokers', ...brokers, '--session-timeout-ms', '6000']
  const to = ['--location', `${cluster.webhdfsUrl}${location}`, '--user', cluster.description.user, '--job', 'windows']
  const how = ['--format', 'text', '--prefix-id', '--mode', mode, '--visibility', visibility]
  return ['run', yaml, ...from, ...to, ...how, '--task-count', '2', '--commit-interval-ms', '500', '--json']
}

/** Waits for markers and reads each directory once, as soon as it has one. */
class WaitingReader {
  readonly found = new Map<string, Found>()
  readonly #cluster: ClusterAddresses
  readonly #location: string
  #isOver = false

  constructor(cluster: ClusterAddresses, location: string) {
    this.#cluster = cluster
    this.#location = location
  }

  /** Looks until it is told to stop, and once more. */
  async run(): Promise<void> {
    for (;;) {
      const isLast = this.#isOver
      await this.#look()
      if (isLast) return
      await delay(LOOK_EVERY_MS)
    }
  }

  stop(): void {
    this.#isOver = true
  }

  async #look(): Promise<void> {
    for (const directory of await namesIn(this.#cluster, this.#location)) {
      if (!directory.startsWith('w=') || this.found.has(directory)) continue
      const below = `${this.#location}/${directory}`
      const names = await namesIn(this.#cluster, below)
      if (!names.includes('_SUCCESS')) continue
      // Listed anew: what a reader does is look for the marker, and then list.
      const files = (await dataFilesOf(this.#cluster, below)).filter(({ path }) => /^[^_.]/.test(path))
      this.found.set(directory, new Map(files.map(({ path, bytes }) => [path, bytes.toString()])))
    }
  }
}

async function namesIn(cluster: ClusterAddresses, directory: string): Promise<string[]> {
  const reply = await fetch(`${cluster.webhdfsHttpUrl}${directory}?op=LISTSTATUS&user.name=${cluster.description.user}`)
  if (reply.status === 404) return []
  const { FileStatuses } = (await reply.json()) as { FileStatuses: { FileStatus: { pathSuffix: string }[] } }
  return FileStatuses.FileStatus.map(({ pathSuffix }) => pathSuffix)
}

function directoryOf(at: number): string {
  return `w=${new Date(at).toISOString().slice(0, 16).replace(/[T:]/g, '-')}`
}

function complaintsAboutRecords(files: ReadonlyMap<string, string>, truth: readonly PartitionTruth[]): string[] {
  const complaints: string[] = []
  const counts = truth.map((values) => new Uint8Array(values.length))
  for (const [path, text] of files) {
    for (const line of text.split('\n').slice(0, -1)) {
      const [, partition, offset, value] = /^(\d+)-(\d+)\t(.*)$/.exec(line) ?? []
      if (value === undefined || truth[Number(partition)]?.[Number(offset)] !== value) {
        complaints.push(`${path}: foreign bytes: ${JSON.stringify(line.slice(0, 80))}`)
        continue
      }
      counts[Number(partition)]![Number(offset)]! += 1
      const directory = directoryOf((JSON.parse(value) as { at: number }).at)
      if (path.replace(/^_late\//, '').split('/')[0] !== directory) complaints.push(`${line} lies in ${path}`)
    }
  }
  for (const [partition, count] of counts.entries())
    for (const [offset, times] of count.entries())
      if (times !== 1) complaints.push(`${partition}-${offset} is there ${times} times`)
  return complaints
}

/** What was read when the marker was there is what is there now. */
function complaintsAboutMarked(files: ReadonlyMap<string, string>, found: ReadonlyMap<string, Found>): string[] {
  const complaints: string[] = []
  for (const [directory, then] of found) {
    const now = new Map([...files].filter(([path]) => path.startsWith(`${directory}/`) && !path.endsWith('/_SUCCESS')))
    for (const [path, text] of now)
      if (then.get(path.slice(directory.length + 1)) !== text)
        complaints.push(`${path} came or changed behind _SUCCESS`)
    for (const name of then.keys())
      if (!now.has(`${directory}/${name}`)) complaints.push(`${directory}/${name} is gone`)
  }
  return complaints
}

/** All but the windows that the latest record of some partition is still in are complete. */
function windowsOf(
  files: ReadonlyMap<string, string>,
  truth: readonly PartitionTruth[],
): { readonly windows: number; readonly unmarked: readonly string[] } {
  const latestMs = truth.map((values) => Math.max(...values.map((value) => (JSON.parse(value) as { at: number }).at)))
  const pastMs = Math.min(...latestMs)
  const times = truth.flatMap((values) => values.map((value) => (JSON.parse(value) as { at: number }).at))
  const complete = new Set(times.filter((at) => at - (at % WINDOW_MS) + WINDOW_MS <= pastMs).map(directoryOf))
  return { windows: complete.size, unmarked: [...complete].filter((directory) => !files.has(`${directory}/_SUCCESS`)) }
}
