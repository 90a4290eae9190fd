// Runs ways in turns over the same records, reads back what each wrote, and makes the rows of a section of it.
import type { FileSystem } from '../../src/file-system/file-system.js'
import { createHdfsFileSystem } from '../../src/file-system/hdfs/hdfs-file-system.js'
import type { Cluster } from '../../test/cluster/cluster.js'
import { spreadOf } from '../file-system/paired.js'
import type { PipeReading, PipeTask } from '../peers/peer.js'
import { loadNow } from '../reporting/environment.js'
import type { Section } from '../reporting/report.js'
import { figure } from '../reporting/tables.js'
import { countOutput, type Output } from './count-output.js'
import { namenodeCounting } from './namenode-counters.js'
import type { Inquiry } from './question.js'
import { PARTITIONS, VALUE_BYTES } from './topic.js'
import type { Way, Ways } from './ways.js'

const MEBIBYTE = 2 ** 20

/** One setting in which all ways are measured. */
export interface Case {
  /** Names its rows. */
  readonly setting: string
  readonly topic: string
  readonly records: number
  readonly keys: number
  readonly recordsPerCommit?: number
  readonly commitIntervalMs?: number
  /** Fewer rounds than the others, where one takes minutes. */
  readonly roundsMax?: number
  /** As far as it is known before. */
  readonly commits: number
}

/** A run whose output was as it should be. */
export interface CountedRun {
  readonly reading: PipeReading
  readonly output?: Output
  readonly operations: number
  readonly opened: number
}

/** The file system with which outputs are read back. */
export function hdfsOf(cluster: Cluster): FileSystem {
  const { hostname: host, port } = new URL(cluster.hdfsUrl)
  return createHdfsFileSystem({ namenodes: [{ host, port: Number(port) }], root: '/', user: cluster.description.user })
}

/** Every way in every case, `rounds` times in turns; a round before that for those that have to be warm. */
export async function compare(
  { section, progress }: Pick<Inquiry, 'section' | 'progress'>,
  parts: {
    readonly cluster: Cluster
    readonly ways: Ways
    readonly cases: readonly Case[]
    readonly rounds: number
  },
): Promise<void> {
  const { cluster, ways, cases } = parts
  await using fileSystem = disposed(hdfsOf(cluster))
  for (const one of cases) {
    const rounds = Math.min(parts.rounds, one.roundsMax ?? parts.rounds)
    const ready = ways.there.filter((way) => way.leftOut(one) === undefined)
    progress.plan(ready.length * rounds + ready.filter(({ needsWarmUp }) => needsWarmUp).length)
    const runs = new Map<Way, CountedRun[]>(ready.map((way) => [way, []]))
    for (let round = -1; round < rounds; round++) {
      for (const way of round % 2 === 0 ? ready : ready.toReversed()) {
        if (round < 0 && !way.needsWarmUp) continue
        progress.step(`${one.setting}: ${way.name}${round < 0 ? ', to warm up' : ''}`)
        const run = await countedRun({ cluster, fileSystem: fileSystem.it, way, one })
        if (round >= 0) runs.get(way)!.push(run)
      }
    }
    section.loads.push(loadNow())
    for (const [way, own] of runs) addRow(section, one, { way, runs: own })
    for (const way of ways.there) {
      const reason = way.leftOut(one)
      if (reason !== undefined) section.notRun({ setting: one.setting, way: way.name, unit: 'records/s' }, reason)
    }
    for (const { name, reason } of ways.missing) {
      section.notRun({ setting: one.setting, way: name, unit: 'records/s' }, reason)
    }
  }
}

let directories = 0

/** Rejects when a record is missing from the output or in it twice. */
export async function countedRun({
  cluster,
  fileSystem,
  way,
  one,
}: {
  readonly cluster: Cluster
  readonly fileSystem: FileSystem
  readonly way: Pick<Way, 'name' | 'writes' | 'recordsOf' | 'locationOf' | 'pipe'>
  readonly one: Case
}): Promise<CountedRun> {
  const directory = `bench-${process.pid}-${directories++}`
  const records = way.recordsOf(one.records)
  const task: PipeTask = {
    brokers: cluster.kafkaBrokers,
    topic: one.topic,
    partitions: PARTITIONS,
    records,
    keys: one.keys,
    valueBytes: VALUE_BYTES,
    ...(one.recordsPerCommit === undefined ? {} : { recordsPerCommit: one.recordsPerCommit }),
    ...(one.commitIntervalMs === undefined ? {} : { commitIntervalMs: one.commitIntervalMs }),
    location: way.locationOf(directory),
    webhdfsHttpUrl: cluster.webhdfsHttpUrl,
    user: cluster.description.user,
  }
  const counting = await namenodeCounting(cluster)
  const reading = await way.pipe(task)
  const counts = await counting()
  if (reading.records < records)
    throw new Error(`${way.name}, ${one.setting}: ${reading.records} of ${records} records`)
  if (!way.writes) return { reading, ...counts }
  const output = await countOutput(fileSystem, directory, { records, partitions: PARTITIONS })
  if (output.missing !== 0 || output.repeated !== 0) {
    const { missing, repeated } = output
    throw new Error(`${way.name}, ${one.setting}: ${missing} records are missing, ${repeated} are there twice`)
  }
  await fileSystem.delete(directory, { recursive: 'all' })
  return { reading, output, ...counts }
}

