// How many records a second does one core encode and route? Over a file system that drops the bytes, so that nothing else
// is measured. Run by bench/writer.ts, in turns with what no writer of JSON lines can do without: JSON.stringify and UTF-8.
import { Session } from 'node:inspector/promises'
import { byFields, type Format, jsonLines, MultiOutput, type RecordId, text } from '../../src/index.js'
import { DroppingFileSystem } from './dropping-file-system.js'
import { LINE_BYTES, type Order, orders } from './orders.js'
import { type HotLine, hotLines } from './profile.js'

const KEYS = 100
const RECORDS_PER_COMMIT = 250_000
const PARTITIONS = 4

/** Records a second of the wall clock, and of processor time, garbage collection in all threads included. */
export interface Rate {
  readonly recordsPerSecond: number
  readonly recordsPerCpuSecond: number
}

/** What is told on standard output: round by round, `bare` for JSON.stringify and UTF-8 alone. */
export interface EncodeReport {
  readonly rounds: Rate[]
  readonly bare: Rate[]
  readonly lineBytes: number
  readonly profile?: readonly HotLine[]
}

/** What is written, and how. */
export type Way =
  | 'json-lines'
  | 'json-lines without ids'
  | 'json-lines with idField'
  | 'text of bytes'
  | 'text of strings'

const formats: Readonly<Record<Way, Format<Order>>> = {
  'json-lines': jsonLines<Order>(),
  'json-lines without ids': jsonLines<Order>(),
  'json-lines with idField': jsonLines<Order>({ idField: '_id' }),
  'text of bytes': text<Order>({ value: (order) => bytesOf.get(order)! }),
  'text of strings': text<Order>({ value: (order) => textOf.get(order)! }),
}

/** What is asked for, as JSON in the first argument. */
export interface EncodeTask {
  readonly way: Way
  readonly rounds: number
  readonly recordsPerRound: number
  readonly profiled: boolean
}

const { way, rounds, recordsPerRound, profiled } = JSON.parse(process.argv[2]!) as EncodeTask
// Fewer than fit into a processor's cache would flatter the figures.
const records = orders(20_000, KEYS)
const textOf = new Map(records.map((order) => [order, JSON.stringify(order)]))
const bytesOf = new Map(records.map((order) => [order, Buffer.from(JSON.stringify(order))]))

async function round(output: MultiOutput<Order>, from: bigint): Promise<void> {
  let offset = from
  for (let written = 0; written < recordsPerRound; written++) {
    const record = records[written % records.length]!
    const id: RecordId = { topic: 'orders', partition: written % PARTITIONS, offset: offset++ }
    const wait = output.write(record, way === 'json-lines without ids' ? undefined : { id })
    if (wait) await wait
    if ((written + 1) % RECORDS_PER_COMMIT === 0) await output.commit()
  }
  await output.commit()
}

/** The same records as JSON lines in one buffer, in pieces as large as the writer's: no keys, no files, no ids. */
const buffer = Buffer.allocUnsafeSlow(2 ** 20)
const PIECE_CHARACTERS = 1_024
function bareRound(): void {
  let used = 0
  let piece = ''
  for (let written = 0; written < recordsPerRound; written++) {
    piece += `${JSON.stringify(records[written % records.length])}\n`
    if (piece.length < PIECE_CHARACTERS) continue
    if (buffer.length - used < piece.length * 3) used = 0
    used += buffer.write(piece, used)
    piece = ''
  }
}

async function rateOf(work: () => Promise<void> | void): Promise<Rate> {
  const startMs = performance.now()
  const cpu = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return {
    recordsPerSecond: (recordsPerRound / (performance.now() - startMs)) * 1e3,
    recordsPerCpuSecond: (recordsPerRound / (user + system)) * 1e6,
  }
}

const fileSystem = new DroppingFileSystem()
const output = await MultiOutput.open<Order>({
  location: 'dropped',
  fileSystem,
  job: 'orders',
  partitioner: byFields<Order>(['key']),
  format: formats[way],
})
let offset = 0n
// To warm up.
await round(output, offset)
bareRound()
const report: { rounds: Rate[]; bare: Rate[]; lineBytes: number; profile?: readonly HotLine[] } = {
  rounds: [],
  bare: [],
  lineBytes: 0,
}
const session = new Session()
if (profiled) {
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
}
for (let i = 0; i < rounds; i++) {
  offset += BigInt(recordsPerRound)
  report.rounds.push(await rateOf(() => round(output, offset)))
  if (!profiled) report.bare.push(await rateOf(bareRound))
}
if (profiled) report.profile = hotLines((await session.post('Profiler.stop')).profile)
await output.close()
report.lineBytes = fileSystem.droppedBytes / (recordsPerRound * (rounds + 1))
if (way === 'json-lines' && report.lineBytes !== LINE_BYTES) throw new Error(`a line had ${report.lineBytes} bytes`)
console.log(JSON.stringify(report satisfies EncodeReport))
