// How time and memory grow: with keys, records, the commit interval, processes, and open files after a crash. Over hdfs://.
import { availableParallelism } from 'node:os'
import { type Cluster, startCluster } from '../../test/cluster/cluster.js'
import { spreadOf } from '../file-system/paired.js'
import type { PipeReading, PipeTask } from '../peers/peer.js'
import { loadNow } from '../reporting/environment.js'
import type { Section } from '../reporting/report.js'
import { type CountedRun, countedRun, hdfsOf } from './compare.js'
import { openAfterCrash } from './crash.js'
import { fitPower } from './fit.js'
import type { Inquiry } from './question.js'
import { runChild } from './run-child.js'
import { fillTopic } from './topic.js'

const MEBIBYTE = 2 ** 20
const TASKS_OF_PROCESSES = 4

/** What is gone through. `full`: with --records of 10^7 and more. */
interface Ranges {
  readonly keys: readonly number[]
  readonly keyRecords: number
  readonly records: readonly number[]
  readonly intervalsMs: readonly number[]
  readonly intervalRecords: number
  readonly processes: readonly number[]
  readonly openFiles: readonly number[]
}

const QUICK: Ranges = {
  keys: [1, 10, 100],
  keyRecords: 10_000,
  records: [2_000, 20_000],
  intervalsMs: [500, 1_000],
  intervalRecords: 20_000,
  processes: [1, 2],
  openFiles: [10, 100],
}
const USUAL: Ranges = {
  keys: [1, 10, 100, 1_000, 10_000],
  keyRecords: 200_000,
  records: [100_000, 300_000, 1_000_000],
  intervalsMs: [1_000, 3_000, 10_000],
  intervalRecords: 1_000_000,
  processes: [1, 2, 4],
  openFiles: [10, 100, 1_000],
}
const FULL: Ranges = {
  ...USUAL,
  keys: [...USUAL.keys, 100_000],
  records: [...USUAL.records, 10_000_000],
  intervalsMs: [...USUAL.intervalsMs, 60_000],
  intervalRecords: 10_000_000,
  openFiles: [...USUAL.openFiles, 5_000],
}
const FULL_FROM_RECORDS = 10_000_000

/** What `--only` chooses among. */
const curveNames = {
  keys: 'keys',
  records: 'records',
  intervals: 'ms between commits',
  processes: 'processes',
  openFiles: 'open files after a crash',
} as const

/** A point of a curve. */
interface Point {
  readonly x: number
  readonly runs: readonly {
    readonly ms: number
    readonly memoryBytes?: number
    readonly records?: number
    /** Of the processor: other work on the machine moves it less than the time by the clock. */
    readonly cpuMs?: number
  }[]
}

export async function scaling(inquiry: Inquiry): Promise<void> {
  const { section, isQuick } = inquiry
  const ranges = isQuick ? QUICK : (inquiry.records ?? 0) >= FULL_FROM_RECORDS ? FULL : USUAL
  const rounds = inquiry.rounds ?? 1
  Object.assign(section.settings, {
    cluster: 'Hadoop 3.4.2, 1 datanode, close delay as shipped, Kafka 4.3.1, loopback',
    rounds: String(rounds),
    ranges: isQuick ? 'quick' : ranges === FULL ? 'full' : 'usual',
  })
  await using cluster = await startCluster({ httpfs: false, datanodes: 1 })
  const curves = new Curves(inquiry, cluster, rounds)
  for (const [name, measure] of [
    [curveNames.keys, () => curves.overKeys(ranges)],
    [curveNames.records, () => curves.overRecords(ranges)],
    [curveNames.intervals, () => curves.overIntervals(ranges)],
    [curveNames.processes, () => curves.overProcesses(ranges)],
    [curveNames.openFiles, () => curves.overOpenFiles(ranges)],
  ] as const) {
    if (name.startsWith(inquiry.only)) await measure()
  }
}

class Curves {
  readonly #inquiry: Inquiry
  readonly #cluster: Cluster
  readonly #rounds: number

  constructor(inquiry: Inquiry, cluster: Cluster, rounds: number) {
    this.#inquiry = inquiry
    this.#cluster = cluster
    this.#rounds = rounds
  }