function addRow(
  section: Section,
  one: Case,
  { way, runs }: { readonly way: Way; readonly runs: readonly CountedRun[] },
): void {
  const rates = runs.map(({ reading: { records, ms, closedMs } }) => (records / (closedMs ?? ms)) * 1000)
  section.row({ setting: one.setting, way: way.name, unit: 'records/s', values: rates, also: also(one, runs) })
  const { setting } = one
  for (const [unit, figureOf] of Object.entries(details)) {
    const values = runs.map((run) => figureOf(run, { one, way })).filter((value) => value !== undefined)
    if (values.length > 0) section.detail({ setting, way: way.name, unit, values })
  }
  const [{ reading } = { reading: undefined }] = runs
  if (!way.isOurs || reading?.memoryBytes === undefined) return
  const { memoryAtMs = [] } = reading
  memoryOf(section, setting).push({
    label: way.name,
    points: reading.memoryBytes.map((bytes, index) => [(memoryAtMs[index] ?? 0) / 1000, bytes / MEBIBYTE] as const),
  })
}

/** Further figures of the same runs, by their units. */
export const units = {
  files: 'files',
  close: 'KiB a close',
  operations: 'namenode operations a GiB',
  commit: 'ms a commit',
  requests: 'HTTP requests a commit and file',
  namenodeRequests: 'of them to the namenode',
  memory: 'MiB resident at most',
} as const

type FigureOf = (run: CountedRun, place: { readonly one: Case; readonly way: Way }) => number | undefined

const details: Readonly<Record<string, FigureOf>> = {
  [units.files]: ({ output }) => output?.files,
  [units.close]: ({ output, opened }) => (output === undefined ? undefined : output.bytes / opened / 1024),
  [units.operations]: ({ output, operations }) =>
    output === undefined ? undefined : operations / (output.bytes / 2 ** 30),
  [units.commit]: ({ reading: { commitMs = [] } }) => (commitMs.length === 0 ? undefined : spreadOf(commitMs).median),
  [units.requests]: ({ reading }, place) => perCommitAndFile(reading.requestsAtCommits, place),
  [units.namenodeRequests]: ({ reading }, place) => perCommitAndFile(reading.namenodeRequestsAtCommits, place),
  [units.memory]: ({ reading: { peakBytes = 0 } }) => (peakBytes === 0 ? undefined : peakBytes / MEBIBYTE),
}

/** From the second commit on the files are there; the task's own log is not counted. None where nothing went over HTTP. */
function perCommitAndFile(atCommits: readonly number[] = [], { one }: { readonly one: Case }): number | undefined {
  const first = atCommits[0]
  if (first === undefined || first === 0 || atCommits.length === 1) return undefined
  return (atCommits.at(-1)! - first) / (atCommits.length - 1) / one.keys
}

type MemoryLine = { readonly label: string; readonly points: readonly (readonly [number, number])[] }

/** The lines of the setting's plot of memory over time. */
function memoryOf(section: Section, setting: string): MemoryLine[] {
  const title = `Resident memory: ${setting}`
  const known = section.plots.find((plot) => plot.title === title)
  if (known?.kind === 'lines') return known.lines as MemoryLine[]
  const lines: MemoryLine[] = []
  const name = `memory-${plotName(setting)}`
  section.plots.push({ kind: 'lines', name, title, x: 'seconds', y: 'MiB', logarithmic: false, lines })
  return lines
}

/** For a file: `100 keys, ten commits` as `100-keys-ten-commits`. */
export function plotName(setting: string): string {
  return setting.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
}

function also(one: Case, runs: readonly CountedRun[]): Record<string, string> {
  const [first] = runs
  if (first === undefined) return {}
  const cpu = spreadOf(runs.map(({ reading }) => (reading.cpuMs * 1000) / reading.records)).median
  const { reading } = first
  // Nought is what a peer says where the system does not tell.
  const shown: Record<string, string> = cpu === 0 ? {} : { 'µs of processor a record': cpu.toFixed(1) }
  if (reading.records < one.records) shown.records = String(reading.records)
  if (reading.commitMs !== undefined) shown.commits = String(reading.commitMs.length)
  if (reading.batches !== undefined) shown.batches = String(reading.batches)
  if (reading.closedMs !== undefined) {
    const kept = spreadOf(runs.map((run) => (run.reading.records / run.reading.ms) * 1000)).median
    shown['records/s without the last closes'] = figure(kept)
  }
  return shown
}

function disposed(it: FileSystem): AsyncDisposable & { readonly it: FileSystem } {
  return { it, [Symbol.asyncDispose]: () => it.close() }
}
