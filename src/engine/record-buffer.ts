// The bytes of one file that wait for their upload. A writer costs memory only, so 100,000 of them must be cheap and a busy one
// quick: text is kept as it came until there is a piece worth encoding, then it goes into chunks that grow with the file.
import type { RecordSink } from '../format/format.js'
import { type WaitingBuffer, WaitingText } from './waiting-text.js'

/**
 * Text is encoded in pieces of about this many characters: enough that the call costs little for each, and few enough that
 * the strings are still in the processor's cache and die young. Measured with bench/writer.ts; 16,384 cost a tenth of the speed.
 */
const PIECE_CHARACTERS = 1_024

/** Of ids and line ends, which are written a character at a time. Longer text is quicker encoded by Node. */
const SHORT_CHARACTERS_MAX = 64

const ASCII_END = 0x80

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT_MAX = 3

/** A chunk is half of what is held already: so a third of the memory at most is room to spare, and pieces are few. */
const CHUNK_SHARE_OF_HELD = 0.5
const CHUNK_BYTES_MIN = 512
const CHUNK_BYTES_MAX = 64 * 1024

/** So many pieces are kept in an array that is just as long: of 100,000 files most have no more. */
const FEW_PIECES = 4

const encoder = new TextEncoder()

/** Of all that hold none: an array of its own would cost 32 bytes in each of 100,000. */
const none: Uint8Array[] = []

/** Gathers encoded records in order. */
export class RecordBuffer implements RecordSink, WaitingBuffer {
  readonly #waiting: WaitingText
  #isListed = false
  /** Bytes came, so more will. */
  #holdsBytes = false
  #text = ''
  #chunk: Buffer | undefined
  #chunkUsedBytes = 0
  /** Full chunks, in order. */
  #full: Uint8Array[] = none
  #fullBytes = 0

  /** `waiting` is shared by the files of an attempt, so that not too much text waits in all of them. */
  constructor(waiting: WaitingText = new WaitingText()) {
    this.#waiting = waiting
  }

  text(text: string): void {
    // What stands between bytes goes where they are: to keep it and encode it for each record costs more than its few characters.
    if (this.#holdsBytes && text.length <= SHORT_CHARACTERS_MAX && this.#writeShort(text)) return
    this.#text += text
    if (!this.#isListed) {
      this.#isListed = true
      this.#waiting.list(this)
    }
    this.#waiting.add(text.length)
    if (this.#text.length >= PIECE_CHARACTERS) this.#encode()
  }

  encodeWaiting(): void {
    this.#isListed = false
    this.#encode()
  }

  bytes(bytes: Uint8Array): void {
    if (this.#text !== '') this.#encode()
    this.#holdsBytes = true
    const { byteLength } = bytes
    let chunk = this.#chunk
    if (chunk === undefined || chunk.length - this.#chunkUsedBytes < byteLength) {
      chunk = this.#room(byteLength)
    }
    chunk.set(bytes, this.#chunkUsedBytes)
    this.#chunkUsedBytes += byteLength
  }

  /** Into the chunk, if there is room and it is ASCII. */
  #writeShort(text: string): boolean {
    const chunk = this.#chunk
    const from = this.#chunkUsedBytes
    const { length } = text
    if (this.#text !== '' || chunk === undefined || chunk.length - from < length) return false
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= ASCII_END) return false
      chunk[from + i] = unit
    }
    this.#chunkUsedBytes = from + length
    return true
  }

  /** Bytes held, at least: text that is not encoded yet counts one byte a character. Cheap. */
  get bytesHeld(): number {
    return this.#fullBytes + this.#chunkUsedBytes + this.#text.length
  }

  /** Bytes held, exactly. */
  get byteLength(): number {
    return this.#fullBytes + this.#chunkUsedBytes + Buffer.byteLength(this.#text)
  }

  /** Takes everything out. */
  take(): Uint8Array[] {
    // What is held in all is known now, so text alone takes what it needs and no chunk.
    if (this.#chunk === undefined && this.#text !== '') this.#keep(Buffer.from(this.#takeText()))
    else this.#encode()
    this.#closeChunk()
    const pieces = this.#full
    this.#full = none
    this.#fullBytes = 0
    return pieces
  }

  #takeText(): string {
    const text = this.#text
    this.#text = ''
    this.#waiting.add(-text.length)
    return text
  }

  #encode(): void {
    if (this.#text === '') return
    const text = this.#takeText()
    const chunk = this.#chunk
    if (chunk !== undefined && chunk.length - this.#chunkUsedBytes >= text.length * BYTES_PER_UNIT_MAX) {
      this.#chunkUsedBytes += chunk.write(text, this.#chunkUsedBytes)
    } else this.#encodeInPieces(text)
  }

  /** Fills the chunk to its last byte, or nearly so, before another is begun. */
  #encodeInPieces(text: string): void {
    let rest = text
    if (this.#chunk !== undefined) {
      const { read, written } = encoder.encodeInto(rest, this.#chunk.subarray(this.#chunkUsedBytes))
      this.#chunkUsedBytes += written
      rest = rest.slice(read)
    }
    if (rest === '') return
    const chunk = this.#room(Buffer.byteLength(rest))
    this.#chunkUsedBytes += chunk.write(rest, this.#chunkUsedBytes)
  }

  /** A chunk with room for so many bytes behind those used. */
  #room(bytes: number): Buffer {
    if (this.#chunk !== undefined && this.#chunk.length - this.#chunkUsedBytes >= bytes) return this.#chunk
    this.#closeChunk()
    const wanted = Math.min(Math.max(this.#fullBytes * CHUNK_SHARE_OF_HELD, CHUNK_BYTES_MIN), CHUNK_BYTES_MAX)
    this.#chunk = Buffer.allocUnsafe(Math.max(Math.ceil(wanted), bytes))
    return this.#chunk
  }

  #closeChunk(): void {
    const chunk = this.#chunk
    const usedBytes = this.#chunkUsedBytes
    if (chunk === undefined || usedBytes === 0) return
    this.#keep(usedBytes === chunk.length ? chunk : chunk.subarray(0, usedBytes))
    this.#fullBytes += usedBytes
    this.#chunk = undefined
    this.#chunkUsedBytes = 0
  }

  // An array that is pushed to takes room for seventeen at once.
  #keep(piece: Uint8Array): void {
    if (this.#full.length < FEW_PIECES) this.#full = this.#full.concat(piece)
    else this.#full.push(piece)
  }
}
