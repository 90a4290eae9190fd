// What does one commit of 1,000 keys cost on real HDFS, compared with 1,000 bare CREATEs by node:http at the same
// concurrency? Run by bench/writer.ts, which starts the cluster; one round a process, so that both ways start alike.
import { Agent } from 'node:http'
import { byFields, jsonLines, MultiOutput } from '../../src/index.js'
import { type BareTarget, bareAppend, bareUpload } from '../file-system/bare-http.js'
import { measurePaired } from '../file-system/paired.js'
import { type Order, orders } from './orders.js'

/** What is asked for, as JSON in the first argument. */
export interface CommitTask {
  readonly location: string
  readonly baseUrl: string
  readonly user: string
  readonly keys: number
  readonly rounds: number
  readonly operationsMax: number
}

/** Milliseconds round by round, and bare time as a share of ours turned round: above 1 ours takes longer. */
export interface CommitReport {
  readonly way: CommitWay
  readonly ourMs: readonly number[]
  readonly bareMs: readonly number[]
  readonly ratios: readonly number[]
}

/** `new`: every key's first file, against CREATEs. `grown`: every key's file is there, against APPENDs. */
export type CommitWay = 'new keys' | 'keys that have a file'

const { location, baseUrl, user, keys, rounds, operationsMax } = JSON.parse(process.argv[2]!) as CommitTask
const agent = new Agent({ keepAlive: true, maxSockets: operationsMax * 2 })
const target: BareTarget = { baseUrl, user, agent }
const records = orders(keys, keys)
const lines = records.map((record) => Buffer.from(`${JSON.stringify(record)}\n`))

const outputs = new Map<number, MultiOutput<Order>>()
async function outputOf(round: number): Promise<MultiOutput<Order>> {
  const opened = outputs.get(round)
  if (opened !== undefined) return opened
  const output = await MultiOutput.open<Order>({
    location: `${location}/ours-${round}`,
    connection: { user },
    job: 'orders',
    partitioner: byFields<Order>(['key']),
    format: jsonLines<Order>(),
    operationsMax,
  })
  outputs.set(round, output)
  return output
}

async function commitAll(round: number): Promise<void> {
  const output = await outputOf(round)
  for (const record of records) await output.write(record)
  const { files } = await output.commit()
  if (files !== keys) throw new Error(`a commit of ${files} files, expected ${keys}`)
}

async function atOnce(work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < keys) await work(next++)
  }
  await Promise.all(Array.from({ length: operationsMax }, lane))
}

const directory = new URL(location).pathname
const path = (round: number, index: number): string => `${directory}/bare-${round}-${index}`

async function measure(way: CommitWay): Promise<CommitReport> {
  const bare = (round: number, index: number): Promise<void> =>
    way === 'new keys'
      ? bareUpload(target, path(round, index), [lines[index]!])
      : bareAppend(target, path(round, index), lines[index]!)
  const { adapterMs, bareMs } = await measurePaired(
    {
      // Opened in the turn before, so that the claim is not measured.
      adapter: (round) => commitAll(round),
      bare: (round) => atOnce((index) => bare(round, index)),
    },
    { rounds },
  )
  return { way, ourMs: adapterMs, bareMs, ratios: adapterMs.map((ms, round) => ms / bareMs[round]!) }
}

for (let round = -1; round < rounds; round++) await outputOf(round)
const reports = [await measure('new keys'), await measure('keys that have a file')]
for (const output of outputs.values()) await output.close()
agent.destroy()
console.log(JSON.stringify(reports))