  async overKeys({ keys, keyRecords }: Ranges): Promise<void> {
    await this.#curve(curveNames.keys, keys, async (x) => {
      const topic = await this.#topic(`keys-${x}`, { records: keyRecords, keys: x })
      return () => this.#piped({ topic, records: keyRecords, keys: x })
    })
  }

  async overRecords({ records }: Ranges): Promise<void> {
    await this.#curve(curveNames.records, records, async (x) => {
      const topic = await this.#topic(`records-${x}`, { records: x, keys: 100 })
      return () => this.#piped({ topic, records: x, keys: 100 })
    })
  }

  async overIntervals({ intervalsMs, intervalRecords }: Ranges): Promise<void> {
    const topic = await this.#topic('intervals', { records: intervalRecords, keys: 100 })
    await this.#curve(curveNames.intervals, intervalsMs, async (x) => {
      return () => this.#piped({ topic, records: intervalRecords, keys: 100, commitIntervalMs: x })
    })
  }

  /** Processes that share a job of four tasks. More of them than cores bring nothing here. */
  async overProcesses({ processes, intervalRecords }: Ranges): Promise<void> {
    const topic = await this.#topic('processes', { records: intervalRecords, keys: 100 })
    this.#inquiry.section.notes.push(
      `processes share ${TASKS_OF_PROCESSES} tasks on ${availableParallelism()} cores, with the servers beside them`,
    )
    await this.#curve(curveNames.processes, processes, async (x) => {
      return () => this.#piped({ topic, records: intervalRecords, keys: 100, processes: x })
    })
  }

  async overOpenFiles({ openFiles }: Ranges): Promise<void> {
    const { compiledDirectory } = this.#inquiry
    const url = this.#cluster.hdfsUrl
    let directories = 0
    await this.#curve(curveNames.openFiles, openFiles, async (x) => {
      return async () => {
        const location = `${url}/crash-${x}-${directories++}`
        return { ms: await openAfterCrash(compiledDirectory, { location, files: x, user: this.#user }) }
      }
    })
  }

  async #curve(
    name: string,
    values: readonly number[],
    prepare: (x: number) => Promise<() => Promise<Point['runs'][number]>>,
  ): Promise<void> {
    const { progress, section } = this.#inquiry
    progress.plan(values.length * this.#rounds)
    const points: Point[] = []
    for (const x of values) {
      const once = await prepare(x)
      const runs: Point['runs'][number][] = []
      for (let round = 0; round < this.#rounds; round++) {
        progress.step(`${x.toLocaleString('en-US')} ${name}`)
        runs.push(await once())
      }
      points.push({ x, runs })
    }
    section.loads.push(loadNow())
    tellCurve(section, name, points)
  }

  async #topic(name: string, content: { readonly records: number; readonly keys: number }): Promise<string> {
    await fillTopic(this.#cluster.kafkaBrokers, { topic: name, ...content })
    return name
  }

  /** Ours, in so many processes. */
  async #piped(job: {
    readonly topic: string
    readonly records: number
    readonly keys: number
    readonly commitIntervalMs?: number
    readonly processes?: number
  }): Promise<Point['runs'][number]> {
    const { compiledDirectory } = this.#inquiry
    const { processes, ...one } = job
    const url = this.#cluster.hdfsUrl.replace('//', `//${this.#user}@`)
    const pipe = (task: PipeTask): Promise<PipeReading> =>
      processes === undefined
        ? runChild<PipeReading>(compiledDirectory, 'bench/peers/ours', task)
        : inProcesses(compiledDirectory, task, processes)
    const fileSystem = hdfsOf(this.#cluster)
    try {
      const run: CountedRun = await countedRun({
        cluster: this.#cluster,
        fileSystem,
        way: {
          name: 'ours',
          writes: true,
          recordsOf: (records) => records,
          locationOf: (directory) => `${url}/${directory}`,
          pipe,
        },
        one: { setting: job.topic, commits: 1, ...one },
      })
      const { ms, peakBytes: memoryBytes, records, cpuMs } = run.reading
      return { ms, records, cpuMs, ...(memoryBytes === undefined ? {} : { memoryBytes }) }
    } finally {
      await fileSystem.close()
    }
  }

  get #user(): string {
    return this.#cluster.description.user
  }
}

