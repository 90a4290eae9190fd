// How quick is one busy key on real HDFS, beside a bare streamed upload of the same bytes; and does its memory stay flat?
// Run by bench/writer.ts, which starts the cluster.
import { Agent } from 'node:http'
import { type Format, MultiOutput } from '../../src/index.js'
import { bareUpload } from '../file-system/bare-http.js'
import { measurePaired } from '../file-system/paired.js'

/** What is asked for, as JSON in the first argument. */
export interface StreamTask {
  readonly location: string
  readonly baseUrl: string
  readonly user: string
  readonly bytes: number
  readonly rounds: number
  /** Written through one key in one commit, and not compared with anything: only its memory is looked at. */
  readonly longBytes: number
}

/** Milliseconds round by round, and our speed as a share of the bare one's. */
export interface StreamReport {
  readonly ourMs: readonly number[]
  readonly bareMs: readonly number[]
  readonly ratios: readonly number[]
  /** After each sixteenth of the long one. */
  readonly longResidentBytes: readonly number[]
  readonly longMs: number
}

const RECORD_BYTES = 1_024
const { location, baseUrl, user, bytes, rounds, longBytes } = JSON.parse(process.argv[2]!) as StreamTask
const record = Buffer.alloc(RECORD_BYTES, 'a record of one kibibyte, ')
const chunk = Buffer.alloc(64 * 2 ** 10, record)

/** Bytes as they are. */
const raw: Format<Uint8Array> = {
  name: 'raw',
  extension: 'bin',
  open: () => ({ encode: (value, _context, sink) => sink.bytes(value) }),
}

function open(directory: string): Promise<MultiOutput<Uint8Array>> {
  return MultiOutput.open<Uint8Array>({
    location: `${location}/${directory}`,
    connection: { user },
    job: 'stream',
    format: raw,
    roll: { fileSizeBytesMax: Number.MAX_SAFE_INTEGER },
  })
}

async function write(
  output: MultiOutput<Uint8Array>,
  count: number,
  onSixteenth: () => void = () => {},
): Promise<void> {
  for (let written = 0; written < count; written++) {
    const pressure = output.write(record)
    if (pressure !== undefined) await pressure
    // A source waits for its input now and then, which lets what was written go out.
    else if (written % 256 === 0) await new Promise(setImmediate)
    if (written % Math.ceil(count / 16) === 0) onSixteenth()
  }
  await output.commit()
}

function* chunks(): Generator<Uint8Array> {
  for (let sent = 0; sent < bytes; sent += chunk.byteLength) yield chunk
}

const agent = new Agent({ keepAlive: true })
const target = { baseUrl, user, agent }
const directory = new URL(location).pathname
// A writer is opened once and commits for days: what is measured is writing and one commit. The opens make the directory for the bare way too.
const outputs: MultiOutput<Uint8Array>[] = []
for (let round = -1; round < rounds; round++) outputs.push(await open(`ours-${round}`))
const { adapterMs, bareMs, ratios } = await measurePaired(
  {
    adapter: (round) => write(outputs[round + 1]!, bytes / RECORD_BYTES),
    bare: (round) => bareUpload(target, `${directory}/bare-${round}`, chunks()),
  },
  { rounds },
)
for (const output of outputs) await output.close()
const longResidentBytes: number[] = []
const long = await open('long')
const startMs = performance.now()
await write(long, longBytes / RECORD_BYTES, () => longResidentBytes.push(process.memoryUsage.rss()))
const report: StreamReport = {
  ourMs: adapterMs,
  bareMs,
  ratios,
  longResidentBytes,
  longMs: performance.now() - startMs,
}
await long.close()
agent.destroy()
console.log(JSON.stringify(report))
