import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonLines } from '../../src/format/json-lines.js'
import { encoded, refusal } from './recording-sink.js'

const id = { topic: 'orders', partition: 3, offset: 17n }
const open = { length: 0 }
const plain = jsonLines().open(open)
const withId = jsonLines({ idField: '_id' }).open(open)

test('a value a line', () => {
  expect(encoded(plain, { a: 1, b: 'grün\n' }).toString()).toBe('{"a":1,"b":"grün\\n"}\n')
  expect(encoded(plain, [1, null]).toString()).toBe('[1,null]\n')
  expect(encoded(plain, 'text').toString()).toBe('"text"\n')
  expect(encoded(plain, null).toString()).toBe('null\n')
  expect(jsonLines().extension).toBe('jsonl')
})

test('the id is the first field', () => {
  expect(encoded(withId, { a: 1 }, { id }).toString()).toBe('{"_id":"3-17","a":1}\n')
  expect(encoded(withId, {}, { id }).toString()).toBe('{"_id":"3-17"}\n')
  const across = jsonLines({ idField: 'id"', idForm: 'topic-partition-offset' }).open(open)
  expect(encoded(across, { a: 1 }, { id }).toString()).toBe('{"id\\"":"orders-3-17","a":1}\n')
  expect(JSON.parse(encoded(across, {}, { id: { ...id, topic: 'a"\n' } }).toString())).toEqual({ 'id"': 'a"\n-3-17' })
})

test('what is written can be chosen', () => {
  const writer = jsonLines<{ parsed: object }>({ value: ({ parsed }) => parsed, idField: '_id' }).open(open)
  expect(encoded(writer, { parsed: { a: 1 } }, { id }).toString()).toBe('{"_id":"3-17","a":1}\n')
})

test('any JSON comes back, on one line, half surrogate pairs too', () => {
  const unit = fc.constantFrom('a', '\n', '\u2028', '\ud800', '\udfff', '\u{1f600}', '"', '\\', '\u0000')
  const value = fc.jsonValue({ stringUnit: unit })
  fc.assert(
    fc.property(value, (record) => {
      const line = encoded(plain, record)
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(JSON.parse(line.toString())).toEqual(JSON.parse(JSON.stringify(record)))
      // Nothing of it was replaced on its way through UTF-8.
      expect(line.includes('\ufffd')).toBe(false)
    }),
  )
})

test('with an id: the same JSON and one field more, before the others', () => {
  const record = fc.dictionary(fc.string(), fc.jsonValue()).filter((object) => !Object.hasOwn(object, '_id'))
  fc.assert(
    fc.property(record, (object) => {
      const line = encoded(withId, object, { id }).toString()
      const withoutField = line.replace(/^\{"_id":"3-17",?/, '{')
      expect(withoutField).toBe(encoded(plain, object).toString())
    }),
  )
})

class WithJson {
  readonly #json: unknown
  constructor(json: unknown) {
    this.#json = json
  }
  toJSON(): unknown {
    return this.#json
  }
}

const cycle: { self?: unknown } = {}
cycle.self = cycle

test.each([
  ['undefined', undefined, 'undefined'],
  ['a function', () => 1, 'function'],
  ['a symbol', Symbol('a'), 'symbol'],
  ['a bigint', { a: 1n }, 'BigInt'],
  ['a cycle', cycle, 'circular'],
  ['a toJSON that answers nothing', new WithJson(undefined), 'has no JSON'],
])('a record without JSON is refused: %s', (_, record, named) => {
  for (const writer of [plain, withId]) {
    expect(refusal(writer, record, { id })).toMatchObject({
      code: 'BAD_RECORD',
      message: expect.stringContaining(named),
    })
  }
})

test.each([
  ['a string', 'text'],
  ['an array', [1]],
  ['null', null],
  ['a Date', new Date(0)],
  ['a boxed string', Object('a') as unknown],
  ['a toJSON that answers a number', new WithJson(5)],
])('a record without a place for the id is refused: %s', (_, record) => {
  expect(refusal(withId, record, { id })).toMatchObject({
    code: 'BAD_RECORD',
    message: expect.stringContaining('no object'),
  })
})

test.each([
  ['a field', { a: 1, _id: 5 }],
  ['a field without a value', { _id: undefined }],
  ['a field that toJSON adds', new WithJson({ _id: 5 })],
])('a record with a field of the name is refused: %s', (_, record) => {
  expect(refusal(withId, record, { id })).toMatchObject({
    code: 'BAD_RECORD',
    message: expect.stringContaining('choose another idField'),
  })
})

test('a name that objects inherit is no field of theirs', () => {
  const writer = jsonLines({ idField: 'constructor' }).open(open)
  expect(encoded(writer, { a: 1 }, { id }).toString()).toBe('{"constructor":"3-17","a":1}\n')
})

test('a record without an id is refused under idField', () => {
  expect(refusal(withId, { a: 1 })).toMatchObject({ code: 'BAD_RECORD', message: expect.stringContaining('no id') })
})

test.each([
  ['idField', { idField: '' }],
  ['idForm', { idForm: 'partition-offset' }],
  ['idForm', { idField: '_id', idForm: 'offset' }],
  ['value', { value: 'parsed' }],
])('wrong options: %s %#', (name, options) => {
  expect(() => jsonLines(options as never)).toThrow(
    expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining(`jsonLines: ${name}`) }),
  )
})
