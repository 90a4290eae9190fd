// Avro's long without loss: numbers that are safe integers, and bigints beyond.

/** Nine bytes take 63 bits, the tenth the last one. */
const BYTES_MAX = 10

/** Up to here a number can be doubled and lessened by one. */
const NUMBER_MAX = 2 ** 51

// One of each length, overwritten by the next value: the library copies at once, and so no long costs an allocation.
const packed = Array.from({ length: BYTES_MAX + 1 }, (_, length) => Buffer.alloc(length))
const scratch = Buffer.alloc(BYTES_MAX)

/** Value of a long: as a number where that is exact, else as a bigint. */
export type ExactLong = number | bigint

/** What the library needs to write and read them, in the zigzag form of the files. */
export const exactLong = {
  isValid: (value: unknown): boolean =>
    typeof value === 'number'
      ? Number.isSafeInteger(value)
      : typeof value === 'bigint' && BigInt.asIntN(64, value) === value,

  toBuffer(value: ExactLong): Buffer {
    const sizeBytes =
      typeof value === 'number' && Math.abs(value) < NUMBER_MAX ? packNumber(value) : packBigint(BigInt(value))
    const bytes = packed[sizeBytes]!
    for (let at = 0; at < sizeBytes; at++) bytes[at] = scratch[at]!
    return bytes
  },

  fromBuffer(bytes: Uint8Array): ExactLong {
    let zigzag = 0n
    for (const [at, byte] of bytes.entries()) zigzag |= BigInt(byte & 0x7f) << BigInt(7 * at)
    return exactOf(BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n)))
  },

  // Defaults in schemas come as JSON.
  fromJSON: (value: unknown): ExactLong => exactOf(BigInt(value as number | string)),
  toJSON: (value: ExactLong): number | string => (typeof value === 'number' ? value : String(value)),
  compare: (a: ExactLong, b: ExactLong): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0),
}

function exactOf(value: bigint): ExactLong {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function packNumber(value: number): number {
  let rest = value < 0 ? -value * 2 - 1 : value * 2
  let sizeBytes = 0
  // Divided while it is too large for the operators on 32 bits.
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) scratch[sizeBytes++] = (rest % 0x80) | 0x80
  for (; rest > 0x7f; rest >>>= 7) scratch[sizeBytes++] = (rest & 0x7f) | 0x80
  scratch[sizeBytes++] = rest
  return sizeBytes
}

function packBigint(value: bigint): number {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  let sizeBytes = 0
  for (; rest > 0x7fn; rest >>= 7n) scratch[sizeBytes++] = Number(rest & 0x7fn) | 0x80
  scratch[sizeBytes++] = Number(rest)
  return sizeBytes
}
