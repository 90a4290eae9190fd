// Answers of brokers to a fetch, as bytes: written by kafkajs' own encoder as far as it goes, and read by its decoder.
import { createRequire } from 'node:module'

interface Encoder {
  readonly buffer: Buffer
  writeInt8(value: number): Encoder
  writeInt16(value: number): Encoder
  writeInt32(value: number): Encoder
  writeInt64(value: bigint): Encoder
  writeString(value: string): Encoder
  writeBytes(value: Buffer): Encoder
  writeBuffer(value: Buffer): Encoder
}

const require = createRequire(import.meta.url)
const NewEncoder = require('kafkajs/src/protocol/encoder') as new () => Encoder
const encodedRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: GivenRecord) => Encoder
const { decode } = require('kafkajs/src/protocol/requests/fetch/v11/response') as {
  decode(answer: Buffer): Promise<{ responses: { partitions: { messages: KafkajsMessage[] }[] }[] }>
}

/** A record as kafkajs decodes it. */
export interface KafkajsMessage {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Record<string, Buffer | Buffer[]>
}

export interface GivenRecord {
  readonly offsetDelta: number
  readonly timestampDelta: bigint
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: Record<string, Buffer | Buffer[]>
}

export interface GivenBatch {
  readonly records: readonly GivenRecord[]
  readonly firstOffset?: bigint
  readonly lastOffsetDelta?: number
  readonly firstTimestamp?: bigint
  readonly maxTimestamp?: bigint
  readonly producerId?: bigint
  /** Bits: 0–2 compression, 3 time of arrival, 4 transactional, 5 control. */
  readonly attributes?: number
  readonly version?: number
  /** In place of the records' bytes. */
  readonly compress?: (records: Buffer) => Buffer
}

const none = (bytes: Buffer): Buffer => bytes

/** A batch as it is stored. */
export function batchBytes(batch: GivenBatch): Buffer {
  const { records, firstOffset = 0n, firstTimestamp = 0n, maxTimestamp = 0n, producerId = -1n } = batch
  const { attributes = 0, version = 2, compress = none, lastOffsetDelta = records.at(-1)?.offsetDelta ?? 0 } = batch
  const body = new NewEncoder()
    .writeInt32(0)
    .writeInt8(version)
    .writeInt32(0)
    .writeInt16(attributes)
    .writeInt32(lastOffsetDelta)
    .writeInt64(firstTimestamp)
    .writeInt64(maxTimestamp)
    .writeInt64(producerId)
    .writeInt16(0)
    .writeInt32(0)
    .writeInt32(records.length)
    .writeBuffer(compress(Buffer.concat(records.map((record) => encodedRecord(record).buffer))))
  return new NewEncoder().writeInt64(firstOffset).writeBytes(body.buffer).buffer
}

/** An answer with one partition, of topic `t`, partition 3. */
export function answerBytes(
  recordSet: Buffer,
  aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[] = [],
): Buffer {
  const partition = new NewEncoder()
    .writeInt32(3)
    .writeInt16(0)
    .writeInt64(100n)
    .writeInt64(99n)
    .writeInt64(1n)
    .writeInt32(aborted.length)
  for (const { producerId, firstOffset } of aborted) partition.writeInt64(producerId).writeInt64(firstOffset)
  partition.writeInt32(-1).writeBytes(recordSet)
  return new NewEncoder()
    .writeInt32(7)
    .writeInt16(0)
    .writeInt32(0)
    .writeInt32(1)
    .writeString('t')
    .writeInt32(1)
    .writeBuffer(partition.buffer).buffer
}

/** The records of the answer's partition as kafkajs finds them. */
export async function byKafkajs(answer: Buffer): Promise<readonly KafkajsMessage[]> {
  return (await decode(answer)).responses[0]!.partitions[0]!.messages
}

/** What kafkajs decodes of it but for the messages. */
export async function aroundMessages(answer: Buffer): Promise<unknown> {
  return decode(answer)
}