/** From the first process that began to the last commit of any. */
async function inProcesses(compiledDirectory: string, task: PipeTask, processes: number): Promise<PipeReading> {
  const shared = { ...task, taskCount: TASKS_OF_PROCESSES, groupId: `shared-${task.location}`.replaceAll(/\W/g, '-') }
  const readings = await Promise.all(
    Array.from({ length: processes }, () => runChild<PipeReading>(compiledDirectory, 'bench/peers/ours', shared)),
  )
  // One that came when all was read has nothing to tell.
  const working = readings.filter(({ records }) => records > 0)
  const startedMs = Math.min(...working.map((each) => each.startedMs!))
  const sum = (figureOf: (reading: PipeReading) => number): number =>
    working.reduce((total, reading) => total + figureOf(reading), 0)
  return {
    records: sum(({ records }) => records),
    ms: Math.max(...working.map((each) => each.endedMs!)) - startedMs,
    cpuMs: sum(({ cpuMs }) => cpuMs),
    peakBytes: Math.max(...working.map(({ peakBytes }) => peakBytes!)),
  }
}

function tellCurve(section: Section, name: string, points: readonly Point[]): void {
  const of = (figureOf: (run: Point['runs'][number]) => number | undefined): (readonly [number, number])[] =>
    points.flatMap(({ x, runs }) => {
      const values = runs.map(figureOf).filter((value) => value !== undefined)
      return values.length === 0 ? [] : [[x, spreadOf(values).median] as const]
    })
  for (const { x, runs } of points) {
    const setting = `${x.toLocaleString('en-US')} ${name}`
    section.row({ setting, way: 'ours, hdfs://', unit: 'ms', values: runs.map(({ ms }) => ms) })
    const rates = runs.flatMap(({ records, ms }) => (records === undefined ? [] : [(records / ms) * 1000]))
    if (rates.length > 0) section.detail({ setting, way: 'ours, hdfs://', unit: 'records/s', values: rates })
    const cpu = runs.flatMap(({ cpuMs }) => (cpuMs === undefined ? [] : [cpuMs]))
    if (cpu.length > 0) section.detail({ setting, way: 'ours, hdfs://', unit: 'ms of processor', values: cpu })
    const memory = runs.flatMap(({ memoryBytes }) => (memoryBytes === undefined ? [] : [memoryBytes / MEBIBYTE]))
    if (memory.length > 0) section.detail({ setting, way: 'ours, hdfs://', unit: 'MiB resident', values: memory })
  }
  const curves = [
    ['time', 'ms', of(({ ms }) => ms)],
    ['processor time', 'ms', of(({ cpuMs }) => cpuMs)],
    ['memory', 'MiB', of(({ memoryBytes }) => (memoryBytes === undefined ? undefined : memoryBytes / MEBIBYTE))],
  ] as const
  const lines = curves.filter(([, , own]) => own.length > 1)
  for (const [what, , own] of lines) {
    // What a start costs hides growth among the small ones: so the last step is looked at by itself, too.
    const [whole, last] = [fitPower(own), fitPower(own.slice(-2))]
    if (whole === undefined || last === undefined) continue
    const isAbove = whole.isAboveLinear || last.isAboveLinear
    const shown = `n^${whole.exponent.toFixed(2)}, in the last step n^${last.exponent.toFixed(2)}`
    section.notes.push(`${what} grows with ${name} as ${shown}${isAbove ? ': ABOVE LINEAR' : ''}`)
    section.atMost(
      `${what} over ${name}: exponent at most 1.1, in the last step too`,
      Math.max(whole.exponent, last.exponent),
      1.1,
    )
  }
  section.plots.push({
    kind: 'lines',
    name: `scaling-${name.replaceAll(/\W+/g, '-')}`,
    title: `Time and memory over ${name}, over hdfs://`,
    x: name,
    y: 'ms; MiB',
    logarithmic: true,
    lines: lines.map(([what, unit, own]) => ({ label: `${what} (${unit})`, points: own })),
  })
}
