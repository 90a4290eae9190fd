// How much memory do 100,000 keys of 1 KiB each take between commits? Over a file system that drops the bytes. Run by bench/writer.ts.
import { byFields, jsonLines, MultiOutput } from '../../src/index.js'
import { DroppingFileSystem } from './dropping-file-system.js'
import { type Order, orders } from './orders.js'

/** What is asked for, as JSON in the first argument. A key's bytes are `recordsPerKey` lines of `lineBytes`. */
export interface MemoryTask {
  readonly keys: number
  readonly recordsPerKey: number
  readonly lineBytes: number
}

/** What is told on standard output: resident bytes of this process. */
export interface MemoryReport {
  readonly heldBytes: number
  /** Before the first write: so much is Node and the bench. */
  readonly startBytes: number
  /** The highest while records came in, up to the commit. */
  readonly betweenBytesMax: number
  /** The highest during the commit. */
  readonly commitBytesMax: number
}

const { keys, recordsPerKey, lineBytes } = JSON.parse(process.argv[2]!) as MemoryTask
const SAMPLE_EVERY_RECORDS = 1_000
const SAMPLE_INTERVAL_MS = 20

const resident = (): number => process.memoryUsage.rss()
const fileSystem = new DroppingFileSystem()
const output = await MultiOutput.open<Order>({
  location: 'dropped',
  fileSystem,
  job: 'orders',
  partitioner: byFields<Order>(['key']),
  format: jsonLines<Order>(),
  bufferedBytesMax: 2 ** 30,
})
// One record at a time, so that the records themselves take no memory: keys in turn, as a stream brings them.
const [template] = orders(1, 1, lineBytes)
const keyCharacters = String(keys - 1).length
// The template's key is one character behind `key-`.
const note = template!.note.slice(0, template!.note.length - (keyCharacters - 1))
const startBytes = resident()
let betweenBytesMax = 0
for (let written = 0; written < keys * recordsPerKey; written++) {
  const key = `key-${String(written % keys).padStart(keyCharacters, '0')}`
  const id = { topic: 'orders', partition: 0, offset: BigInt(written) }
  const wait = output.write({ ...template!, key, note }, { id })
  if (wait !== undefined) throw new Error('the budget was exceeded, so not everything is held')
  if (written % SAMPLE_EVERY_RECORDS === 0) betweenBytesMax = Math.max(betweenBytesMax, resident())
}
betweenBytesMax = Math.max(betweenBytesMax, resident())
let commitBytesMax = 0
const timer = setInterval(() => {
  commitBytesMax = Math.max(commitBytesMax, resident())
}, SAMPLE_INTERVAL_MS)
await output.commit()
clearInterval(timer)
commitBytesMax = Math.max(commitBytesMax, resident())
await output.close()
const heldBytes = keys * recordsPerKey * lineBytes
if (fileSystem.droppedBytes !== heldBytes) throw new Error(`${fileSystem.droppedBytes} bytes, expected ${heldBytes}`)
const report: MemoryReport = { heldBytes, startBytes, betweenBytesMax, commitBytesMax }
console.log(JSON.stringify(report))
