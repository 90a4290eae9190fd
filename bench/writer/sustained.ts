// Does write go on while commits are in flight? The same records through 100 keys on real HDFS, with a commit every 5 s behind which
// writing goes on, and with one commit at the end. Run by bench/writer.ts, which starts the cluster.
import { byFields, jsonLines, MultiOutput } from '../../src/index.js'
import { measurePaired } from '../file-system/paired.js'
import { type Order, orders } from './orders.js'

/** What is asked for, as JSON in the first argument. */
export interface SustainedTask {
  readonly location: string
  readonly user: string
  readonly keys: number
  readonly records: number
  readonly intervalMs: number
  readonly rounds: number
}

/** Records a second round by round, and the speed with commits as a share of that with one. */
export interface SustainedReport {
  readonly withCommits: readonly number[]
  readonly withOne: readonly number[]
  readonly ratios: readonly number[]
  /** Of one round each with commits. */
  readonly commits: readonly number[]
}

const { location, user, keys, records, intervalMs, rounds } = JSON.parse(process.argv[2]!) as SustainedTask
const some = orders(10_000, keys)
const commits: number[] = []

async function writeAll(directory: string, intervalMsOrNever: number): Promise<number> {
  await using output = await MultiOutput.open<Order>({
    location: `${location}/${directory}`,
    connection: { user },
    job: 'orders',
    partitioner: byFields<Order>(['key']),
    format: jsonLines<Order>(),
  })
  let inFlight: Promise<unknown> | undefined
  let count = 0
  let lastMs = performance.now()
  for (let written = 0; written < records; written++) {
    const pressure = output.write(some[written % some.length]!)
    if (pressure !== undefined) await pressure
    if (written % 1_000 !== 0) continue
    // A source waits for its input now and then.
    await new Promise(setImmediate)
    if (inFlight !== undefined || performance.now() - lastMs < intervalMsOrNever) continue
    lastMs = performance.now()
    count++
    inFlight = output.commit().finally(() => {
      inFlight = undefined
    })
  }
  await inFlight
  await output.commit()
  return count + 1
}

const { adapterMs, bareMs, ratios } = await measurePaired(
  {
    adapter: async (round) => {
      const count = await writeAll(`often-${round}`, intervalMs)
      if (round >= 0) commits.push(count)
    },
    bare: async (round) => {
      await writeAll(`once-${round}`, Number.POSITIVE_INFINITY)
    },
  },
  { rounds },
)
const perSecond = (durationMs: number): number => records / (durationMs / 1_000)
const report: SustainedReport = {
  withCommits: adapterMs.map(perSecond),
  withOne: bareMs.map(perSecond),
  ratios,
  commits,
}
console.log(JSON.stringify(report))
