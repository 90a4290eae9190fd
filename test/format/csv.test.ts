import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csv } from '../../src/format/csv.js'
import { sourceFields } from '../../src/model/source-fields.js'
import { encoded, RecordingSink, refusal } from './recording-sink.js'

const id = { topic: 'orders', partition: 3, offset: 17n }
const newFile = { length: 0 }

function rowOf(value: unknown, options: Partial<Parameters<typeof csv>[0]> = {}): string {
  const writer = csv({ columns: ['value', 'last'], header: false, ...options }).open(newFile)
  return encoded(writer, { value, last: 1 }, { id }).toString()
}

test('the header stands at the start of a file, and with its first record', () => {
  const format = csv({ columns: ['a', { field: 'b.c', name: 'city, or town' }] })
  const writer = format.open(newFile)
  const sink = new RecordingSink()
  expect(() => writer.encode({ a: 1 }, {}, sink)).toThrow(/b\.c/)
  expect(sink.calls).toBe(0)
  for (const a of [1, 2]) writer.encode({ a, b: { c: 'Ulm' } }, {}, sink)
  expect(sink.written.toString()).toBe('a,"city, or town"\n1,Ulm\n2,Ulm\n')
  const next = csv({ columns: ['a', { field: 'b.c', name: 'city, or town' }] }).open({
    length: sink.written.length,
    state: JSON.parse(JSON.stringify(writer.state!())),
  })
  expect(next.fits?.({}, {})).not.toBe(false)
  expect(encoded(next, { a: 3, b: { c: 'Bonn' } }).toString()).toBe('3,Bonn\n')
})

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['two\rlines', '"two\rlines"'],
  ['', '""'],
  [null, ''],
  [12.5, '12.5'],
  [-0, '0'],
  [2n ** 63n, '9223372036854775808'],
  [true, 'true'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [{ a: [1, 'x'] }, '"{""a"":[1,""x""]}"'],
  [' padded ', ' padded '],
  ['=1+1', '=1+1'],
])('%o is written as %s', (value, cell) => {
  expect(rowOf(value)).toBe(`${cell},1\n`)
})

test('any row is what the library makes of it', () => {
  const unit = fc.constantFrom(
    'a',
    ',',
    ';',
    '-',
    ']',
    '^',
    '"',
    "'",
    '\n',
    '\r',
    ' ',
    '\t',
    '|',
    'N',
    '\\',
    '\u{1f600}',
    'ü',
  )
  const cell = fc.option(fc.string({ unit, maxLength: 4 }))
  const delimiter = fc.constantFrom(',', ';', '\t', '|', '-', ']', '^', '\\')
  const looks = fc.record({ delimiter, quote: fc.constantFrom('"', "'"), nullText: fc.constantFrom('', 'N') })
  fc.assert(
    fc.property(looks, fc.array(cell, { minLength: 2, maxLength: 5 }), ({ delimiter, quote, nullText }, cells) => {
      const columns = cells.map((_, index) => `c${index}`)
      const record = Object.fromEntries(cells.map((value, index) => [`c${index}`, value]))
      const writer = csv({ columns, header: false, delimiter, quote, nullText }).open(newFile)
      // A null that is not nothing: a text that nothing else holds, put in its place afterwards.
      const wanted = stringify([cells.map((value) => value ?? (nullText === '' ? null : '\u0000'))], {
        ...{ delimiter, quote, escape: quote, quote_record_delimiter: true, record_delimiter: '\n' },
        quoted_match: new RegExp(`^${nullText}$`),
      })
      expect(encoded(writer, record).toString()).toBe(wanted.replaceAll('\u0000', nullText))
    }),
  )
})

test('20 MB are a value like another', () => {
  const value = 'x,\n"'.repeat(5_000_000)
  expect(rowOf(value)).toBe(`"${value.replaceAll('"', '""')}",1\n`)
})

test('delimiter, quote and the text of null can be others', () => {
  expect(rowOf('a,b\tc', { delimiter: '\t' })).toBe('"a,b\tc"\t1\n')
  expect(rowOf('it\'s, "so"', { quote: "'" })).toBe("'it''s, \"so\"',1\n")
  expect(rowOf(null, { nullText: '\\N' })).toBe('\\N,1\n')
  expect(rowOf('\\N', { nullText: '\\N' })).toBe('"\\N",1\n')
  expect(rowOf('x\\N', { nullText: '\\N' })).toBe('x\\N,1\n')
  expect(rowOf('', { nullText: '\\N' })).toBe(',1\n')
})

