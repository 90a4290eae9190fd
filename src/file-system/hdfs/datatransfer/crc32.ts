// CRC-32 and CRC-32C eight bytes at a time ("slicing by eight"): the checksums of HDFS's blocks, without native code.

/** The polynomials, reflected. CRC-32C is what HDFS writes by default, CRC-32 what old clusters wrote. */
const POLYNOMIAL = { crc32: 0xedb88320, crc32c: 0x82f63b78 } as const

/** The checksum of the bytes from `start` up to, not including, `end`, as a signed 32-bit number. */
export type ChecksumFunction = (bytes: Uint8Array, start: number, end: number) => number

/** Eight tables of 256 entries, one behind the other: the n-th for a byte with n bytes behind it. */
function tablesFor(polynomial: number): Int32Array {
  const tables = new Int32Array(8 * 256)
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
  return (bytes, start, end) => {
    let crc = -1
    let at = start
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
