// Splits buffers into lines, without copying what lies within one of them.

const LF = 0x0a
const CR = 0x0d

/** Of a line that is too long this much is kept, to be recognised by. */
export const BEGINNING_BYTES_MAX: number = 65_536

/**
 * Lines of a sequence of buffers, pulled one at a time. A line ends with a line feed, or a carriage return and a line feed; neither is part of it. Bytes behind the last line feed are a line too.
 * Lines lie in the buffers given, so these must not be written to again.
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
  /** Where the line that `next` found lies: only its beginning, where it is too long. */
  bytes: Buffer = Buffer.alloc(0)
  from = 0
  to = 0
  /** All bytes of that line. */
  lineBytes = 0
  /** Whether it was ended by a line feed. */
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

  /** Goes to the next line. False: it takes more bytes, or there are no more lines. */
  next(): boolean {
    const chunk = this.#chunk
    if (chunk === undefined) return this.#isEnded && this.#lastLine()
    const from = this.#at
    const end = chunk.indexOf(LF, from)
    if (end === -1) {
      this.#chunk = undefined
      if (from < chunk.length) this.#carry(chunk.subarray(from))
      return false
    }
    this.#at = end + 1
    this.wasEnded = true
    if (this.#carriedBytes > 0) {
      if (end > from) this.#carry(chunk.subarray(from, end))
      this.#carriedLine()
      return true
    }
    const bytes = end > from && chunk[end - 1] === CR ? end - from - 1 : end - from
    this.#found(chunk, from, bytes)
    return true
  }

  #found(bytes: Buffer, from: number, lineBytes: number): void {
    this.bytes = bytes
    this.from = from
    this.lineBytes = lineBytes
    this.to = from + (lineBytes > this.#lineBytesMax ? Math.min(lineBytes, BEGINNING_BYTES_MAX) : lineBytes)
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

  #carriedLine(): void {
    const bytes = this.#endsWithCr ? this.#carriedBytes - 1 : this.#carriedBytes
    const line = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#carriedBytes = 0
    this.#carriesTooMuch = false
    this.#found(line, 0, bytes)
  }

  #lastLine(): boolean {
    if (this.#carriedBytes === 0) return false
    this.wasEnded = false
    // Without its line feed a carriage return is part of the line.
    this.#endsWithCr = false
    this.#carriedLine()
    return true
  }
}
