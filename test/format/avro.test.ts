import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AvroOptions, avro } from '../../src/format/avro.js'
import type { FormatFile, FormatWriter } from '../../src/format/format.js'
import { readAvro, readAvroFile } from './read-avro.js'
import { RecordingSink, refusal } from './recording-sink.js'

const id = { topic: 'orders', partition: 3, offset: 17n }

const recordOf = (...fields: readonly object[]): object => ({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields,
})
const amount = { name: 'amount', type: 'long' }
const order = recordOf({ name: 'name', type: 'string' }, amount)

function opened(options: AvroOptions<unknown>, file: FormatFile = { length: 0 }): FormatWriter<unknown> {
  return avro<unknown>(options).open(file)
}

/** The file of some records. */
function fileOf(writer: FormatWriter<unknown>, records: readonly unknown[]): Buffer {
  const sink = new RecordingSink()
  for (const record of records) writer.encode(record, { id }, sink)
  writer.flush!(sink)
  return sink.written
}

test('the schema stands in the header as it was given, logical types and all', async () => {
  const schema = recordOf(
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'when' },
    { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
  )
  const records = [{ at: 1_700_000_000_000, price: Buffer.from([1, 2]) }]
  for (const given of [schema, JSON.stringify(schema)]) {
    expect(await readAvroFile(fileOf(opened({ schema: given }), records))).toEqual({ schema, codec: 'null', records })
  }
})

test.each(['deflate', 'snappy'] as const)('blocks can be compressed: %s', async (codec) => {
  const records = Array.from({ length: 500 }, (_, index) => ({ name: `n${index}`.repeat(20), amount: index }))
  const file = fileOf(opened({ schema: order, codec, blockSizeBytes: 4_000 }), records)
  expect(await readAvroFile(file)).toMatchObject({ codec, records })
  expect(file.length).toBeLessThan(fileOf(opened({ schema: order }), records).length / 2)
})

test('zstandard is refused where Node has none, and a codec that is none everywhere', () => {
  const has = 'zstdCompressSync' in process.getBuiltinModule('node:zlib')
  if (has) expect(() => opened({ schema: order, codec: 'zstandard' })).not.toThrow()
  else expect(() => opened({ schema: order, codec: 'zstandard' })).toThrow(/avro: .*22\.15/)
  expect(() => opened({ schema: order, codec: 'lz4' as never })).toThrow(/avro: codec must be/)
})

test('the id is the first field', async () => {
  const file = fileOf(opened({ schema: order, idField: '_id' }), [{ name: 'a', amount: 1 }])
  expect(await readAvroFile(file)).toMatchObject({
    schema: { fields: [{ name: '_id', type: 'string' }, { name: 'name' }, { name: 'amount' }] },
    records: [{ _id: '3-17', name: 'a', amount: 1 }],
  })
  const long = [1, 600, 70_000].map((length) => ({ name: 'x'.repeat(length), amount: length }))
  expect(await readAvro(fileOf(opened({ schema: order, idField: '_id' }), long))).toEqual(
    long.map((record) => ({ _id: '3-17', ...record })),
  )
  const across = opened({ schema: order, idField: '_id', idForm: 'topic-partition-offset' })
  expect(await readAvro(fileOf(across, [{ name: 'a', amount: 1 }]))).toMatchObject([{ _id: 'orders-3-17' }])
  expect(refusal(across, { name: 'a', amount: 1 })).toMatchObject({ code: 'BAD_RECORD', message: /no id/ })
  const halfTopic = { id: { ...id, topic: '\ud800' } }
  const sink = new RecordingSink()
  expect(() => across.encode({ name: 'a', amount: 1 }, halfTopic, sink)).toThrow(
    /its id contains half a surrogate pair/,
  )
  across.flush!(sink)
  expect(sink.calls).toBe(0)
})

test('what is written can be chosen, and 20 MB are a record like another', async () => {
  const writer = opened({ schema: order, value: (record) => (record as { parsed: unknown }).parsed })
  const parsed = { name: 'x'.repeat(20_000_000), amount: 0 }
  const file = fileOf(writer, [{ parsed }, { parsed: { name: '', amount: 1 } }])
  expect(await readAvro(file)).toEqual([parsed, { name: '', amount: 1 }])
})

test('long is exact', async () => {
  const inUnion = recordOf({ name: 'amount', type: ['null', 'long'] })
  for (const schema of [recordOf(amount), inUnion]) {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.maxSafeInteger(), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n))),
        async (values) => {
          const read = await readAvro(
            fileOf(opened({ schema }), [{ amount: 0 }, ...values.map((value) => ({ amount: value }))]),
          )
          const plain = values.map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value))
          expect(read.slice(1)).toEqual(plain.map((value) => ({ amount: value === 0 ? 0 : value })))
        },
      ),
    )
    for (const value of [2 ** 53, 1.5, 2n ** 63n, '1', null].slice(0, schema === inUnion ? 4 : 5))
      expect(refusal(opened({ schema }), { amount: value })).toMatchObject({ message: /field amount is/ })
  }
})

test('numbers that a union cannot tell apart are wrapped', async () => {
  const writer = opened({ schema: recordOf({ name: 'amount', type: ['null', 'long', 'double'] }) })
  const file = fileOf(writer, [{ amount: { long: 2n ** 60n } }, { amount: { double: 5 } }, { amount: null }])
  expect(file.includes('double')).toBe(true)
  expect(refusal(writer, { amount: 5 })).toMatchObject({
    message: /field amount is 5; it must be null or long or double/,
  })
})

