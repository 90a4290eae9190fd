// One data file in one attempt: its format's writer, the bytes that wait, and what the record will say of it.
import type { FormatWriter } from '../format/format.js'
import type { JsonValue } from '../model/json-value.js'
import type { OffsetRanges } from '../model/offsets.js'
import { noOffsets, OffsetRangesBuilder } from '../model/offsets.js'
import type { RecordContext, RecordId } from '../model/record-id.js'
import type { SealReason } from '../protocol/roll-policy.js'
import { type FileKey, fileKey } from '../protocol/task-state.js'
import type { FileTarget } from './file-target.js'
import { RecordBuffer } from './record-buffer.js'
import type { WaitingText } from './waiting-text.js'

/** What the attempt before left in a file, or the log says of it; all 0 for a new file. */
export interface FileBefore {
  readonly serial: number
  readonly length: number
  readonly recordCount: number
  readonly createdMs: number
}

/** A format handed a part of a record on and then threw: what the attempt holds must never be committed. */
export class PartialRecord extends TypeError {
  override readonly name: string = 'PartialRecord'

  constructor(cause: unknown) {
    const message = cause instanceof Error ? cause.message : String(cause)
    super(`the format handed a part of the record to its sink before it threw, which no format may do: ${message}`, {
      cause,
    })
  }
}

/** More than any buffer holds. A small integer, for one that is not costs 16 bytes in each of 100,000 files. */
export const NEVER_RIPE: number = 2 ** 31 - 1

/** Gathers the records of one file. */
export class AttemptFile<R> {
  readonly stream: string
  readonly directory: string
  readonly before: FileBefore
  readonly writer: FormatWriter<R>
  readonly buffer: RecordBuffer
  /** Set when the first bytes are uploaded: then the attempt before is decided and published. */
  target: FileTarget | undefined
  /** The commit seals it. */
  sealReason: SealReason | undefined
  /** Bytes that left the buffer, as they were there. */
  takenBytes = 0
  /** How many bytes of the file a byte of the buffer makes: 1 without compression, else what was seen so far. */
  storedPerByte = 1
  /** What the memory budget counts for it. */
  countedBytes = 0
  /** With so many bytes held, the intake says that it is ripe for sending. */
  ripeBytes: number = NEVER_RIPE
  /** An open upload of it failed: some of its bytes are neither in memory nor surely in the file. */
  uploadFailure: unknown
  /** Records added. */
  recordCount = 0
  eventTimeMinMs: number | undefined
  eventTimeMaxMs: number | undefined
  /** The writer's state after this attempt's records; set by `freeze`. */
  formatState: JsonValue | undefined
  // Most files of an attempt hold records of one partition, and there may be 100,000 files: so the first range is kept in
  // place, and maps are made when a second partition comes.
  #topic = ''
  #partition = -1
  #from: bigint | undefined
  #last = 0n
  #others: OffsetRangesBuilder | undefined

  /** `waiting` is the attempt's. */
  constructor(
    place: { stream: string; directory: string; waiting: WaitingText },
    before: FileBefore,
    writer: FormatWriter<R>,
  ) {
    this.buffer = new RecordBuffer(place.waiting)
    this.stream = place.stream
    this.directory = place.directory
    this.before = before
    this.writer = writer
  }

  /** Made when it is asked for: it is not when records come in, and there may be 100,000 files. */
  get key(): FileKey {
    return fileKey(this.stream, this.directory)
  }

  /** The attempt is lost: its bytes leave memory. Answers what the memory budget counted for them. */
  discard(): number {
    const { countedBytes } = this
    this.buffer.take()
    this.countedBytes = 0
    return countedBytes
  }

  /** The attempt takes nothing more. A writer may go on with the records of the next one, so its state is asked for now. */
  freeze(): void {
    this.formatState = this.writer.state?.()
  }

  /** Takes a record in. If the format throws, nothing changed; a format that broke its word about that is a {@link PartialRecord}. */
  add(record: R, context: RecordContext): void {
    const { bytesHeld } = this.buffer
    try {
      this.writer.encode(record, context, this.buffer)
    } catch (error) {
      throw this.buffer.bytesHeld === bytesHeld ? error : new PartialRecord(error)
    }
    this.recordCount++
    if (context.id !== undefined) this.#note(context.id)
    const timeMs = context.eventTimeMs
    if (timeMs === undefined) return
    if (this.eventTimeMinMs === undefined || timeMs < this.eventTimeMinMs) this.eventTimeMinMs = timeMs
    if (this.eventTimeMaxMs === undefined || timeMs > this.eventTimeMaxMs) this.eventTimeMaxMs = timeMs
  }

  #note({ topic, partition, offset }: RecordId): void {
    if (this.#from === undefined) {
      this.#topic = topic
      this.#partition = partition
      this.#from = offset
      this.#last = offset
    } else if (partition === this.#partition && topic === this.#topic) this.#last = offset
    else {
      this.#others ??= new OffsetRangesBuilder()
      const range = this.#others.get(topic, partition)
      if (range === undefined) this.#others.set(topic, partition, { from: offset, until: offset + 1n })
      else range.until = offset + 1n
    }
  }

  /** Offsets of the records added. Offsets grow within a partition, so the ranges are tight. */
  get offsets(): OffsetRanges {
    if (this.#from === undefined) return noOffsets
    const all = new OffsetRangesBuilder()
    all.set(this.#topic, this.#partition, { from: this.#from, until: this.#last + 1n })
    if (this.#others !== undefined)
      for (const [topic, partition, range] of this.#others) all.set(topic, partition, range)
    return all.build()
  }

  /** The same, cheaply: at least so much. */
  get lengthAtLeast(): number {
    return this.before.length + (this.takenBytes + this.buffer.bytesHeld) * this.storedPerByte
  }

  /** The file's length with everything that was added; with compression about that, and 0 only for an empty one. */
  get length(): number {
    return this.before.length + Math.ceil((this.takenBytes + this.buffer.byteLength) * this.storedPerByte)
  }

  /** Records in the file with those added. */
  get recordCountInAll(): number {
    return this.before.recordCount + this.recordCount
  }

  /** What the attempt after this one finds in the file. */
  get after(): FileBefore {
    return { ...this.before, length: this.length, recordCount: this.recordCountInAll }
  }
}
