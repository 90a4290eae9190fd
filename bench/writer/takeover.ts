// How long does an open take after a writer vanished with files open? As `victim` it commits to every key, begins uploads to some of them
// and says so, to be stopped then: its connections stay, as those of a machine that is gone do. As `successor` it opens the task. Run by
// bench/writer.ts, which starts the cluster.
import { type Format, MultiOutput } from '../../src/index.js'

/** What is asked for, as JSON in the first argument. */
export interface TakeoverTask {
  readonly role: 'victim' | 'successor'
  readonly location: string
  readonly user: string
  readonly keys: number
  readonly bytesPerKey: number
  /** Keys whose upload is open when the victim is stopped. */
  readonly halfOpen: number
}

/** Milliseconds from the beginning of the open. */
export interface TakeoverReport {
  readonly logReadMs: number
  readonly firstReclaimedMs: number
  readonly lastReclaimedMs: number
  readonly openedMs: number
  /** How many files were reclaimed in which way. */
  readonly reclaimed: Readonly<Record<'kept' | 'truncated' | 'copied' | 'replaced', number>>
  readonly copiedBytes: number
}

interface Piece {
  readonly key: string
  readonly bytes: Uint8Array
}

const pieces: Format<Piece> = {
  name: 'raw',
  extension: 'bin',
  open: () => ({ encode: ({ bytes }, _context, sink) => sink.bytes(bytes) }),
}

const PIECE_BYTES = 2 ** 20
const task = JSON.parse(process.argv[2]!) as TakeoverTask
const common = {
  location: task.location,
  connection: { user: task.user },
  job: 'takeover',
  format: pieces,
  partitioner: ({ key }: Piece) => `key=${key}`,
  roll: { fileSizeBytesMax: Number.MAX_SAFE_INTEGER },
}
if (task.role === 'victim') await vanish()
else console.log(JSON.stringify(await takeOver()))

async function vanish(): Promise<void> {
  const { keys, bytesPerKey, halfOpen } = task
  const piece = Buffer.alloc(Math.min(PIECE_BYTES, bytesPerKey), 'x')
  const output = await MultiOutput.open<Piece>({
    ...common,
    streamThresholdBytes: piece.byteLength,
    openUploadsMax: Math.max(halfOpen, 1),
    uploadIdleMsMax: 3_600_000,
    bufferedBytesMax: 64 * PIECE_BYTES,
  })
  const write = async (key: number): Promise<void> => {
    const pressure = output.write({ key: String(key), bytes: piece })
    await (pressure ?? new Promise(setImmediate))
  }
  for (let key = 0; key < keys; key++) {
    for (let written = 0; written < bytesPerKey; written += piece.byteLength) await write(key)
  }
  await output.commit()
  for (let key = 0; key < halfOpen; key++) await write(key)
  // Sent, and seen by the datanodes: nothing tells when.
  setTimeout(() => console.log('uploads are open'), 3_000)
  setInterval(() => {}, 3_600_000)
}

async function takeOver(): Promise<TakeoverReport> {
  const startMs = performance.now()
  const sinceStart = (): number => performance.now() - startMs
  const reclaimed = { kept: 0, truncated: 0, copied: 0, replaced: 0 }
  let [logReadMs, firstReclaimedMs, lastReclaimedMs, copiedBytes] = [0, 0, 0, 0]
  await using output = await MultiOutput.open<Piece>({
    ...common,
    logger: {
      debug: () => {},
      info: (_fields: unknown, message?: string) => {
        if (message === 'opening a task') logReadMs = sinceStart()
      },
      warn: () => {},
      error: () => {},
    },
    hooks: {
      reclaim: ({ how, keptBytes }) => {
        lastReclaimedMs = sinceStart()
        if (firstReclaimedMs === 0) firstReclaimedMs = lastReclaimedMs
        reclaimed[how]++
        if (how === 'copied') copiedBytes += keptBytes
      },
    },
  })
  const openedMs = sinceStart()
  if (output.openFileCount !== task.keys) throw new Error(`${output.openFileCount} files are open, not ${task.keys}`)
  return { logReadMs, firstReclaimedMs, lastReclaimedMs, openedMs, reclaimed, copiedBytes }
}
