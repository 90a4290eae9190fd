// How quick is a format's encoding, into the writer's own buffer, beside the bare library in the same run?
import { deepStrictEqual } from 'node:assert/strict'
import { RecordBuffer } from '../../src/engine/record-buffer.js'
import { compressionOf, type Member } from '../../src/format/compression.js'
import { measurePaired, type PairedResult } from '../file-system/paired.js'
import { expectedOf, type FormatBench, type Sample, type Take } from './format-bench.js'

/** As many bytes as wait before a streaming upload takes them. */
const TAKEN_AT_BYTES = 4 * 2 ** 20

/** What a way works in a round, about: long enough for the clock. */
const ROUND_MS = 150

/** At most so often the records are written in a round, in turns: short enough that what else runs hits both ways. */
const SLICES_MAX = 8

/** Files of the two ways that differ by more are not the same. */
const LENGTHS_DIFFER_MAX = 0.02

/** What came of it. */
export interface EncodingResult extends PairedResult {
  /** In all slices of a round. */
  readonly recordsPerRound: number
  /** Of one file of all records. */
  readonly fileBytes: number
}

/** Measures both ways in turns, after both files were read back. Rejects where either lacks something, or they are not alike. */
export async function measureEncoding(
  bench: FormatBench,
  samples: readonly Sample[],
  rounds: number,
): Promise<EncodingResult> {
  const { bytes, elapsedMs } = await check(bench, samples)
  let taken = 0
  const count: Take = (piece) => {
    taken += piece.byteLength
  }
  const pair = {
    adapter: () => encode(bench, samples, count),
    bare: async () => bench.bare(samples, count),
  }
  const slices = Math.min(Math.max(Math.ceil(ROUND_MS / elapsedMs), 1), SLICES_MAX)
  const result = await measurePaired(pair, { rounds, slices })
  if (taken === 0) throw new Error(`${bench.name}: nothing was written`)
  return { ...result, recordsPerRound: samples.length * slices, fileBytes: bytes }
}

/** Answers how long the format's file is, and how long it took, cold as it was. */
async function check(
  bench: FormatBench,
  samples: readonly Sample[],
): Promise<{ readonly bytes: number; readonly elapsedMs: number }> {
  const { name, read, hasIds = false, isBareUnreadable = false } = bench
  const expected = samples.map((sample) => expectedOf(sample, hasIds))
  const startMs = performance.now()
  const ours = await gathered((take) => encode(bench, samples, take))
  const elapsedMs = performance.now() - startMs
  const bare = await gathered(async (take) => bench.bare(samples, take))
  deepStrictEqual(await read(ours), expected, `${name}: the format's file does not hold what was written`)
  if (isBareUnreadable) return { bytes: ours.length, elapsedMs }
  deepStrictEqual(await read(bare), expected, `${name}: the bare way's file does not hold what was written`)
  if (Math.abs(ours.length / bare.length - 1) > LENGTHS_DIFFER_MAX)
    throw new Error(`${name}: the format's file has ${ours.length} bytes, the bare way's ${bare.length}`)
  return { bytes: ours.length, elapsedMs }
}

async function gathered(write: (take: Take) => Promise<void>): Promise<Buffer> {
  const pieces: Buffer[] = []
  await write((piece) => pieces.push(Buffer.from(piece)))
  return Buffer.concat(pieces)
}

/** One file, from its first record to its end, as the engine makes it. */
async function encode(
  { format, compression = 'none' }: FormatBench,
  samples: readonly Sample[],
  take: Take,
): Promise<void> {
  const writer = format().open({ length: 0 })
  const buffer = new RecordBuffer()
  const member = compressionOf(compression)?.open()
  for (const { order, id } of samples) {
    writer.encode(order, { id }, buffer)
    if (buffer.bytesHeld >= TAKEN_AT_BYTES) await hand(buffer, member, take)
  }
  writer.flush?.(buffer)
  writer.finish?.(buffer)
  await hand(buffer, member, take)
  for (const piece of (await member?.end()) ?? []) take(piece)
  member?.close()
}

async function hand(buffer: RecordBuffer, member: Member | undefined, take: Take): Promise<void> {
  for (const piece of buffer.take())
    for (const ready of member === undefined ? [piece] : await member.write(piece)) take(ready)
}
