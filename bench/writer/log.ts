// Does the log stay small, and opening quick, over 100,000 commits? On the file system in memory. Run by bench/writer.ts.
import { MemoryFileSystem } from '../../src/file-system/memory/memory-file-system.js'
import { byFields, jsonLines, MultiOutput } from '../../src/index.js'
import { logDirectory } from '../../src/protocol/layout.js'
import { type Order, orders } from './orders.js'

/** What is asked for, as JSON in the first argument. */
export interface LogTask {
  readonly commits: number
  readonly points: number
}

/** How it was after so many commits. */
export interface LogPoint {
  readonly commits: number
  /** The most files in the log since the point before, looked at every few commits. */
  readonly filesMax: number
  /** Of several opens the quickest: what else the machine does only adds. */
  readonly openMs: number
}

const { commits, points } = JSON.parse(process.argv[2]!) as LogTask
const KEYS = 10
const LOOK_EVERY_COMMITS = 7
const OPENS = 5

const fileSystem = new MemoryFileSystem()
const open = (): Promise<MultiOutput<Order>> =>
  MultiOutput.open<Order>({
    location: 'memory',
    fileSystem,
    job: 'orders',
    partitioner: byFields<Order>(['key']),
    format: jsonLines<Order>(),
    // So that files are sealed all the time, and manifests written.
    roll: { recordsMax: 100 },
  })

async function filesInLog(): Promise<number> {
  let files = 0
  for await (const _ of fileSystem.list(logDirectory(0))) files += 1
  return files
}

async function quickestOpenMs(): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < OPENS; i++) {
    const startMs = performance.now()
    const output = await open()
    times.push(performance.now() - startMs)
    await output.close()
  }
  return Math.min(...times)
}

const records = orders(1_000, KEYS)
const report: LogPoint[] = []
await quickestOpenMs()
let output = await open()
let filesMax = 0
for (let done = 1; done <= commits; done++) {
  const offset = BigInt(done)
  await output.write(records[done % records.length]!, { id: { topic: 'orders', partition: 0, offset } })
  await output.commit()
  if (done % LOOK_EVERY_COMMITS === 0) filesMax = Math.max(filesMax, await filesInLog())
  if (done % Math.ceil(commits / points) !== 0 && done !== commits) continue
  await output.close()
  report.push({ commits: done, filesMax, openMs: await quickestOpenMs() })
  filesMax = 0
  output = await open()
  const { until } = output.committed.offsets.get('orders')!.get(0)!
  if (until !== offset + 1n) throw new Error(`offset ${until} is committed, expected ${offset + 1n}`)
}
await output.close()
console.log(JSON.stringify(report))
