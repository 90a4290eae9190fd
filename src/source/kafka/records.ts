// Makes records of what kafkajs fetched.
import type { KafkaMessage } from 'kafkajs'
import type { SourceRecord } from '../source.js'
import type { PartitionPlace } from './partition-reading.js'

/** Records with their size in memory. */
export interface FetchedRecords {
  readonly records: readonly SourceRecord[]
  /** Of values and keys. */
  readonly bytes: number
  readonly heldBytes: number
}

/** What a record takes besides its key and value: objects, id, bigint, views. Measured on Node 20 for lines: 266 bytes; keys and headers add to it. */
const RECORD_BYTES = 320

/** The records of a partition within a range of offsets. */
export function recordsOf(
  messages: readonly KafkaMessage[],
  { topic, partition }: PartitionPlace,
  range: { readonly from: bigint; readonly until: bigint },
): FetchedRecords {
  const records: SourceRecord[] = []
  let bytes = 0
  for (const message of messages) {
    const offset = BigInt(message.offset)
    if (offset < range.from || offset >= range.until) continue
    const { key, value } = message
    bytes += (value === null ? 0 : value.byteLength) + (key === null ? 0 : key.byteLength)
    records.push({
      id: { topic, partition, offset },
      key,
      value,
      headers: (message.headers ?? {}) as SourceRecord['headers'],
      timestampMs: Number(message.timestamp),
      parsed: undefined,
    })
  }
  return { records, bytes, heldBytes: bytes + records.length * RECORD_BYTES }
}
