// Writes protobuf's wire format into a buffer that grows.

const INITIAL_BYTES = 256

/** Values in the order in which they are written. */
export class WireWriter {
  #buffer: Buffer = Buffer.allocUnsafe(INITIAL_BYTES)
  #length = 0

  /** A whole number from 0 to 2^53 - 1. */
  varint(value: number): void {
    this.#reserve(10)
    let rest = value
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#buffer[this.#length++] = rest
  }

  /** 64 bits, as they are. */
  varint64(value: bigint): void {
    this.#reserve(10)
    let rest = BigInt.asUintN(64, value)
    while (rest > 0x7fn) {
      this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#buffer[this.#length++] = Number(rest)
  }

  /** Zigzag. */
  signed(value: number): void {
    // Doubled, the largest numbers are more than numbers hold exactly.
    if (Math.abs(value) >= 2 ** 52) this.varint64(value >= 0 ? BigInt(value) * 2n : BigInt(-value) * 2n - 1n)
    else this.varint(value >= 0 ? value * 2 : -value * 2 - 1)
  }

  /** A length, then the bytes. */
  bytes(value: Uint8Array): void {
    this.varint(value.byteLength)
    this.raw(value)
  }

  text(value: string): void {
    const lengthBytes = Buffer.byteLength(value)
    this.varint(lengthBytes)
    this.#reserve(lengthBytes)
    this.#length += this.#buffer.write(value, this.#length)
  }

  raw(value: Uint8Array): void {
    this.#reserve(value.byteLength)
    this.#buffer.set(value, this.#length)
    this.#length += value.byteLength
  }

  /** What was written: a view, of which nobody else has a part. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.byteLength) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.byteLength * 2, this.#length + bytes))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
  }
}
