// Reads protobuf's wire format from bytes that nobody vouches for: every length is checked against what is there.

/** The bytes are no message: cut off, a length that leads beyond the end, a varint that does not stop. */
export class MalformedMessage extends Error {
  override readonly name: string = 'MalformedMessage'
}

/** How a field's value is laid out; the lowest three bits of its tag. */
export type WireType = 0 | 1 | 2 | 5

const TWO_TO_32 = 2 ** 32

/** Reads from the first byte on; throws {@link MalformedMessage} for what is no value. */
export class WireReader {
  readonly #bytes: Uint8Array
  readonly #end: number
  #position: number
  /** Upper half of the varint that was read last. */
  #high = 0

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.byteLength) {
    this.#bytes = bytes
    this.#position = start
    this.#end = end
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#end
  }

  get position(): number {
    return this.#position
  }

  /** The lower 32 bits, unsigned; the upper ones are dropped, as protobuf does it for 32-bit fields. */
  uint32(): number {
    return this.#low()
  }

  /** 64 bits as a number, where they are one that numbers hold exactly. */
  safeInteger(): number {
    const low = this.#low()
    if (this.#high >= 2 ** 21) throw new MalformedMessage('a number beyond 2^53')
    return this.#high * TWO_TO_32 + low
  }

  uint64(): bigint {
    const low = this.#low()
    return this.#high === 0 ? BigInt(low) : (BigInt(this.#high) << 32n) | BigInt(low)
  }

  /** Zigzag, 32 bits. */
  sint32(): number {
    const value = this.#low()
    return (value >>> 1) ^ -(value & 1)
  }

  /** Zigzag, 64 bits, where they are a number that numbers hold exactly. */
  safeSignedInteger(): number {
    const low = this.#low()
    if (this.#high === 0) return low % 2 === 0 ? low / 2 : -(low + 1) / 2
    const zigzag = (BigInt(this.#high) << 32n) | BigInt(low)
    const value = (zigzag & 1n) === 0n ? zigzag >> 1n : -((zigzag + 1n) >> 1n)
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
      throw new MalformedMessage('a number beyond 2^53')
    }
    return Number(value)
  }

  /** A length, then as many bytes: a view of them, no copy. */
  bytes(): Uint8Array {
    const lengthBytes = this.uint32()
    if (this.#high !== 0 || lengthBytes > this.#end - this.#position) throw new MalformedMessage('cut off')
    const start = this.#position
    this.#position += lengthBytes
    return this.#bytes.subarray(start, this.#position)
  }

  skip(wireType: number): void {
    switch (wireType) {
      case 0:
        this.#low()
        return
      case 1:
        this.#advance(8)
        return
      case 2:
        this.bytes()
        return
      case 5:
        this.#advance(4)
        return
      default:
        throw new MalformedMessage(`wire type ${wireType}`)
    }
  }

  #advance(bytes: number): void {
    if (bytes > this.#end - this.#position) throw new MalformedMessage('cut off')
    this.#position += bytes
  }

  /** Reads a varint of at most ten bytes: returns its lower half, leaves the upper one in `#high`. */
  #low(): number {
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#position >= this.#end) throw new MalformedMessage('cut off')
      const byte = this.#bytes[this.#position++]!
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else if (shift < 63) high |= bits << (shift - 32)
      else high |= (bits & 1) << 31
      if (byte < 0x80) {
        this.#high = high >>> 0
        return low >>> 0
      }
    }
    throw new MalformedMessage('a varint of more than ten bytes')
  }
}