test('the id is the first column', () => {
  expect(rowOf('x', { idColumn: '_id' })).toBe('3-17,x,1\n')
  expect(rowOf('x', { idColumn: '_id', idForm: 'topic-partition-offset' })).toBe('orders-3-17,x,1\n')
  const headed = csv({ columns: ['a'], idColumn: '_id' }).open(newFile)
  expect(encoded(headed, { a: 1 }, { id }).toString()).toBe('_id,a\n3-17,1\n')
  expect(refusal(headed, { a: 1 })).toMatchObject({ code: 'BAD_RECORD', message: /no id/ })
})

test('fields can be those of a source', () => {
  const format = csv({ columns: ['$timestamp', 'name', '$headers.x'], lookup: sourceFields, header: false })
  const record = { id, key: null, headers: { x: Buffer.from('h') }, timestampMs: 7, parsed: { name: 'n' } }
  expect(encoded(format.open(newFile), record).toString()).toBe('7,n,h\n')
})

test.each<[string, unknown, RegExp]>([
  ['a missing field', { last: 1 }, /no field value/],
  ['half a surrogate pair', { value: '\ud800', last: 1 }, /field value .*surrogate/],
  ['no number', { value: Number.NaN, last: 1 }, /field value is NaN/],
  ['no date', { value: new Date(Number.NaN), last: 1 }, /field value is no valid date/],
  ['bytes', { value: Buffer.from('a'), last: 1 }, /field value holds bytes/],
  ['a function', { value: () => 1, last: 1 }, /field value is of type function/],
  ['a bigint in an object', { value: { a: 1n }, last: 1 }, /field value has no JSON/],
  ['no object', 7, /no field value/],
  ['null', null, /no field value/],
])('refuses %s and names the field', (_name, record, complaint) => {
  const writer = csv({ columns: ['value', 'last'] }).open(newFile)
  expect(refusal(writer, record)).toMatchObject({ code: 'BAD_RECORD', message: complaint })
})

test('a missing field may be null', () => {
  const writer = csv({ columns: ['value', 'last'], header: false, missing: 'null' }).open(newFile)
  expect(encoded(writer, { last: '' }).toString()).toBe(',""\n')
})

test('a row of one null would be an empty line, which readers skip', () => {
  const one = csv({ columns: ['a'], header: false }).open(newFile)
  expect(refusal(one, { a: null })).toMatchObject({ code: 'BAD_RECORD', message: /empty line/ })
  expect(encoded(one, { a: '' }).toString()).toBe('""\n')
  expect(encoded(csv({ columns: ['a'], header: false, nullText: 'NULL' }).open(newFile), { a: null }).toString()).toBe(
    'NULL\n',
  )
})

test.each([
  { columns: ['a', 'c'] },
  { columns: ['b', 'a'] },
  { columns: ['a', 'b'], delimiter: ';' },
  { columns: ['a', 'b'], quote: "'" },
  { columns: ['a', 'b'], header: false },
  { columns: ['a', 'b'], nullText: 'NULL' },
  { columns: ['b'], idColumn: 'a' },
])('rows of another shape go to a new file: %o', (options) => {
  const state = csv({ columns: ['a', 'b'] }).open(newFile).state!()
  const goingOn = csv(options).open({ length: 10, state })
  expect(goingOn.fits?.({}, { id })).toBe(false)
  expect(csv(options).open({ length: 10 }).fits?.({}, { id })).toBe(false)
  expect(
    csv(options)
      .open({ length: 10, state: { columns: 7 } })
      .fits?.({}, { id }),
  ).toBe(false)
})

test.each<[object, RegExp]>([
  [{ columns: [] }, /columns: name at least one/],
  [{ columns: ['a', 'a'] }, /two columns are called "a"/],
  [{ columns: ['a'], idColumn: 'a' }, /two columns are called "a"/],
  [{ columns: ['a..b'] }, /empty name/],
  [{ columns: [{ field: 'a' }] }, /is no name/],
  [{ columns: ['a'], delimiter: '::' }, /delimiter must be one ASCII character/],
  [{ columns: ['a'], delimiter: '\n' }, /delimiter must be one ASCII character/],
  [{ columns: ['a'], quote: '' }, /quote must be one ASCII character/],
  [{ columns: ['a'], quote: ',' }, /two characters/],
  [{ columns: ['a'], nullText: 'a,b' }, /nullText/],
  [{ columns: ['a'], missing: 'skip' }, /missing must be/],
  [{ columns: ['a'], idForm: 'partition-offset' }, /idForm is for idColumn/],
  [{ columns: ['a'], idColumn: 'x', idForm: 'offset' }, /csv: idForm must be/],
  [{ columns: ['a'], header: 'yes' }, /header must be/],
])('refuses the options %o', (options, complaint) => {
  expect(() => csv(options as never)).toThrow(complaint)
})
