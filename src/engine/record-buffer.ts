// The bytes of one file that wait for their upload. A writer costs memory only, so 100,000 of them must be cheap: text is
// kept as it came until there is a piece worth encoding.
import type { RecordSink } from '../format/format.js'

/** Text is encoded in pieces of about this many characters: large enough that a call costs little, small enough to stay in cache. */
const PIECE_CHARACTERS = 16 * 1024

/** Gathers encoded records in order. */
export class RecordBuffer implements RecordSink {
  #pieces: Uint8Array[] = []
  #pieceBytes = 0
  #text = ''

  text(text: string): void {
    this.#text += text
    if (this.#text.length >= PIECE_CHARACTERS) this.#encode()
  }

  bytes(bytes: Uint8Array): void {
    this.#encode()
    this.#add(Buffer.from(bytes))
  }

  /** Bytes held, at least: text that is not encoded yet counts one byte a character. Cheap. */
  get bytesHeld(): number {
    return this.#pieceBytes + this.#text.length
  }

  /** Bytes held, exactly. */
  get byteLength(): number {
    this.#encode()
    return this.#pieceBytes
  }

  /** Takes everything out. */
  take(): Uint8Array[] {
    this.#encode()
    const pieces = this.#pieces
    this.#pieces = []
    this.#pieceBytes = 0
    return pieces
  }

  #encode(): void {
    if (this.#text === '') return
    const text = this.#text
    this.#text = ''
    this.#add(Buffer.from(text))
  }

  #add(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#pieceBytes += piece.byteLength
  }
}
