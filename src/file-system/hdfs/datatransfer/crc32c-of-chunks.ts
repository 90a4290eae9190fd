// CRC-32C of chunks of 512 bytes, sixteen at once: the checksums of a packet in two fifths of the time that ./crc32.ts takes, by the
// vector instructions of WebAssembly, which Node compiles for whatever processor it runs on.
//
// A vector holds the same byte of sixteen chunks. Four of them are the sixteen checksums so far, lowest byte first. A step
// takes the next byte of each chunk: `index = lowest ^ byte`, and the checksum becomes `(checksum >>> 8) ^ table[index]`. A table
// of 256 words is too large for a vector, but `table[index] = table[index & 15] ^ table[index & 240]`, so eight tables of sixteen
// bytes do: one for each byte of the word and each half of the index. Chunks lie behind one another in memory, so each
// sixteen bytes of sixteen chunks are transposed first.
import { crc32c, wordsOf } from './crc32.js'
import {
  and,
  bytesOf,
  type Code,
  get,
  i32,
  i32Add,
  i32NotEqual,
  load,
  loopWhile,
  moduleOf,
  programOf,
  set,
  shiftHalvesRight,
  shuffle,
  store,
  swizzle,
  tee,
  type WasmProgram,
  xor,
} from './wasm-module.js'

/** What each checksum is of. HDFS's default; a file must stay with what it began with. */
export const CHUNK_BYTES = 512
const LANES = 16
/** What goes through the module in one go. */
export const GROUP_BYTES: number = LANES * CHUNK_BYTES
const CHECKSUM_BYTES = 4

/** Where things lie in the module's memory: the tables, the transposed bytes, the checksums, the chunks. */
const AT = { tables: 0, columns: 256, checksums: 512, chunks: 1024 } as const

const all = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** Locals: where we are in the first chunk, then vectors. */
const POSITION = 0
const row = (index: number): number => 1 + index
const other = (index: number): number => 17 + index
const checksumByte = (index: number): number => 33 + index
const table = (index: number): number => 37 + index
const [INDEX, LOW, HIGH, MASK] = [45, 46, 47, 48] as const
const LOCALS = { i32: 1, v128: 48 } as const

/** Bytes, and pairs of bytes, of two vectors in turns: those of their lower halves, those of their upper halves. */
const bytesInTurns = all(8).flatMap((index) => [index, index + 16])
const pairsInTurns = all(4).flatMap((index) => [2 * index, 2 * index + 1, 2 * index + 16, 2 * index + 17])
const upper = (lanes: readonly number[]): number[] => lanes.map((lane) => lane + 8)

/** Four of these transpose sixteen rows of sixteen bytes. */
function interleaved(from: (index: number) => number, to: (index: number) => number): Code {
  return all(8).map((index) => {
    const pair = [get(from(index)), get(from(index + 8))]
    return [
      [pair, shuffle(bytesInTurns), set(to(2 * index))],
      [pair, shuffle(upper(bytesInTurns)), set(to(2 * index + 1))],
    ]
  })
}

function step(column: number): Code {
  const next = (byte: number): Code => (byte === 3 ? [] : [get(checksumByte(byte + 1)), xor])
  return [
    [get(checksumByte(0)), i32(0), load(AT.columns + LANES * column), xor, set(INDEX)],
    [get(INDEX), get(MASK), and, set(LOW)],
    [get(INDEX), i32(4), shiftHalvesRight, get(MASK), and, set(HIGH)],
    all(4).map((byte) => [
      [get(table(2 * byte)), get(LOW), swizzle, next(byte)],
      [get(table(2 * byte + 1)), get(HIGH), swizzle, xor, set(checksumByte(byte))],
    ]),
  ]
}

/** Sixteen words, their highest byte first, as HDFS wants them. */
function storedChecksums(): Code {
  const mixed = (first: number, second: number, lanes: readonly number[], to: number): Code => [
    [get(checksumByte(first)), get(checksumByte(second)), shuffle(lanes), set(row(to))],
  ]
  const stored = (first: number, lanes: readonly number[], index: number): Code => [
    [i32(0), get(row(first)), get(row(first + 2)), shuffle(lanes), bytesOf(255), xor],
    store(AT.checksums + LANES * index),
  ]
  return [
    mixed(3, 2, bytesInTurns, 0),
    mixed(3, 2, upper(bytesInTurns), 1),
    mixed(1, 0, bytesInTurns, 2),
    mixed(1, 0, upper(bytesInTurns), 3),
    stored(0, pairsInTurns, 0),
    stored(0, upper(pairsInTurns), 1),
    stored(1, pairsInTurns, 2),
    stored(1, upper(pairsInTurns), 3),
  ]
}

function program(): WasmProgram | undefined {
  const body = [
    all(8).map((index) => [i32(0), load(AT.tables + LANES * index), set(table(index))]),
    [bytesOf(15), set(MASK)],
    all(4).map((byte) => [bytesOf(255), set(checksumByte(byte))]),
    [i32(AT.chunks), set(POSITION)],
    loopWhile([
      all(LANES).map((chunk) => [get(POSITION), load(chunk * CHUNK_BYTES), set(row(chunk))]),
      interleaved(row, other),
      interleaved(other, row),
      interleaved(row, other),
      interleaved(other, row),
      all(LANES).map((column) => [i32(0), get(row(column)), store(AT.columns + LANES * column)]),
      all(LANES).map(step),
      [get(POSITION), i32(LANES), i32Add, tee(POSITION), i32(AT.chunks + CHUNK_BYTES), i32NotEqual],
    ]),
    storedChecksums(),
  ]
  const made = programOf(moduleOf(body, LOCALS))
  if (made === undefined) return undefined
  for (const index of all(LANES)) {
    for (const byte of all(4)) {
      made.memory[AT.tables + LANES * 2 * byte + index] = tableEntry(index) >>> (8 * byte)
      made.memory[AT.tables + LANES * (2 * byte + 1) + index] = tableEntry(index << 4) >>> (8 * byte)
    }
  }
  return made
}

/** What a byte does to a checksum of 0, by the definition. */
function tableEntry(byte: number): number {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  return crc
}

/** Made when the first group comes; `none` where the engine cannot. */
let made: WasmProgram | 'none' | undefined

/**
 * Writes into `into`, from `at` on, the CRC-32C of each 512 bytes and of what is left behind them, four bytes each, the highest first. Returns
 * where the last one ends.
 */
export function writeChecksums(data: Uint8Array, into: Buffer, at: number): number {
  let [start, end] = [0, at]
  if (data.byteLength >= GROUP_BYTES) {
    made ??= program() ?? 'none'
    if (made !== 'none') {
      const { memory } = made
      for (; start + GROUP_BYTES <= data.byteLength; start += GROUP_BYTES) {
        memory.set(data.subarray(start, start + GROUP_BYTES), AT.chunks)
        made.run()
        into.set(memory.subarray(AT.checksums, AT.checksums + LANES * CHECKSUM_BYTES), end)
        end += LANES * CHECKSUM_BYTES
      }
    }
  }
  return writeChecksumsByTables(data.subarray(start), into, end)
}

function writeChecksumsByTables(data: Uint8Array, into: Buffer, at: number): number {
  let end = at
  const words = wordsOf(data)
  for (let start = 0; start < data.byteLength; start += CHUNK_BYTES) {
    end = into.writeInt32BE(crc32c(data, start, Math.min(start + CHUNK_BYTES, data.byteLength), words), end)
  }
  return end
}
