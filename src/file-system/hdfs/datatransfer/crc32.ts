// CRC-32 and CRC-32C sixteen bytes at a time ("slicing by sixteen"): the checksums of HDFS's blocks, without native code.
import { endianness } from 'node:os'

/** The polynomials, reflected. CRC-32C is what HDFS writes by default, CRC-32 what old clusters wrote. */
const POLYNOMIAL = { crc32: 0xedb88320, crc32c: 0x82f63b78 } as const

const IS_LITTLE_ENDIAN = endianness() === 'LE'

/**
 * The checksum of the bytes from `start` up to, not including, `end`, as a signed 32-bit number. With the words of the same bytes
 * ({@link wordsOf}) it is nearly twice as quick.
 */
export type ChecksumFunction = (bytes: Uint8Array, start: number, end: number, words?: Int32Array) => number

/** The bytes as words, for {@link ChecksumFunction}; undefined where they do not lie so in memory. */
export function wordsOf(bytes: Uint8Array): Int32Array | undefined {
  if (!IS_LITTLE_ENDIAN || bytes.byteOffset % 4 !== 0) return undefined
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2)
}

/** Sixteen tables of 256 entries, one behind the other: the n-th for a byte with n bytes behind it. */
function tablesFor(polynomial: number): Int32Array {
  const tables = new Int32Array(16 * 256)
  for (let value = 0; value < 256; value += 1) {
    let crc = value
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0)
    tables[value] = crc
  }
  for (let index = 256; index < tables.length; index += 1) {
    const before = tables[index - 256]!
    tables[index] = (before >>> 8) ^ tables[before & 0xff]!
  }
  return tables
}

function checksumBy(tables: Int32Array): ChecksumFunction {
  /** Of four words, with the checksum so far in the first. */
  const sixteen = (a: number, b: number, c: number, d: number): number =>
    tables[3840 + (a & 0xff)]! ^
    tables[3584 + ((a >>> 8) & 0xff)]! ^
    tables[3328 + ((a >>> 16) & 0xff)]! ^
    tables[3072 + (a >>> 24)]! ^
    tables[2816 + (b & 0xff)]! ^
    tables[2560 + ((b >>> 8) & 0xff)]! ^
    tables[2304 + ((b >>> 16) & 0xff)]! ^
    tables[2048 + (b >>> 24)]! ^
    tables[1792 + (c & 0xff)]! ^
    tables[1536 + ((c >>> 8) & 0xff)]! ^
    tables[1280 + ((c >>> 16) & 0xff)]! ^
    tables[1024 + (c >>> 24)]! ^
    tables[768 + (d & 0xff)]! ^
    tables[512 + ((d >>> 8) & 0xff)]! ^
    tables[256 + ((d >>> 16) & 0xff)]! ^
    tables[d >>> 24]!

  return (bytes, start, end, words) => {
    let crc = -1
    let at = start
    if (words !== undefined && start % 4 === 0) {
      for (; at + 16 <= end; at += 16) {
        const word = at >>> 2
        crc = sixteen(crc ^ words[word]!, words[word + 1]!, words[word + 2]!, words[word + 3]!)
      }
    }
    for (; at + 8 <= end; at += 8) {
      const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
      crc =
        tables[1792 + (low & 0xff)]! ^
        tables[1536 + ((low >>> 8) & 0xff)]! ^
        tables[1280 + ((low >>> 16) & 0xff)]! ^
        tables[1024 + (low >>> 24)]! ^
        tables[768 + bytes[at + 4]!]! ^
        tables[512 + bytes[at + 5]!]! ^
        tables[256 + bytes[at + 6]!]! ^
        tables[bytes[at + 7]!]!
    }
    for (; at < end; at += 1) crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]!) & 0xff]!
    return ~crc
  }
}

export const crc32: ChecksumFunction = checksumBy(tablesFor(POLYNOMIAL.crc32))
export const crc32c: ChecksumFunction = checksumBy(tablesFor(POLYNOMIAL.crc32c))
