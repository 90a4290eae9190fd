// Decodes what brokers answer to a fetch, in place of kafkajs, which makes two decoders, four views, six bigints and three strings for each record
// before anybody has asked for one: most of the time that it takes to read. Here a record is found in its batch and looked at where it lies.
// Formats: Kafka's protocol guide, Fetch version 11 and record batch version 2. Others are left to kafkajs.
import kafkajs from 'kafkajs'
import type { AbortedTransaction, FetchedRecord } from './aborted-records.js'
import { firstKey, type StoredRecords } from './stored-records.js'

/** A batch as it is stored: what kafkajs takes for one message, so that it does not look into it. */
export interface StoredBatch extends FetchedRecord {
  /** Of the last record that was ever in it: compaction may have removed that. */
  readonly offset: string
  readonly stored: StoredRecords
}

interface FetchedPartition {
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: string
  readonly lastStableOffset: string
  readonly lastStartOffset: string
  readonly abortedTransactions: readonly AbortedTransaction[]
  readonly preferredReadReplica: number
  readonly messages: readonly StoredBatch[]
}

/** As kafkajs decodes it, but for the messages. */
export interface FetchResponse {
  readonly throttleTime: number
  readonly clientSideThrottleTime: number
  readonly errorCode: number
  readonly sessionId: number
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[]
}

/** The version of Fetch that is understood here: the highest that kafkajs asks for. */
export const FETCH_VERSION = 11

const BATCH_VERSION = 2
/** Before the records. */
const BATCH_HEADER_BYTES = 61
/** The first offset and the length, which does not count them. */
const LENGTH_END = 12
const COMPRESSION = 0x07
const ARRIVAL_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

/** Decodes an answer; `undefined` where it holds records of another version. Rejects where a batch cannot be decompressed. */
export async function decodeFetchResponse(answer: Buffer): Promise<FetchResponse | undefined> {
  const input = new Input(answer)
  const clientSideThrottleTime = input.int32()
  const errorCode = input.int16()
  const sessionId = input.int32()
  const responses: { topicName: string; partitions: FetchedPartition[] }[] = []
  for (let topics = input.int32(); topics > 0; topics--) {
    const topicName = input.text(input.int16())
    const partitions: FetchedPartition[] = []
    for (let left = input.int32(); left > 0; left--) {
      const partition = await fetchedPartition(input)
      if (partition === undefined) return undefined
      partitions.push(partition)
    }
    responses.push({ topicName, partitions })
  }
  // What the broker says of throttling is for the client to keep to.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses }
}

async function fetchedPartition(input: Input): Promise<FetchedPartition | undefined> {
  const partition = input.int32()
  const errorCode = input.int16()
  const highWatermark = input.int64().toString()
  const lastStableOffset = input.int64().toString()
  const lastStartOffset = input.int64().toString()
  const abortedTransactions: AbortedTransaction[] = []
  for (let left = input.int32(); left > 0; left--) {
    abortedTransactions.push({ producerId: input.int64().toString(), firstOffset: input.int64().toString() })
  }
  const preferredReadReplica = input.int32()
  const messages = await storedBatches(input.bytes(Math.max(0, input.int32())))
  if (messages === undefined) return undefined
  const offsets = { highWatermark, lastStableOffset, lastStartOffset }
  return { partition, errorCode, ...offsets, abortedTransactions, preferredReadReplica, messages }
}

/** The last one may be cut off, by the limit on what is fetched. */
async function storedBatches(bytes: Buffer): Promise<StoredBatch[] | undefined> {
  const batches: StoredBatch[] = []
  for (let at = 0; at + BATCH_HEADER_BYTES <= bytes.length; ) {
    const end = at + LENGTH_END + bytes.readInt32BE(at + 8)
    if (bytes[at + 16] !== BATCH_VERSION) return undefined
    // A length that is none would keep this busy for ever.
    if (end < at + BATCH_HEADER_BYTES) throw new RangeError(`a batch of ${end - at} bytes, shorter than its own header`)
    if (end > bytes.length) break
    batches.push(await storedBatch(bytes.subarray(at, end)))
    at = end
  }
  return batches
}

async function storedBatch(bytes: Buffer): Promise<StoredBatch> {
  const firstOffset = bytes.readBigInt64BE(0)
  const attributes = bytes.readInt16BE(21)
  const lastOffset = firstOffset + BigInt(bytes.readInt32BE(23))
  const firstTimestampMs = Number(bytes.readBigInt64BE(27))
  const arrivedMs = (attributes & ARRIVAL_TIME) === 0 ? undefined : Number(bytes.readBigInt64BE(35))
  const producerId = bytes.readBigInt64BE(43).toString()
  const count = bytes.readInt32BE(57)
  const records = await decompressed(bytes.subarray(BATCH_HEADER_BYTES), attributes & COMPRESSION)
  const isControlRecord = (attributes & CONTROL) !== 0
  const stored = { firstOffset, count, bytes: records, firstTimestampMs, arrivedMs }
  return {
    offset: lastOffset.toString(),
    // A control batch is one record, and its key says what it controls.
    key: isControlRecord ? firstKey(stored) : null,
    isControlRecord,
    batchContext: { producerId, inTransaction: (attributes & TRANSACTIONAL) !== 0 },
    stored,
  }
}

async function decompressed(bytes: Buffer, type: number): Promise<Buffer> {
  if (type === 0) return bytes
  const codecs = kafkajs.CompressionCodecs as unknown as Readonly<
    Record<number, (() => { decompress(bytes: Buffer): Promise<Buffer> }) | undefined>
  >
  const codec = codecs[type]
  if (codec === undefined) throw new Error(`records are compressed in a way (${type}) that is not known`)
  return codec().decompress(bytes)
}

/** Reads numbers and bytes one after the other, as the protocol writes them. */
class Input {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int16(): number {
    this.#at += 2
    return this.#bytes.readInt16BE(this.#at - 2)
  }

  int32(): number {
    this.#at += 4
    return this.#bytes.readInt32BE(this.#at - 4)
  }

  int64(): bigint {
    this.#at += 8
    return this.#bytes.readBigInt64BE(this.#at - 8)
  }

  bytes(length: number): Buffer {
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(length: number): string {
    return this.bytes(length).toString()
  }
}
