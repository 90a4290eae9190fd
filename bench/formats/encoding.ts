// How quick is a format's encoding, into the writer's own buffer, beside the bare library in the same run?
import { RecordBuffer } from '../../src/engine/record-buffer.js'
import { measurePaired, type PairedResult } from '../file-system/paired.js'
import type { Order } from '../writer/orders.js'
import type { FormatBench } from './format-bench.js'

/** As many bytes as wait before a streaming upload takes them. */
const TAKEN_AT_BYTES = 4 * 2 ** 20

/** How often the records are written in a slice: long enough for the clock, short enough that others hit both ways. */
const SLICES = 8

/** What came of it. */
export interface EncodingResult extends PairedResult {
  /** In all slices of a round. */
  readonly recordsPerRound: number
  readonly bytesPerRound: number
}

/** Measures both ways in turns. Throws where the format lost something: what it wrote is less than half of the other. */
export async function measureEncoding(
  { name, format, bare }: FormatBench,
  records: readonly Order[],
  rounds: number,
): Promise<EncodingResult> {
  let formatBytes = 0
  let bareBytes = 0
  const pair = {
    adapter: async () => {
      formatBytes = encode(format(), records)
    },
    bare: async () => {
      bareBytes = await bare(records)
    },
  }
  const result = await measurePaired(pair, { rounds, slices: SLICES })
  if (formatBytes < bareBytes / 2) throw new Error(`${name} wrote ${formatBytes} bytes, the bare way ${bareBytes}`)
  return { ...result, recordsPerRound: records.length * SLICES, bytesPerRound: formatBytes * SLICES }
}

function encode(format: ReturnType<FormatBench['format']>, records: readonly Order[]): number {
  const writer = format.open({ length: 0 })
  const buffer = new RecordBuffer()
  let bytes = 0
  const take = (): void => {
    for (const piece of buffer.take()) bytes += piece.length
  }
  const context = {}
  for (const record of records) {
    writer.encode(record, context, buffer)
    if (buffer.bytesHeld >= TAKEN_AT_BYTES) take()
  }
  writer.flush?.(buffer)
  take()
  return bytes
}
