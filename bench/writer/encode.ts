// How many records a second does one core encode and route? Over a file system that drops the bytes, so that nothing else
// is measured. Run by bench/writer.ts; alone: the program of bench/writer.ts prints its arguments with --verbose.
import { Session } from 'node:inspector/promises'
import { byFields, type Format, jsonLines, MultiOutput, type RecordId, text } from '../../src/index.js'
import { DroppingFileSystem } from './dropping-file-system.js'
import { LINE_BYTES, type Order, orders } from './orders.js'
import { type HotLine, hotLines } from './profile.js'

const KEYS = 100
const RECORDS_PER_COMMIT = 250_000
const PARTITIONS = 4

/** What is told on standard output. */
export interface EncodeReport {
  readonly rounds: { readonly recordsPerSecond: number; readonly recordsPerCpuSecond: number }[]
  readonly lineBytes: number
  readonly profile?: readonly HotLine[]
}

type Way = 'json-lines' | 'json-lines without ids' | 'json-lines with idField' | 'text of bytes' | 'text of strings'

const formats: Readonly<Record<Way, Format<Order>>> = {
  'json-lines': jsonLines<Order>(),
  'json-lines without ids': jsonLines<Order>(),
  'json-lines with idField': jsonLines<Order>({ idField: '_id' }),
  'text of bytes': text<Order>({ value: (order) => bytesOf.get(order)! }),
  'text of strings': text<Order>({ value: (order) => textOf.get(order)! }),
}

const { way, rounds, recordsPerRound, profiled } = JSON.parse(process.argv[2]!) as {
  readonly way: Way
  readonly rounds: number
  readonly recordsPerRound: number
  readonly profiled: boolean
}
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
const measured: EncodeReport['rounds'] = []
const session = new Session()
if (profiled) {
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
}
for (let i = 0; i < rounds; i++) {
  offset += BigInt(recordsPerRound)
  const startMs = performance.now()
  const cpu = process.cpuUsage()
  await round(output, offset)
  const { user, system } = process.cpuUsage(cpu)
  measured.push({
    recordsPerSecond: (recordsPerRound / (performance.now() - startMs)) * 1e3,
    recordsPerCpuSecond: (recordsPerRound / (user + system)) * 1e6,
  })
}
const profile = profiled ? hotLines((await session.post('Profiler.stop')).profile) : undefined
await output.close()
const lineBytes = fileSystem.droppedBytes / (recordsPerRound * (rounds + 1))
if (way === 'json-lines' && lineBytes !== LINE_BYTES) throw new Error(`a line had ${lineBytes} bytes`)
const report: EncodeReport = { rounds: measured, lineBytes, ...(profile === undefined ? {} : { profile }) }
console.log(JSON.stringify(report))
