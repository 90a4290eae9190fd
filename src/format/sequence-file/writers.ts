// Writes the records of a sequence file: one after the other, or many in a block whose keys and values are compressed apart.
import type { RecordSink } from '../format.js'
import type { TextValue } from '../text-value.js'
import { GrowingBytes } from './growing-bytes.js'
import { headerBytes, type SequenceFileHeader, syncEscape, variableBytes } from './layout.js'

/** A record's key and value, checked: strings are well-formed, and what is to be Text is UTF-8. */
export interface Entry {
  readonly key: TextValue
  readonly value: TextValue
}

/** The file that is written to. */
export interface SequenceFileShape {
  readonly header: SequenceFileHeader
  /** Its header is in it, and records. */
  readonly isBegun: boolean
  readonly compress: (bytes: Uint8Array) => Uint8Array
  /** Empty between records; all files of a format put theirs together in it. */
  readonly scratch: GrowingBytes
}

/** As Hadoop does since version 3: a reader that begins anywhere looks through so many bytes for a marker. */
const SYNC_INTERVAL_BYTES = 100 * 1024

/** Hadoop's default, io.seqfile.compress.blocksize. */
const BLOCK_BYTES = 1_000_000

/** What stands before a record: its length and its key's. */
const LENGTHS_BYTES = 8
const KEY_LENGTH_AT = 4

/** Each record by itself; its value perhaps compressed. */
export class RecordWriter {
  readonly heldBytes = 0
  readonly #shape: SequenceFileShape
  #isBegun: boolean
  #sinceSyncBytes: number

  constructor(shape: SequenceFileShape) {
    this.#shape = shape
    this.#isBegun = shape.isBegun
    // Where the last marker stands is not kept: what goes on begins with one.
    this.#sinceSyncBytes = shape.isBegun ? SYNC_INTERVAL_BYTES : 0
  }

  add(entry: Entry, sink: RecordSink): void {
    const { header, scratch } = this.#shape
    this.#put(entry)
    if (!this.#isBegun) {
      sink.bytes(headerBytes(header))
      this.#isBegun = true
    }
    if (this.#sinceSyncBytes >= SYNC_INTERVAL_BYTES) {
      sink.bytes(syncEscape(header.syncMarker))
      this.#sinceSyncBytes = 0
    }
    sink.bytes(scratch.filled)
    this.#sinceSyncBytes += scratch.length
    scratch.clear()
  }

  /** The record's length, its key's, the key, the value. */
  #put({ key, value }: Entry): void {
    const { header, scratch } = this.#shape
    const { valueClass, compression } = header
    const compressed = compression === 'record' ? this.#compressed(value) : undefined
    scratch.leave(LENGTHS_BYTES)
    scratch.putContent('Text', key)
    scratch.setInt32(KEY_LENGTH_AT, scratch.length - LENGTHS_BYTES)
    if (compressed === undefined) scratch.putContent(valueClass, value)
    else scratch.putBytes(compressed)
    scratch.setInt32(0, scratch.length - LENGTHS_BYTES)
  }

  #compressed(value: TextValue): Uint8Array {
    const { header, scratch, compress } = this.#shape
    scratch.putContent(header.valueClass, value)
    const compressed = compress(scratch.filled)
    scratch.clear()
    return compressed
  }

  /** Nothing is held. */
  flush(_sink: RecordSink): void {}
}

/** Many records in a block. */
export class BlockWriter {
  readonly #shape: SequenceFileShape
  #isBegun: boolean
  #records = 0
  readonly #keyLengths = new GrowingBytes()
  readonly #keys = new GrowingBytes()
  readonly #valueLengths = new GrowingBytes()
  readonly #values = new GrowingBytes()

  constructor(shape: SequenceFileShape) {
    this.#shape = shape
    this.#isBegun = shape.isBegun
  }

  /** Bytes of keys and values, with their lengths. */
  get heldBytes(): number {
    return this.#keys.length + this.#values.length
  }

  add({ key, value }: Entry, sink: RecordSink): void {
    const [keysBefore, valuesBefore] = [this.#keys.length, this.#values.length]
    this.#keys.putContent('Text', key)
    this.#values.putContent(this.#shape.header.valueClass, value)
    this.#keyLengths.putVariable(this.#keys.length - keysBefore)
    this.#valueLengths.putVariable(this.#values.length - valuesBefore)
    this.#records++
    if (this.heldBytes >= BLOCK_BYTES) this.flush(sink)
  }

  /** Ends the block. */
  flush(sink: RecordSink): void {
    if (this.#records === 0) return
    const { header } = this.#shape
    if (!this.#isBegun) sink.bytes(headerBytes(header))
    this.#isBegun = true
    sink.bytes(syncEscape(header.syncMarker))
    sink.bytes(variableBytes(this.#records))
    for (const part of [this.#keyLengths, this.#keys, this.#valueLengths, this.#values]) {
      const compressed = this.#shape.compress(part.filled)
      sink.bytes(variableBytes(compressed.length))
      sink.bytes(compressed)
      part.free()
    }
    this.#records = 0
  }
}
