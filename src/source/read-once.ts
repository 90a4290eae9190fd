// Sources whose input can be read only once (a pipe, an iterator): what is not committed yet is kept in memory, for a replay
// in the same process. A new process must be given the same input again.
import type { Clock } from '../model/clock.js'
import type { JsonValue } from '../model/json-value.js'
import type { Committed } from '../multi-output.js'
import { Interruption } from './interruption.js'
import { refuseSeveralTasks } from './one-task.js'
import type { Source, SourceBatch, SourceOpenOptions, SourceProgress, SourceReader, SourceRecord } from './source.js'
import { ValueRecord } from './value-record.js'

/** Bytes kept for a replay; when they are reached the pipeline commits. */
export const REPLAY_BYTES_MAX_DEFAULT: number = 64 * 2 ** 20

/** What a record takes in memory besides its value: its object, id, bigint and view. Measured on Node 20: 266 bytes. */
const RECORD_BYTES = 260

/** What is read once. All of it is partition 0 of one topic. */
export interface ReadOnceInput {
  readonly name: string
  readonly topic: string
  /** Called once, at the first open: begins at an offset. */
  start(options: { readonly from: bigint; readonly clock: Clock }): AsyncIterator<SourceBatch>
  readonly replayBytesMax?: number
  /** Called when the source is closed: lets go of what is being waited for. */
  end?(): void
}

/** Makes a source of it. */
export function readOnceSource(input: ReadOnceInput): Source {
  return new ReadOnceSource(input)
}

class ReadOnceSource implements Source {
  readonly name: string
  readonly #input: ReadOnceInput
  #tape: Tape | undefined
  #isClosed = false

  constructor(input: ReadOnceInput) {
    this.name = input.name
    this.#input = input
  }

  async open({ committed, clock, taskCount }: SourceOpenOptions): Promise<SourceReader> {
    if (this.#isClosed) throw new TypeError(`${this.name} was closed`)
    refuseSeveralTasks(this.name, { taskCount })
    const { topic, replayBytesMax = REPLAY_BYTES_MAX_DEFAULT } = this.#input
    const from = committed.offsets.get(topic)?.get(0)?.until ?? 0n
    this.#tape ??= new Tape(this.#input.start({ from, clock }), { topic, bytesMax: replayBytesMax })
    this.#tape.forgetBelow(from)
    return new TapeReader(this.#tape, committed.metadata)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#tape?.close()
    this.#input.end?.()
  }
}

/** What was read and is not committed. */
class Tape {
  readonly topic: string
  readonly bytesMax: number
  readonly #iterator: AsyncIterator<SourceBatch>
  /** Batches by number: `#first` is the number of the oldest that is kept. */
  #kept: { readonly batch: SourceBatch; readonly until: bigint; readonly bytes: number }[] = []
  #first = 0
  #keptBytes = 0
  #growing: Promise<void> | undefined
  #isOver = false

  constructor(iterator: AsyncIterator<SourceBatch>, options: { readonly topic: string; readonly bytesMax: number }) {
    this.#iterator = iterator
    this.topic = options.topic
    this.bytesMax = options.bytesMax
  }

  get isFull(): boolean {
    return this.#keptBytes >= this.bytesMax
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get first(): number {
    return this.#first
  }

  at(number: number): SourceBatch | undefined {
    return this.#kept[number - this.#first]?.batch
  }

  /** Reads one more batch. One read at a time: whoever asks meanwhile waits for the same one, also across readers. */
  grow(): Promise<void> {
    this.#growing ??= this.#growNow().finally(() => {
      this.#growing = undefined
    })
    return this.#growing
  }

  async #growNow(): Promise<void> {
    const { value, done } = await this.#iterator.next()
    if (done === true) this.#isOver = true
    else this.#keep(value)
  }

  #keep(batch: SourceBatch): void {
    const until = endOf(batch)
    // It brought nothing: lines that are committed, for example.
    if (until === undefined) return
    const bytes = batch.bytes + batch.records.length * RECORD_BYTES
    this.#kept.push({ batch, until, bytes })
    this.#keptBytes += bytes
  }

  forgetBelow(offset: bigint): void {
    const gone = this.#kept.findIndex(({ until }) => until > offset)
    const forgotten = this.#kept.splice(0, gone === -1 ? this.#kept.length : gone)
    for (const { bytes } of forgotten) this.#keptBytes -= bytes
    this.#first += forgotten.length
  }

  close(): void {
    this.#kept = []
    this.#keptBytes = 0
    this.#isOver = true
    // Not awaited: it may stand behind a read that waits for input which never comes.
    this.#iterator.return?.().catch(() => undefined)
  }
}

function endOf({ records, advances }: SourceBatch): bigint | undefined {
  const advanced = advances.at(-1)?.until
  if (advanced !== undefined) return advanced
  const last = records.at(-1)
  return last === undefined ? undefined : last.id.offset + 1n
}

class TapeReader implements SourceReader {
  readonly metadata: JsonValue | undefined
  readonly #tape: Tape
  readonly #interruption = new Interruption()
  /** Number of the next batch. */
  #next: number
  #roomMade: (() => void) | undefined

  constructor(tape: Tape, metadata: JsonValue | undefined) {
    this.#tape = tape
    this.#next = tape.first
    this.metadata = metadata
  }

  get wantsCommit(): boolean {
    return this.#tape.isFull
  }

  async next(): Promise<SourceBatch | undefined> {
    while (!this.#interruption.isInterrupted) {
      const batch = this.#tape.at(this.#next)
      if (batch !== undefined) {
        this.#next += 1
        return { ...batch, records: batch.records.map(unparsed) }
      }
      if (this.#tape.isOver) return undefined
      if (this.#tape.isFull) await this.#interruption.guard(this.#room())
      else await this.#interruption.guard(this.#tape.grow())
    }
    return undefined
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#roomMade = resolve
    })
  }

  committed({ offsets }: Committed): void {
    const until = offsets.get(this.#tape.topic)?.get(0)?.until
    if (until === undefined) return
    this.#tape.forgetBelow(until)
    // A batch that was not handed out cannot be committed, except by somebody who fenced us; then nothing here matters.
    this.#next = Math.max(this.#next, this.#tape.first)
    this.#roomMade?.()
  }

  progress(): SourceProgress {
    return {}
  }

  stop(): void {
    this.#interruption.interrupt()
  }

  async close(): Promise<void> {
    this.#interruption.interrupt()
  }
}

/** What is parsed of a record may take many times its bytes, so it is not kept: each reader hands out records of its own. */
function unparsed(record: SourceRecord): SourceRecord {
  if (record instanceof ValueRecord) return record.anew()
  const { id, key, value, headers, timestampMs, parsed } = record
  const copy = { id, key, value, headers, timestampMs, parsed }
  return record.bad === undefined ? copy : { ...copy, bad: record.bad }
}
