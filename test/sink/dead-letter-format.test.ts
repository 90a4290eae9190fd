// A refused record as a line: everything that is known of it can be had back.
import { expect, test } from 'vitest'
import { DeadLetter, deadLetterFormat, type RefusedRecord } from '../../src/sink/dead-letter-format.js'

function lineOf(record: RefusedRecord, reason = 'bad'): string {
  let line = ''
  const sink = {
    text: (text: string) => {
      line += text
    },
    bytes: () => {
      throw new Error('only text')
    },
  }
  deadLetterFormat.open({ length: 0 }).encode(new DeadLetter(record, reason), {}, sink)
  return line
}

const id = { topic: 'lines', partition: 2, offset: 2n ** 60n }

test('text stays text, in one line', () => {
  const line = lineOf({ id, timestampMs: 5, key: null, value: Buffer.from('{"a":\n"ü'), headers: {} }, 'no\nJSON')
  expect(line.indexOf('\n')).toBe(line.length - 1)
  expect(JSON.parse(line)).toEqual({
    id: `lines-2-${2n ** 60n}`,
    topic: 'lines',
    partition: 2,
    offset: String(2n ** 60n),
    reason: 'no\nJSON',
    timestampMs: 5,
    value: '{"a":\n"ü',
  })
})

test('bytes that are no UTF-8 come in base64', () => {
  const bytes = Buffer.from([0xff, 0, 0xfe])
  const headers = { a: Buffer.from('x'), b: bytes, c: ['y', bytes], d: undefined }
  const line = JSON.parse(lineOf({ id, timestampMs: 5, key: bytes, value: bytes, headers })) as Record<string, unknown>
  expect(line).toMatchObject({
    keyBase64: bytes.toString('base64'),
    valueBase64: bytes.toString('base64'),
    headers: { a: 'x', b: { base64: bytes.toString('base64') }, c: ['y', { base64: bytes.toString('base64') }] },
  })
  expect(line).not.toHaveProperty('value')
})

test('a tombstone has the value null', () => {
  expect(JSON.parse(lineOf({ id, timestampMs: 5, value: null }))).toHaveProperty('value', null)
})
