// Records of a batch: compared with what kafkajs' decoder makes of the same bytes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeFetchResponse } from '../../../src/source/kafka/record-batches.js'
import { addRecords, firstKey, type StoredRecords } from '../../../src/source/kafka/stored-records.js'
import type { SourceRecord } from '../../../src/source/source.js'
import { answerBytes, batchBytes, byKafkajs, type GivenBatch, type GivenRecord } from './fetch-answer.js'

const place = { topic: 't', partition: 3 }
const all = { from: 0n, until: 2n ** 63n - 1n }

async function storedOf(batch: GivenBatch): Promise<StoredRecords> {
  const response = await decodeFetchResponse(answerBytes(batchBytes(batch)))
  return response!.responses[0]!.partitions[0]!.messages[0]!.stored
}

async function recordsOf(batch: GivenBatch, range: { from: bigint; until: bigint } = all): Promise<SourceRecord[]> {
  const records: SourceRecord[] = []
  addRecords(records, await storedOf(batch), place, range)
  return records
}

const record = (offsetDelta: number, value: string | null = 'v', given: Partial<GivenRecord> = {}): GivenRecord => ({
  offsetDelta,
  timestampDelta: 0n,
  key: null,
  value: value === null ? null : Buffer.from(value),
  ...given,
})

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
const header = fc.oneof(bytes, fc.array(bytes, { minLength: 2, maxLength: 3 }))
const given = fc.record({
  timestampDelta: fc.oneof(fc.bigInt(-300n, 300n), fc.bigInt(-(2n ** 50n), 2n ** 50n)),
  key: fc.option(bytes),
  value: fc.option(bytes),
  // kafkajs loses what is called __proto__.
  headers: fc.dictionary(
    fc.string().filter((name) => !(name in Object.prototype)),
    header,
    { maxKeys: 3 },
  ),
})
const batches = fc.record({
  records: fc
    .tuple(fc.array(given, { minLength: 1, maxLength: 10 }), fc.constantFrom(1, 3, 100_000))
    .map(([list, step]) => list.map((one, index) => ({ ...one, offsetDelta: index * step }))),
  firstOffset: fc.bigInt(0n, 2n ** 62n),
  firstTimestamp: fc.bigInt(0n, 2n ** 42n),
  maxTimestamp: fc.bigInt(0n, 2n ** 42n),
  attributes: fc.constantFrom(0, 8),
})

test('whatever the batch: the same records as by kafkajs', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (batch) => {
      const expected = await byKafkajs(answerBytes(batchBytes(batch)))
      expect(expected).toHaveLength(batch.records.length)
      const found = await recordsOf(batch)
      expect(found.map(({ id }) => id)).toEqual(expected.map(({ offset }) => ({ ...place, offset: BigInt(offset) })))
      expect(found.map(({ timestampMs }) => timestampMs)).toEqual(expected.map(({ timestamp }) => Number(timestamp)))
      expect(found.map(({ key }) => key)).toEqual(expected.map(({ key }) => key))
      expect(found.map(({ value }) => value)).toEqual(expected.map(({ value }) => value))
      expect(found.map(({ headers }) => Object.entries(headers))).toEqual(
        expected.map(({ headers }) => Object.entries(headers)),
      )
    }),
    { numRuns: 500 },
  )
})

test('a header may have any name', async () => {
  const names = ['__proto__', 'toString', '']
  const headers = Object.fromEntries(names.map((name) => [name, Buffer.from(name)]))
  const [one] = await recordsOf({ records: [record(0, 'v', { headers })] })
  expect(Object.entries(one!.headers)).toEqual(names.map((name) => [name, Buffer.from(name)]))
})

test('only those within the range, whose keys and values are counted', async () => {
  const batch = {
    firstOffset: 10n,
    records: [0, 1, 2, 5].map((delta) => record(delta, 'four', { key: Buffer.from('k') })),
  }
  const records: SourceRecord[] = []
  expect(addRecords(records, await storedOf(batch), place, { from: 11n, until: 15n })).toBe(10)
  expect(records.map(({ id }) => id.offset)).toEqual([11n, 12n])
  expect(await recordsOf(batch, { from: 16n, until: 20n })).toEqual([])
})

test('a record that is handed out anew is the same, and not parsed', async () => {
  const [one] = await recordsOf({ records: [record(0, '{"a":1}', { key: Buffer.from('k'), timestampDelta: 5n })] })
  one!.parsed = 'parsed'
  const again = (one as unknown as { anew(): SourceRecord }).anew()
  expect(again.parsed).toBeUndefined()
  expect([again.id, again.key, again.value, again.timestampMs]).toEqual([one!.id, one!.key, one!.value, 5])
})

test('a batch whose lengths do not fit together is refused, not read beyond its end', async () => {
  const stored = await storedOf({ records: [record(0, 'value'), record(1, 'value')] })
  const read = (changed: Partial<StoredRecords>) => (): number => addRecords([], { ...stored, ...changed }, place, all)
  expect(read({})).not.toThrow()
  expect(read({ count: 3 })).toThrow(/damaged/)
  expect(read({ bytes: stored.bytes.subarray(0, -1) })).toThrow(/damaged/)
  const longer = Buffer.from(stored.bytes)
  // Of the first record: length, attributes, time, offset, key, value.
  longer[5] = 100
  expect(read({ bytes: longer })).toThrow(/damaged/)
  const negative = Buffer.from(stored.bytes)
  negative[0] = 1
  expect(read({ bytes: negative })).toThrow(/damaged/)
})

test('the first key, where there is one', async () => {
  expect(
    firstKey(await storedOf({ records: [record(0, 'v', { key: Buffer.from('ab') }), record(1)] }))?.toString(),
  ).toBe('ab')
  expect(firstKey(await storedOf({ records: [record(0)] }))).toBeNull()
  expect(firstKey(await storedOf({ records: [] }))).toBeNull()
})