const nested = recordOf(
  { name: 'address', type: { type: 'record', name: 'Address', fields: [{ name: 'zip', type: 'int' }] } },
  { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
  { name: 'by', type: { type: 'map', values: 'boolean' }, default: {} },
  { name: 'state', type: { type: 'enum', name: 'State', symbols: ['OPEN', 'DONE'] }, default: 'OPEN' },
)

test.each<[unknown, string]>([
  [{}, 'field address is missing; it must be shop.Address'],
  [{ address: {} }, 'field address.zip is missing; it must be int'],
  [{ address: { zip: '89073' } }, 'field address.zip is "89073"; it must be int'],
  [{ address: { zip: 2 ** 31 } }, 'field address.zip is 2147483648; it must be int'],
  [{ address: { zip: 1 }, tags: ['a', 7] }, 'field tags.1 is 7; it must be string'],
  [{ address: { zip: 1 }, by: { me: 'yes' } }, 'field by.me is "yes"; it must be boolean'],
  [{ address: { zip: 1 }, state: 'GONE' }, 'field state is "GONE"; it must be shop.State'],
  [{ address: { zip: 1 }, tags: ['\udc00'] }, 'field tags.0 contains half a surrogate pair, which has no UTF-8'],
  [{ address: { zip: 1 }, tags: [`${'x'.repeat(100)}\ud800`] }, 'field tags.0 contains half a surrogate pair'],
  [{ address: { zip: 1 }, by: { '\ud800': true } }, 'contains half a surrogate pair'],
  [{ address: null }, 'field address is null; it must be shop.Address'],
  [null, 'the record is null; it must be shop.Order'],
  [[], 'the record is []; it must be shop.Order'],
  ['text', 'the record is "text"; it must be shop.Order'],
])('a record that does not fit is refused with its field: %j', (record, complaint) => {
  expect(refusal(opened({ schema: nested }), record)).toMatchObject({
    code: 'BAD_RECORD',
    message: expect.stringContaining(complaint) as string,
  })
})

test('characters that look like halves of pairs in bytes are let in', async () => {
  const schema = recordOf({ name: 'name', type: 'string' }, { name: 'raw', type: 'bytes' })
  const records = [{ name: '\ufffd \ud55c\uae00 \u{1f600}', raw: Buffer.from([0xed, 0xa0, 0x80, 0xef, 0xbf, 0xbd]) }]
  expect(await readAvro(fileOf(opened({ schema }), records))).toEqual(records)
})

test('unknown fields are left out, or refused', async () => {
  const record = { name: 'a', amount: 1, more: { than: 'that' } }
  expect(await readAvro(fileOf(opened({ schema: order }), [record]))).toEqual([{ name: 'a', amount: 1 }])
  const strict = opened({ schema: order, unknownFields: 'reject' })
  expect(refusal(strict, record)).toMatchObject({ code: 'BAD_RECORD', message: /more/ })
  expect(await readAvro(fileOf(strict, [{ name: 'a', amount: 1 }]))).toHaveLength(1)
})

test('a file of another schema, codec or id field is not gone on with', () => {
  const writer = opened({ schema: order })
  const { length } = fileOf(writer, [{ name: 'a', amount: 1 }])
  const state = JSON.parse(JSON.stringify(writer.state!())) as NonNullable<FormatFile['state']>
  const fits = (options: AvroOptions<unknown>, before: FormatFile['state'] | undefined = state): boolean =>
    opened(options, before === undefined ? { length } : { length, state: before }).fits!(
      { name: 'b', amount: 2 },
      { id },
    )
  expect(fits({ schema: order })).toBe(true)
  expect(fits({ schema: JSON.stringify(order) })).toBe(true)
  expect(fits({ schema: recordOf(amount) })).toBe(false)
  expect(fits({ schema: order, codec: 'deflate' })).toBe(false)
  expect(fits({ schema: order, idField: '_id' })).toBe(false)
  expect(fits({ schema: () => order })).toBe(false)
  expect(fits({ schema: order }, 'of another format')).toBe(false)
  expect(fits({ schema: order }, { ...(state as object), sync: 'short' })).toBe(false)
  expect(opened({ schema: order }, { length }).fits!({ name: 'b', amount: 2 }, {})).toBe(false)
})

test.each<[object, RegExp]>([
  [{}, /avro: schema must be/],
  [{ schema: { type: 'record' } }, /avro: schema: /],
  [{ schema: '{"type":' }, /avro: schema: .*JSON/],
  [{ schema: 'shop.Unknown' }, /avro: schema: undefined type name/],
  [{ schema: order, idField: 'name' }, /idField name: the schema has a field of that name/],
  [{ schema: '"string"', idField: '_id' }, /avro: (?:schema|idField)/],
  [{ schema: 'string', idField: '_id' }, /idField _id: the schema is no record/],
  [{ schema: order, idField: 'a-b' }, /idField must be a name/],
  [{ schema: order, idForm: 'partition-offset' }, /idForm is for idField/],
  [{ schema: order, blockSizeBytes: 0 }, /blockSizeBytes/],
  [{ schema: order, unknownFields: 'keep' }, /unknownFields/],
  [{ schema: order, value: 'x' }, /value must be/],
])('refuses the options %j', (options, complaint) => {
  expect(() => avro(options as never)).toThrow(complaint)
})
