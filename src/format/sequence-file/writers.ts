// Writes the records of a sequence file: one after the other, or many in a block whose keys and values are compressed apart.
import type { RecordSink } from '../format.js'
import {
  headerBytes,
  prefixLength,
  type SequenceFileHeader,
  type SequenceValueClass,
  syncEscape,
  variableBytes,
  variableLength,
  writeValue,
  writeVariable,
} from './layout.js'

/** A record's key and value, as bytes. */
export interface Entry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** The file that is written to. */
export interface SequenceFileShape {
  readonly header: SequenceFileHeader
  /** Its header is in it, and records. */
  readonly isBegun: boolean
  readonly compress: (bytes: Uint8Array) => Uint8Array
}

/** As Hadoop does since version 3: a reader that begins anywhere looks through so many bytes for a marker. */
const SYNC_INTERVAL_BYTES = 100 * 1024

/** Hadoop's default, io.seqfile.compress.blocksize. */
const BLOCK_BYTES = 1_000_000

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
    const { header } = this.#shape
    const bytes = this.#recordBytes(entry)
    if (!this.#isBegun) {
      sink.bytes(headerBytes(header))
      this.#isBegun = true
    }
    if (this.#sinceSyncBytes >= SYNC_INTERVAL_BYTES) {
      sink.bytes(syncEscape(header.syncMarker))
      this.#sinceSyncBytes = 0
    }
    sink.bytes(bytes)
    this.#sinceSyncBytes += bytes.length
  }

  #recordBytes({ key, value }: Entry): Buffer {
    const { valueClass, compression } = this.#shape.header
    if (compression === 'record') return this.#compressedRecord(key, serialized(valueClass, value))
    const keyLength = variableLength(key.length) + key.length
    const valueLength = prefixLength(valueClass, value.length) + value.length
    const bytes = Buffer.allocUnsafe(8 + keyLength + valueLength)
    bytes.writeInt32BE(keyLength + valueLength, 0)
    bytes.writeInt32BE(keyLength, 4)
    writeValue(bytes, writeValue(bytes, 8, 'Text', key), valueClass, value)
    return bytes
  }

  #compressedRecord(key: Uint8Array, value: Buffer): Buffer {
    const compressed = this.#shape.compress(value)
    const keyBytes = serialized('Text', key)
    const lengths = Buffer.allocUnsafe(8)
    lengths.writeInt32BE(keyBytes.length + compressed.length, 0)
    lengths.writeInt32BE(keyBytes.length, 4)
    return Buffer.concat([lengths, keyBytes, compressed])
  }

  /** Nothing is held. */
  flush(_sink: RecordSink): void {}
}

/** Many records in a block. */
export class BlockWriter {
  /** Bytes of keys and values, with their lengths. */
  heldBytes = 0
  readonly #shape: SequenceFileShape
  #isBegun: boolean
  #keyLengths: number[] = []
  #valueLengths: number[] = []
  #keys: Buffer[] = []
  #values: Buffer[] = []

  constructor(shape: SequenceFileShape) {
    this.#shape = shape
    this.#isBegun = shape.isBegun
  }

  add({ key, value }: Entry, sink: RecordSink): void {
    // Copies, for the caller may go on to use its own.
    const keyBytes = serialized('Text', key)
    const valueBytes = serialized(this.#shape.header.valueClass, value)
    this.#keys.push(keyBytes)
    this.#keyLengths.push(keyBytes.length)
    this.#values.push(valueBytes)
    this.#valueLengths.push(valueBytes.length)
    this.heldBytes += keyBytes.length + valueBytes.length
    if (this.heldBytes >= BLOCK_BYTES) this.flush(sink)
  }

  /** Ends the block. */
  flush(sink: RecordSink): void {
    if (this.#keys.length === 0) return
    const { header } = this.#shape
    if (!this.#isBegun) sink.bytes(headerBytes(header))
    this.#isBegun = true
    sink.bytes(syncEscape(header.syncMarker))
    sink.bytes(variableBytes(this.#keys.length))
    const parts = [lengthsBytes(this.#keyLengths), Buffer.concat(this.#keys)]
    for (const part of [...parts, lengthsBytes(this.#valueLengths), Buffer.concat(this.#values)]) {
      const compressed = this.#shape.compress(part)
      sink.bytes(variableBytes(compressed.length))
      sink.bytes(compressed)
    }
    this.#keyLengths = []
    this.#valueLengths = []
    this.#keys = []
    this.#values = []
    this.heldBytes = 0
  }
}

function serialized(valueClass: SequenceValueClass, content: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(prefixLength(valueClass, content.length) + content.length)
  writeValue(bytes, 0, valueClass, content)
  return bytes
}

function lengthsBytes(lengths: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + variableLength(length), 0))
  let at = 0
  for (const length of lengths) at = writeVariable(bytes, at, length)
  return bytes
}
