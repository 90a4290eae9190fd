// The bytes of one file that wait for their upload. A writer costs memory only, so 100,000 of them must be cheap and a busy one
// quick: text is kept as it came until there is a piece worth encoding, then it goes into chunks that grow with the file.
import type { RecordSink } from '../format/format.js'

/**
 * Text is encoded in pieces of about this many characters: enough that the call costs little for each, and few enough that
 * the strings are still in the processor's cache and die young. Measured with bench/writer.ts; 16,384 cost a tenth of the speed.
 */
const PIECE_CHARACTERS = 1_024

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT_MAX = 3

/** A chunk is half of what is held already: so a third of the memory at most is room to spare, and pieces are few. */
const CHUNK_SHARE_OF_HELD = 0.5
const CHUNK_BYTES_MIN = 1_024
const CHUNK_BYTES_MAX = 64 * 1024

/** Gathers encoded records in order. */
export class RecordBuffer implements RecordSink {
  #text = ''
  #chunk: Buffer | undefined
  #chunkUsedBytes = 0
  /** Full chunks, in order. */
  #full: Uint8Array[] = []
  #fullBytes = 0

  text(text: string): void {
    this.#text += text
    if (this.#text.length >= PIECE_CHARACTERS) this.#encode()
  }

  bytes(bytes: Uint8Array): void {
    this.#encode()
    const chunk = this.#room(bytes.byteLength)
    chunk.set(bytes, this.#chunkUsedBytes)
    this.#chunkUsedBytes += bytes.byteLength
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
    if (this.#chunk === undefined && this.#text !== '') this.#full.push(Buffer.from(this.#text))
    else this.#encode()
    this.#closeChunk()
    const pieces = this.#full
    this.#text = ''
    this.#full = []
    this.#fullBytes = 0
    return pieces
  }

  #encode(): void {
    const text = this.#text
    if (text === '') return
    this.#text = ''
    let chunk = this.#chunk
    if (chunk === undefined || chunk.length - this.#chunkUsedBytes < text.length * BYTES_PER_UNIT_MAX) {
      chunk = this.#room(Buffer.byteLength(text))
    }
    this.#chunkUsedBytes += chunk.write(text, this.#chunkUsedBytes)
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
    if (this.#chunk === undefined || this.#chunkUsedBytes === 0) return
    this.#full.push(this.#chunk.subarray(0, this.#chunkUsedBytes))
    this.#fullBytes += this.#chunkUsedBytes
    this.#chunk = undefined
    this.#chunkUsedBytes = 0
  }
}
