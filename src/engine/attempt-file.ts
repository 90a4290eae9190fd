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
  /** See DataFile. */
  readonly blockCount?: number
  readonly windowEndMs?: number
}

/** A format broke its word: what the attempt holds must never be committed. */
export class BrokenFormat extends TypeError {
  override readonly name: string = 'BrokenFormat'

  constructor(complaint: string, cause: unknown) {
    super(`${complaint}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
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
  /** The first moment after its window of event time, if it is of one. */
  windowEndMs: number | undefined
  /** It takes late records of a window that is sealed: the commit seals it. */
  isBehindWindow = false
  /** The writer's state after this attempt's records; set by `freeze`. */
  formatState: JsonValue | undefined
  #isFrozen = false
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
    this.windowEndMs = before.windowEndMs
    this.writer = writer
  }

  /** Made when it is asked for: it is not when records come in, and there may be 100,000 files. */
  get key(): FileKey {
    return fileKey(this.stream, this.directory)
  }

  /** Takes the bytes out of the buffer, to be sent; `freedBytes` of what the memory budget counts are theirs. */
  take(): { readonly pieces: Uint8Array[]; readonly freedBytes: number } {
    const { countedBytes } = this
    this.takenBytes += this.buffer.byteLength
    const pieces = this.buffer.take()
    this.countedBytes = this.heldInWriterBytes
    return { pieces, freedBytes: countedBytes - this.countedBytes }
  }

  /** The attempt is lost: its bytes leave memory. Answers what the memory budget counted for them. */
  discard(): number {
    const { countedBytes } = this
    this.buffer.take()
    this.countedBytes = 0
    return countedBytes
  }

  /**
   * The attempt takes nothing more: what the writer holds comes into the buffer, and its state is asked for now, for it may go on with the
   * records of the next attempt. Repeatable. Throws {@link BrokenFormat}.
   */
  freeze(): void {
    if (this.#isFrozen) return
    this.flushWriter()
    this.#isFrozen = true
    const isWhole = this.recordCount > 0 && this.sealReason !== undefined
    this.#keepWord('could not end the file', () => {
      if (isWhole) this.writer.finish?.(this.buffer)
      this.formatState = this.writer.state?.()
    })
  }

  /** What the writer holds comes into the buffer. */
  flushWriter(): void {
    if (this.#isFrozen || this.recordCount === 0 || this.writer.flush === undefined) return
    this.#keepWord('could not hand on what it held', () => this.writer.flush?.(this.buffer))
  }

  #keepWord(complaint: string, step: () => void): void {
    try {
      step()
    } catch (error) {
      throw new BrokenFormat(`the format ${complaint}, which no format may do`, error)
    }
  }

  /** Whether the file can take the record; one that is empty can. */
  fits(record: R, context: RecordContext): boolean {
    const { writer } = this
    if (writer.fits === undefined || (this.before.length === 0 && this.recordCount === 0)) return true
    return writer.fits(record, context)
  }

  /** Bytes that the writer holds of this attempt's records. */
  get heldInWriterBytes(): number {
    return this.#isFrozen ? 0 : (this.writer.heldBytes ?? 0)
  }

  /** Bytes in memory, about. Cheap. */
  get heldBytes(): number {
    return this.buffer.bytesHeld + this.heldInWriterBytes
  }

  /** Takes a record in. If the format throws, nothing changed; a format that broke its word about that is a {@link BrokenFormat}. */
  add(record: R, context: RecordContext, eventTimeMs: number | undefined): void {
    const { bytesHeld } = this.buffer
    try {
      this.writer.encode(record, context, this.buffer)
    } catch (error) {
      if (this.buffer.bytesHeld === bytesHeld) throw error
      throw new BrokenFormat(
        'the format handed a part of the record to its sink before it threw, which no format may do',
        error,
      )
    }
    this.recordCount++
    if (context.id !== undefined) this.#note(context.id)
    if (eventTimeMs === undefined) return
    if (this.eventTimeMinMs === undefined || eventTimeMs < this.eventTimeMinMs) this.eventTimeMinMs = eventTimeMs
    if (this.eventTimeMaxMs === undefined || eventTimeMs > this.eventTimeMaxMs) this.eventTimeMaxMs = eventTimeMs
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
    return this.before.length + (this.takenBytes + this.heldBytes) * this.storedPerByte
  }

  /** The file's length with everything that was added; with compression about that, and 0 only for an empty one. */
  get length(): number {
    return (
      this.before.length +
      Math.ceil((this.takenBytes + this.buffer.byteLength + this.heldInWriterBytes) * this.storedPerByte)
    )
  }

  /** Records in the file with those added. */
  get recordCountInAll(): number {
    return this.before.recordCount + this.recordCount
  }

  /** Blocks of the file with those added, or what can be said of them before all is uploaded: what was added makes one at least. */
  get blockCountAtLeast(): number {
    const { blockCount = 0 } = this.before
    return Math.max(blockCount + Math.min(this.recordCount, 1), this.target?.blockCount ?? 0)
  }

  /** What the attempt after this one finds in the file. */
  get after(): FileBefore {
    const { length, recordCountInAll: recordCount, blockCountAtLeast: blockCount, windowEndMs } = this
    const after = { ...this.before, length, recordCount, blockCount }
    return windowEndMs === undefined ? after : { ...after, windowEndMs }
  }
}
