// Parquet: what is written reads back, what does not fit is refused by column, and columns that come later go on in a new file.
import { parquetMetadata } from 'hyparquet'
import { describe, expect, it, test } from 'vitest'
import { hasZstd } from '../../src/format/zstd-frames.js'
import { type ParquetColumns, type ParquetOptions, parquet } from '../../src/index.js'
import { runFormatConformance } from '../../src/testing/index.js'
import { columnsOfEveryKind as columns } from './parquet-columns.js'
import { parquetRows } from './parquet-rows.js'
import { RecordingSink, refusal } from './recording-sink.js'

type Row = Record<string, unknown>

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}

const id = { topic: 't', partition: 3, offset: 5n }

/** The file of some records, and its row groups' lengths. */
function written(options: ParquetOptions<Row>, records: readonly Row[]): Buffer {
  const writer = parquet<Row>(options).open({ length: 0 })
  const sink = new RecordingSink()
  for (const record of records) writer.encode(record, { id }, sink)
  writer.flush!(sink)
  writer.finish!(sink)
  return sink.written
}

const full: Row = {
  text: '\u00e9\u{1f600}\0',
  small: -7,
  big: 2n ** 62n,
  double: -0.5,
  flag: true,
  time: new Date('2024-02-29T23:59:59.999Z'),
  blob: Uint8Array.of(0, 255),
  json: { a: [1, null] },
  tags: ['x', null, 'y'],
  place: { name: 'p', points: [{ x: 1 }, null, { x: null }] },
}
const empty: Row = Object.fromEntries(Object.keys(columns).map((name) => [name, null]))
const hollow: Row = {
  ...empty,
  text: '',
  blob: Uint8Array.of(),
  tags: [],
  place: { name: '', points: [] },
  json: [],
}

for (const codec of ['uncompressed', 'snappy', 'gzip', ...(hasZstd() ? (['zstd'] as const) : [])] as const) {
  runFormatConformance(
    `parquet (${codec})`,
    () => ({
      format: parquet<Row>({ columns, codec, idColumn: 'id', rowGroupRecords: 7 }),
      records: [
        full,
        hollow,
        { ...full, text: 'x'.repeat(100_000) },
        empty,
        { ...full, flag: false, small: 2 ** 31 - 1 },
      ],
      refused: [
        { text: 'half \ud800' },
        { small: 2 ** 31 },
        { place: { points: [] } },
        { stranger: 1 },
        { id: '3-4' },
        [full] as never,
      ],
      read: parquetRows,
      asRead: (record, context) => ({
        id: `3-${context.id!.offset}`,
        ...record,
      }),
    }),
    { describe, it, appendable: false },
  )
}

