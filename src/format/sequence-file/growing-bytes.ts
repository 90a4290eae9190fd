// What a sequence file is put together in: bytes that grow as numbers, keys and values are put behind one another.
import type { TextValue } from '../text-value.js'
import { prefixLength, type SequenceValueClass, writeInt32, writePrefix, writeVariable } from './layout.js'

/** There may be 10,000 files with a few records each, and what is spare is not counted. */
const FIRST_BYTES = 256
const GROWTH = 1.5

/** A larger buffer is not kept for what comes next. */
const KEPT_BYTES_MAX = 64 * 1024

/** Ids and other short keys are written a character at a time: to ask Node costs more. */
const SHORT_CHARACTERS_MAX = 48
const ASCII_END = 0x80

/** Of longer texts the bytes are counted first, so that no room is made for three times as much. */
const GUESSED_CHARACTERS_MAX = 16 * 1024

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT_MAX = 3

const VARIABLE_BYTES_MAX = 5

const nothing = Buffer.alloc(0)

/** Puts things behind one another. Strings must be well-formed. */
export class GrowingBytes {
  #bytes: Buffer = nothing
  #length = 0

  /** Bytes put so far. */
  get length(): number {
    return this.#length
  }

  /** What was put so far, until something else is done with it. */
  get filled(): Uint8Array {
    const { buffer, byteOffset } = this.#bytes
    // Not a Buffer, which takes twice as long to make.
    return new Uint8Array(buffer, byteOffset, this.#length)
  }

  /** Begins anew, in the same memory where that is little. */
  clear(): void {
    this.#length = 0
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = nothing
  }

  /** Begins anew, and holds no memory. */
  free(): void {
    this.#length = 0
    this.#bytes = nothing
  }

  /** Leaves a place of so many bytes, for {@link setInt32}. */
  leave(bytes: number): void {
    this.#room(bytes)
    this.#length += bytes
  }

  /** Four bytes, the most significant first, into a place that was left. */
  setInt32(at: number, value: number): void {
    writeInt32(this.#bytes, at, value)
  }

  /** Puts Hadoop's variable-length integer, from 0 on. */
  putVariable(value: number): void {
    this.#room(VARIABLE_BYTES_MAX)
    this.#length = writeVariable(this.#bytes, this.#length, value)
  }

  /** Puts bytes as they are. */
  putBytes(bytes: Uint8Array): void {
    this.#room(bytes.byteLength)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.byteLength
  }

  /** Puts a key or a value behind its length, strings as UTF-8. */
  putContent(valueClass: SequenceValueClass, content: TextValue): void {
    if (typeof content !== 'string') {
      this.#room(prefixLength(valueClass, content.byteLength) + content.byteLength)
      this.#length = writePrefix(this.#bytes, this.#length, valueClass, content.byteLength)
      this.putBytes(content)
    } else if (!this.#putAsAscii(valueClass, content)) this.#putCounted(valueClass, content)
  }

  /** As if it were ASCII, so that its length is known before it is written. Puts nothing, and answers `false`, where its length takes other bytes. */
  #putAsAscii(valueClass: SequenceValueClass, text: string): boolean {
    const { length } = text
    if (length > GUESSED_CHARACTERS_MAX) return false
    const prefix = prefixLength(valueClass, length)
    this.#room(prefix + length * BYTES_PER_UNIT_MAX)
    const begin = this.#length + prefix
    const written = length <= SHORT_CHARACTERS_MAX ? this.#writeShort(text, begin) : this.#bytes.write(text, begin)
    if (prefixLength(valueClass, written) !== prefix) return false
    writePrefix(this.#bytes, this.#length, valueClass, written)
    this.#length = begin + written
    return true
  }

  #writeShort(text: string, at: number): number {
    const bytes = this.#bytes
    const { length } = text
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index)
      if (unit >= ASCII_END) return bytes.write(text, at)
      bytes[at + index] = unit
    }
    return length
  }

  #putCounted(valueClass: SequenceValueClass, text: string): void {
    const length = Buffer.byteLength(text)
    this.#room(prefixLength(valueClass, length) + length)
    const begin = writePrefix(this.#bytes, this.#length, valueClass, length)
    this.#length = begin + this.#bytes.write(text, begin)
  }

  #room(bytes: number): void {
    const needed = this.#length + bytes
    const old = this.#bytes
    if (needed <= old.length) return
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(needed, Math.ceil(old.length * GROWTH), FIRST_BYTES))
    this.#bytes.set(old.subarray(0, this.#length))
  }
}
