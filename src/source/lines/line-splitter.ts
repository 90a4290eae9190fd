// Splits buffers into lines, without copying what lies within one of them.

const LF = 0x0a
const CR = 0x0d

/** Of a line that is too long this much is kept, to be recognised by. */
export const BEGINNING_BYTES_MAX: number = 65_536

/**
 * Lines of a sequence of buffers, pulled one at a time. A line ends with a line feed, or a carriage return and a line feed; neither is part of it. Bytes behind the last line feed are a line too.
 * Lines are views of the buffers given, so these must not be written to again.
 */
export class LineSplitter {
  readonly #lineBytesMax: number
  #chunk: Buffer | undefined
  #at = 0
  /** The line's beginning, from chunks before: pieces in order, and how many bytes it has in all. */
  #pieces: Buffer[] = []
  #carriedBytes = 0
  #carriesTooMuch = false
  #endsWithCr = false
  #isEnded = false
  /** Of the line answered last, also where only its beginning was. */
  lineBytes = 0
  /** Whether the line answered last was ended by a line feed. */
  wasEnded = true

  constructor(options: { readonly lineBytesMax: number }) {
    this.#lineBytesMax = options.lineBytesMax
  }

  /** Goes on with these bytes, when `next` has answered `undefined`. */
  push(chunk: Buffer): void {
    if (this.#chunk !== undefined || this.#isEnded) throw new TypeError('the chunk before is not used up')
    this.#chunk = chunk
    this.#at = 0
  }

  /** There are no more bytes: what is carried is the last line. */
  end(): void {
    this.#isEnded = true
  }

  /** The next line; its beginning where `lineBytes` says that it is too long. `undefined`: it takes more bytes, or there are no more lines. */
  next(): Buffer | undefined {
    const chunk = this.#chunk
    if (chunk === undefined) return this.#isEnded ? this.#lastLine() : undefined
    const from = this.#at
    const end = chunk.indexOf(LF, from)
    if (end === -1) {
      this.#chunk = undefined
      if (from < chunk.length) this.#carry(chunk.subarray(from))
      return undefined
    }
    this.#at = end + 1
    this.wasEnded = true
    if (this.#carriedBytes > 0) {
      if (end > from) this.#carry(chunk.subarray(from, end))
      return this.#carriedLine()
    }
    const bytes = end > from && chunk[end - 1] === CR ? end - from - 1 : end - from
    this.lineBytes = bytes
    const kept = bytes > this.#lineBytesMax ? Math.min(bytes, BEGINNING_BYTES_MAX) : bytes
    return chunk.subarray(from, from + kept)
  }

  /** Passes over the next line. False where `next` would answer `undefined`. */
  skip(): boolean {
    return this.next() !== undefined
  }

  #carry(piece: Buffer): void {
    this.#carriedBytes += piece.length
    this.#endsWithCr = piece[piece.length - 1] === CR
    if (this.#carriesTooMuch) return
    this.#pieces.push(piece)
    // One more than allowed may be the carriage return.
    if (this.#carriedBytes <= this.#lineBytesMax + 1) return
    this.#carriesTooMuch = true
    this.#pieces = [Buffer.from(Buffer.concat(this.#pieces).subarray(0, BEGINNING_BYTES_MAX))]
  }

  #carriedLine(): Buffer {
    const bytes = this.#endsWithCr ? this.#carriedBytes - 1 : this.#carriedBytes
    const line = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#carriedBytes = 0
    this.#carriesTooMuch = false
    this.lineBytes = bytes
    const kept = bytes > this.#lineBytesMax ? Math.min(bytes, BEGINNING_BYTES_MAX) : bytes
    return line.length > kept ? line.subarray(0, kept) : line
  }

  #lastLine(): Buffer | undefined {
    if (this.#carriedBytes === 0) return undefined
    this.wasEnded = false
    // Without its line feed a carriage return is part of the line.
    this.#endsWithCr = false
    return this.#carriedLine()
  }
}
