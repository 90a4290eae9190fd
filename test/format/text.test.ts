import fc from 'fast-check'
import { expect, test } from 'vitest'
import { text } from '../../src/format/text.js'
import { encoded, refusal } from './recording-sink.js'

const id = { topic: 'orders', partition: 3, offset: 12_345_678_901_234_567_890n }
const open = { length: 0 }

test('a line a record: strings, bytes, and records that have either as their value', () => {
  const writer = text().open(open)
  expect(encoded(writer, 'grün')).toEqual(Buffer.from('grün\n'))
  expect(encoded(writer, '')).toEqual(Buffer.from('\n'))
  expect(encoded(writer, Uint8Array.of(0xff, 0x00, 0xfe))).toEqual(Buffer.from([0xff, 0x00, 0xfe, 0x0a]))
  expect(encoded(writer, { value: 'a' })).toEqual(Buffer.from('a\n'))
  expect(encoded(writer, { value: Buffer.from([0x80]) })).toEqual(Buffer.from([0x80, 0x0a]))
})

test('the id, a tab, then the original bytes', () => {
  const writer = text({ prefixId: true }).open(open)
  expect(encoded(writer, 'a\tb', { id }).toString()).toBe('3-12345678901234567890\ta\tb\n')
  expect(encoded(writer, Uint8Array.of(0xc3, 0x28), { id })).toEqual(
    Buffer.concat([Buffer.from('3-12345678901234567890\t'), Buffer.from([0xc3, 0x28, 0x0a])]),
  )
  const withTopic = text({ prefixId: 'withTopic' }).open(open)
  expect(encoded(withTopic, 'a', { id }).toString()).toBe('orders-3-12345678901234567890\ta\n')
})

test('what is written can be chosen', () => {
  const writer = text<{ city: string }>({ value: ({ city }) => city.toUpperCase() }).open(open)
  expect(encoded(writer, { city: 'Ulm' }).toString()).toBe('ULM\n')
  const fromContext = text<unknown>({ value: (_, context) => `at ${context.eventTimeMs}` }).open(open)
  expect(encoded(fromContext, null, { eventTimeMs: 7 }).toString()).toBe('at 7\n')
})

test('a second writer goes on where the first stopped', () => {
  const format = text()
  const first = encoded(format.open(open), 'a')
  const second = encoded(format.open({ length: first.length }), 'b')
  expect(Buffer.concat([first, second]).toString()).toBe('a\nb\n')
  expect(format.extension).toBe('txt')
})

test.each([
  ['a line feed', 'a\nb'],
  ['a carriage return', 'a\rb'],
  ['one at the end', 'a\r'],
  ['bytes with a line feed', Buffer.from('a\nb')],
  ['bytes with a carriage return', Buffer.from('\rb')],
])('a value that would be several lines is refused: %s', (_, value) => {
  expect(refusal(text().open(open), value)).toMatchObject({
    code: 'BAD_RECORD',
    message: expect.stringContaining("newlines: 'escape' or 'keep'"),
  })
})

test('or kept, or escaped, and then it can be undone', () => {
  expect(encoded(text({ newlines: 'keep' }).open(open), 'a\r\nb').toString()).toBe('a\r\nb\n')
  const writer = text({ newlines: 'escape' }).open(open)
  expect(encoded(writer, 'a\r\n\\nb').toString()).toBe('a\\r\\n\\\\nb\n')
  expect(encoded(writer, Buffer.from('a\r\n\\nb')).toString()).toBe('a\\r\\n\\\\nb\n')
})

test('escaping: one line, undone to the value, the same for a string and its bytes', () => {
  const writer = text({ newlines: 'escape' }).open(open)
  const value = fc.string({ unit: fc.constantFrom('\n', '\r', '\\', 'n', 'r', 'ü', '\u{1f600}') })
  fc.assert(
    fc.property(value, (original) => {
      const line = encoded(writer, original)
      expect(encoded(writer, Buffer.from(original))).toEqual(line)
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(line.includes('\r')).toBe(false)
      expect(undo(line.toString().slice(0, -1))).toBe(original)
    }),
  )
})

function undo(line: string): string {
  return line.replace(/\\(.)/g, (_, letter: string) => ({ n: '\n', r: '\r', '\\': '\\' })[letter] ?? 'wrong')
}

test.each([
  ['a number', { value: 5 }, 'number'],
  ['nothing', {}, 'undefined'],
  ['null', null, 'undefined'],
  ['a null value', { value: null }, 'null'],
])('what is neither string nor bytes is refused: %s', (_, record, named) => {
  expect(refusal(text<unknown>().open(open), record)).toMatchObject({
    code: 'BAD_RECORD',
    message: expect.stringContaining(named),
  })
})

test('half a surrogate pair is refused: it would come out as another character', () => {
  expect(refusal(text().open(open), 'a\ud800b')).toMatchObject({
    code: 'BAD_RECORD',
    message: expect.stringContaining('surrogate'),
  })
})

test.each([true, 'withTopic'] as const)('a record without an id is refused under prefixId: %s', (prefixId) => {
  expect(refusal(text({ prefixId }).open(open), 'a')).toMatchObject({ code: 'BAD_RECORD' })
})

test('a topic that would break the line is refused', () => {
  const writer = text({ prefixId: 'withTopic' }).open(open)
  expect(refusal(writer, 'a', { id: { ...id, topic: 'a\tb' } })).toMatchObject({ code: 'BAD_RECORD' })
})

test.each([
  ['prefixId', { prefixId: 'always' }],
  ['newlines', { newlines: 'drop' }],
  ['value', { value: 'city' }],
])('wrong options: %s', (name, options) => {
  expect(() => text(options as never)).toThrow(
    expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining(`text: ${name}`) }),
  )
})
