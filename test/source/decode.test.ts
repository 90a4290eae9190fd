// Values as JSON: what is parsed, and what is refused with which reason.
import { expect, test } from 'vitest'
import { decoderOf } from '../../src/source/decode.js'
import type { SourceRecord } from '../../src/source/source.js'

function record(value: Uint8Array | null, parsed?: unknown): SourceRecord {
  return { id: { topic: 't', partition: 0, offset: 0n }, key: null, value, headers: {}, timestampMs: 0, parsed }
}

const decode = decoderOf('json')

test('sets what the value is as JSON, also of a view of a larger buffer and behind a byte order mark', () => {
  for (const value of [
    Buffer.from('{"a":"ü"}'),
    new Uint8Array(Buffer.from('xx{"a":"ü"}')).subarray(2),
    Buffer.from('\ufeff{"a":"ü"}'),
  ]) {
    const one = record(value)
    expect(decode(one)).toBeUndefined()
    expect(one.parsed).toEqual({ a: 'ü' })
  }
})

test('leaves tombstones, and what was parsed already', () => {
  const tombstone = record(null)
  expect(decode(tombstone)).toBeUndefined()
  expect(tombstone.parsed).toBeUndefined()
  const parsed = record(Buffer.from('no JSON'), { a: 1 })
  expect(decode(parsed)).toBeUndefined()
  expect(parsed.parsed).toEqual({ a: 1 })
})

test.each([
  { value: Buffer.from('{"a":'), says: /no JSON: / },
  { value: Buffer.from(''), says: /no JSON: / },
  { value: Buffer.from([0x22, 0xff, 0x22]), says: /not UTF-8/ },
])('refuses $value', ({ value, says }) => {
  const one = record(value)
  expect(decode(one)).toMatch(says)
  expect(one.parsed).toBeUndefined()
})

test('a reason is short, however long the value', () => {
  expect(decode(record(Buffer.from('x'.repeat(100_000))))!.length).toBeLessThan(400)
})

test('none: leaves everything as bytes', () => {
  const one = record(Buffer.from('no JSON'))
  expect(decoderOf('none')(one)).toBeUndefined()
  expect(one.parsed).toBeUndefined()
})