describe('parquet', () => {
  test('ends a row group when it is full, by rows or by bytes, and keeps none of it', () => {
    const writer = parquet<Row>({ columns: { a: 'string' }, rowGroupBytes: 100_000, rowGroupRecords: 5 }).open({
      length: 0,
    })
    const sink = new RecordingSink()
    for (let count = 0; count < 12; count++) writer.encode({ a: 'x' }, {}, sink)
    const before = sink.written.length
    writer.encode({ a: 'y'.repeat(100_000) }, {}, sink)
    expect(sink.written.length).toBeGreaterThan(before)
    expect(writer.heldBytes).toBe(0)
    writer.encode({ a: 'z' }, {}, sink)
    writer.finish!(sink)
    const { row_groups } = parquetMetadata(bufferOf(sink.written))
    expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([5, 5, 3, 1])
  })

  test('takes numbers, bigints and texts where they say the same', async () => {
    const bytes = written({ columns: { n: 'int64', i: 'int32', t: 'timestamp' } }, [
      { n: 7, i: 7n, t: 1000 },
      { n: -(2n ** 63n), i: -(2 ** 31), t: '1970-01-01T01:00:01+01:00' },
      { n: Number.MAX_SAFE_INTEGER, i: 0, t: 1000n },
    ])
    const t = new Date(1000)
    expect(await parquetRows(bytes)).toEqual([
      { n: 7n, i: 7, t },
      { n: -(2n ** 63n), i: -(2 ** 31), t },
      { n: 9007199254740991n, i: 0, t },
    ])
  })

  test('copies what may change later', async () => {
    const writer = parquet<Row>({ columns: { a: 'bytes', b: 'json', c: { list: 'int32' } } }).open({ length: 0 })
    const record = { a: Uint8Array.of(1), b: { x: 1 }, c: [1] }
    const sink = new RecordingSink()
    writer.encode(record, {}, sink)
    record.a[0] = 2
    record.b.x = 2
    record.c[0] = 2
    writer.finish!(sink)
    expect(await parquetRows(sink.written)).toEqual([{ a: Uint8Array.of(1), b: { x: 1 }, c: [1] }])
  })

  test('takes 20 MB, and keeps them out of the footer', async () => {
    const large = 'l'.repeat(20_000_000)
    const bytes = written({ columns: { a: 'string', b: 'json', c: 'bytes' } }, [
      { a: large, b: [large], c: Buffer.from(large) },
    ])
    const { metadata_length } = parquetMetadata(bufferOf(bytes))
    expect(metadata_length).toBeLessThan(2_000)
    const [row] = await parquetRows(bytes)
    expect([row!.a === large, (row!.b as string[])[0] === large, (row!.c as Uint8Array).length]).toEqual([
      true,
      true,
      20_000_000,
    ])
  })

  test('a field called like a part of every object is one only where it is there', async () => {
    const named = {
      constructor: 'string',
      ['__proto__']: { struct: { ['__proto__']: 'int32' } },
    } as unknown as ParquetColumns
    const record = JSON.parse('{"constructor":"c","__proto__":{"__proto__":3}}') as Row
    const { schema } = parquetMetadata(bufferOf(written({ columns: named }, [{}, record])))
    expect(schema.map(({ name }) => name)).toEqual(['root', 'constructor', '__proto__', '__proto__'])
  })

  test.each<[Row, RegExp]>([
    [{ text: 1 }, /column text: it holds string, and this is the number 1/],
    [{ text: 'a\udc00' }, /column text: half a surrogate pair/],
    [{ small: 1.5 }, /column small: 1.5 is no int32/],
    [{ small: 'x' }, /column small: it holds int32, and this is the text "x"/],
    [{ big: 2 ** 53 }, /column big: 9007199254740992 is no int64/],
    [{ big: 2n ** 63n }, /column big: 9223372036854775808 is no int64/],
    [{ double: 1n }, /column double: it holds double, and this is the bigint 1/],
    [{ flag: 'true' }, /column flag: it holds boolean/],
    [{ time: '2024-02-29' }, /column time: the text "2024-02-29" is no time/],
    [{ time: new Date(Number.NaN) }, /column time: a date is no time/],
    [{ time: '+292278994-08-17T07:12:55.807Z' }, /column time: .* is no time/],
    [{ time: 0.5 }, /column time: 0.5 is no timestamp/],
    [{ blob: [1] }, /column blob: it holds bytes, and this is a list/],
    [{ json: 1n }, /column json: it has no JSON/],
    [{ json: () => 1 }, /column json: it has no JSON: it is a function/],
    [{ json: ['\\\ud800'] }, /column json: half a surrogate pair/],
    [{ tags: 'x' }, /column tags: it holds list/],
    [{ tags: ['x', 2] }, /column tags\[\]: it holds string, and this is the number 2/],
    [{ place: [] }, /column place: it holds struct, and this is a list/],
    [{ place: { name: 'p', points: [{ x: 'y' }] } }, /column place\.points\[\]\.x: it holds double/],
    [{ place: {} }, /column place\.name: it is required/],
    [{ place: { name: 'p', street: 's' } }, /column place\.street: there is none of this name/],
    [{ other: 1 }, /column other: there is none of this name/],
    [{ other: () => 1 }, /column other: no column holds a function/],
  ])('refuses case %# and names the column', (record, message) => {
    const error = refusal(parquet<Row>({ columns }).open({ length: 0 }), record, { id })
    expect(error).toMatchObject({ code: 'BAD_RECORD', message: expect.stringMatching(message) as string })
  })

  test('leaves out fields without a column, or nulls in them, where it is told to', async () => {
    const ignored = written({ columns: { a: 'int32', s: { struct: { b: 'int32' } } }, newFields: 'ignore' }, [
      { a: 1, z: 2, s: { b: 3, y: 4 } },
    ])
    expect(await parquetRows(ignored)).toEqual([{ a: 1, s: { b: 3 } }])
    expect(await parquetRows(written({ columns: { a: 'int32' } }, [{ a: 1, z: null, y: undefined }]))).toEqual([
      { a: 1 },
    ])
  })

  test.each<[unknown, RegExp]>([
    [{}, /columns must be given/],
    [{ columns: {} }, /columns names none/],
    [{ columns: { a: 'text' } }, /column a: "text" is no type; there are string, int32/],
    [{ columns: { a: { type: 'string', list: 'string' } } }, /column a: it is a type, /],
    [{ columns: { a: { type: 'string', optional: true } } }, /column a: it is a type, /],
    [{ columns: { a: { struct: { b: { list: 'x' } } } } }, /column a\.b\[\]: "x" is no type/],
    [{ columns: { a: { struct: {} } } }, /column a: a struct has at least one field/],
    [{ columns: { a: null } }, /column a: it is a type, /],
    [{ columns: { a: { type: 'string', required: 1 } } }, /column a: required is true or false/],
    [{ columns: [] }, /columns names none/],
    [{ columns: ['string'] }, /columns are an object/],
    [{ columns: { '': 'string' } }, /it has no good name/],
    [{ columns: { id: 'string' }, idColumn: 'id' }, /column id: it is the idColumn, and one of the columns too/],
    [{ columns, idColumn: '' }, /idColumn must be a name/],
    [{ columns, idForm: 'partition-offset' }, /idForm is for idColumn/],
    [{ columns, idColumn: 'id', idForm: 'offset' }, /idForm must be/],
    [{ columns, codec: 'lz4' }, /codec must be uncompressed, snappy, gzip or zstd/],
    [{ columns, newFields: 'drop' }, /newFields must be/],
    [{ columns, value: 'x' }, /value must be a function/],
    [{ columns, rowGroupRecords: 0 }, /rowGroupRecords must be a whole number/],
    [{ columns, rowGroupBytes: 1.5 }, /rowGroupBytes must be a whole number/],
  ])('refuses the options of case %#', (options, message) => {
    expect(() => parquet(options as ParquetOptions<object>)).toThrow(message)
  })

  test('refuses columns that hold themselves', () => {
    const self: Record<string, unknown> = {}
    self.list = self
    expect(() => parquet({ columns: { a: self as never } })).toThrow(/more than 20 structs and lists/)
  })
})
