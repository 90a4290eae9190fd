import { expect, test } from 'vitest'
import { type RecordWithFields, sourceFields } from '../../src/model/source-fields.js'

const record: RecordWithFields = {
  id: { topic: 'orders', partition: 2, offset: 5n },
  key: Buffer.from('schlüssel'),
  headers: { trace: 'abc', 'a.b': Buffer.from('dotted'), twice: ['first', Buffer.from('last')], nothing: undefined },
  timestampMs: 1_700_000_000_000,
  parsed: { country: 'de', $key: 'its own', nested: { $partition: 'inner' } },
}
const read = (path: string, from: RecordWithFields = record) => sourceFields(path)(from, {})

test('what the source knows has names of its own', () => {
  expect(read('$key')).toBe('schlüssel')
  expect(read('$topic')).toBe('orders')
  expect(read('$partition')).toBe(2)
  expect(read('$offset')).toBe(5n)
  expect(read('$timestamp')).toBe(1_700_000_000_000)
  expect(read('$headers.trace')).toBe('abc')
  expect(read('$headers.a.b')).toBe('dotted')
  expect(read('$headers.twice')).toBe('last')
})

test('every other path is looked up in the parsed value', () => {
  expect(read('country')).toBe('de')
  expect(read('\\$key')).toBe('its own')
  expect(read('nested.$partition')).toBe('inner')
  expect(read('country', { ...record, parsed: undefined })).toBeUndefined()
})

test('what is not there is missing', () => {
  expect(read('$key', { ...record, key: null })).toBeNull()
  expect(read('$headers.other')).toBeUndefined()
  expect(read('$headers.nothing')).toBeUndefined()
  expect(read('$headers.toString')).toBeUndefined()
  expect(read('$headers.twice', { ...record, headers: { twice: [] } })).toBeUndefined()
})

test('bytes that are no text are refused, not replaced', () => {
  expect(() => read('$key', { ...record, key: Uint8Array.of(0xff) })).toThrow(
    expect.objectContaining({ code: 'BAD_RECORD', message: 'field $key is not UTF-8' }),
  )
  expect(() => read('$headers.a', { ...record, headers: { a: Uint8Array.of(0x80) } })).toThrow(
    expect.objectContaining({ code: 'BAD_RECORD', message: 'field $headers.a is not UTF-8' }),
  )
  expect(read('$key', { ...record, key: Buffer.from('\ufeffa') })).toBe('\ufeffa')
})

test.each(['$value', '$', '$headers', '$headers.', '$key.a', '$toString'])('an unknown reserved name: %s', (path) => {
  expect(() => sourceFields(path)).toThrow(
    expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining('$headers.<name>') }),
  )
})

test('no path', () => {
  expect(() => sourceFields(5 as never)).toThrow(expect.objectContaining({ code: 'WRONG_OPTIONS' }))
})
