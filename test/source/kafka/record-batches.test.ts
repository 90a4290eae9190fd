// What brokers answer to a fetch: what is around the records as kafkajs decodes it, batches that are cut off, compressed, of other versions.
import { gzipSync } from 'node:zlib'
import kafkajs from 'kafkajs'
import { expect, test } from 'vitest'
import { registerCodecs } from '../../../src/source/kafka/codecs.js'
import { decodeFetchResponse, type StoredBatch } from '../../../src/source/kafka/record-batches.js'
import { recordsOf } from '../../../src/source/kafka/records.js'
import { answerBytes, aroundMessages, batchBytes, type GivenBatch, type GivenRecord } from './fetch-answer.js'

const record = (offsetDelta: number, value: string, key: Buffer | null = null): GivenRecord => ({
  offsetDelta,
  timestampDelta: 0n,
  key,
  value: Buffer.from(value),
})

async function batchesOf(answer: Buffer): Promise<readonly StoredBatch[] | undefined> {
  return (await decodeFetchResponse(answer))?.responses[0]?.partitions[0]?.messages
}

const inOneAnswer = (...batches: GivenBatch[]): Buffer => answerBytes(Buffer.concat(batches.map(batchBytes)))

/** Offset and value of all of them, as a reader gets them. */
async function readFrom(answer: Buffer): Promise<string[]> {
  const messages = (await batchesOf(answer)) ?? []
  const place = { topic: 't', partition: 3 }
  return recordsOf(messages, place, { from: 0n, until: 1_000n }).records.map(
    ({ id, value }) => `${id.offset} ${Buffer.from(value as Uint8Array)}`,
  )
}

test('what is around the records is as kafkajs has it', async () => {
  const aborted = [{ producerId: 5n, firstOffset: 2n ** 40n }]
  const answer = answerBytes(batchBytes({ records: [record(0, 'a')] }), aborted)
  const ours = await decodeFetchResponse(answer)
  const without = (decoded: unknown): unknown =>
    JSON.parse(JSON.stringify(decoded, (name, value: unknown) => (name === 'messages' ? undefined : value)))
  expect(without(ours)).toEqual(without(await aroundMessages(answer)))
  expect(JSON.stringify(without(ours))).toContain('1099511627776')
})

test('batches tell their last offset, also one that was compacted away, and what transactions need', async () => {
  const marker = Buffer.from([0, 0, 0, 1])
  const batches = await batchesOf(
    inOneAnswer(
      { firstOffset: 5n, records: [record(0, 'a'), record(2, 'b')], lastOffsetDelta: 4 },
      { firstOffset: 10n, records: [record(0, 'c')], attributes: 0x10, producerId: 77n },
      { firstOffset: 11n, records: [record(0, '', marker)], attributes: 0x30, producerId: 77n },
      { firstOffset: 12n, records: [], lastOffsetDelta: 3 },
    ),
  )
  expect(batches?.map(({ offset }) => offset)).toEqual(['9', '10', '11', '15'])
  expect(batches?.map(({ isControlRecord }) => isControlRecord)).toEqual([false, false, true, false])
  expect(batches?.map(({ key }) => key)).toEqual([null, null, marker, null])
  expect(batches?.map(({ batchContext }) => batchContext)).toEqual([
    { producerId: '-1', inTransaction: false },
    { producerId: '77', inTransaction: true },
    { producerId: '77', inTransaction: true },
    { producerId: '-1', inTransaction: false },
  ])
})

test('the records of all batches, in their order, within a range', async () => {
  const answer = inOneAnswer(
    { firstOffset: 0n, records: [record(0, 'a'), record(1, 'b')] },
    { firstOffset: 7n, records: [record(0, 'c'), record(3, 'd')] },
    { firstOffset: 2_000n, records: [record(0, 'e')] },
  )
  expect(await readFrom(answer)).toEqual(['0 a', '1 b', '7 c', '10 d'])
})

test('a last batch that is cut off is left out, however little of it is there', async () => {
  const whole = batchBytes({ records: [record(0, 'a')] })
  const next = batchBytes({ firstOffset: 1n, records: [record(0, 'b')] })
  for (const bytes of [0, 1, 11, 12, 17, 60, 61, next.length - 1]) {
    expect(await readFrom(answerBytes(Buffer.concat([whole, next.subarray(0, bytes)])))).toEqual(['0 a'])
  }
  expect(await readFrom(answerBytes(Buffer.concat([whole, next])))).toEqual(['0 a', '1 b'])
  expect(await readFrom(answerBytes(Buffer.alloc(0)))).toEqual([])
})

test.each([-(2 ** 31), -12, 0, 48])('a batch that says it is %i bytes long is refused', async (length) => {
  const batch = batchBytes({ records: [record(0, 'a')] })
  batch.writeInt32BE(length, 8)
  await expect(batchesOf(answerBytes(batch))).rejects.toThrow(/shorter than its own header/)
})

test('compressed batches, by the codecs that kafkajs has', async () => {
  registerCodecs()
  const { GZIP } = kafkajs.CompressionTypes
  const records = [record(0, 'a'), record(1, 'b')]
  expect(await readFrom(inOneAnswer({ records, attributes: GZIP, compress: gzipSync }))).toEqual(['0 a', '1 b'])
  await expect(batchesOf(inOneAnswer({ records, attributes: GZIP, compress: (bytes) => bytes }))).rejects.toThrow()
  await expect(batchesOf(inOneAnswer({ records, attributes: 7 }))).rejects.toThrow(/not known/)
})

test('records of an older version are left to kafkajs', async () => {
  expect(
    await batchesOf(inOneAnswer({ records: [record(0, 'a')] }, { records: [record(0, 'b')], version: 1 })),
  ).toBeUndefined()
})
