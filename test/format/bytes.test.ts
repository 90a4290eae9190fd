import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLength, writeLength } from '../../src/format/bytes/framing.js'
import { bytes } from '../../src/format/bytes.js'
import { encoded, refusal } from './recording-sink.js'

const id = { topic: 'orders', partition: 3, offset: 17n }
const newFile = { length: 0 }

test('a length and the bytes', () => {
  const fixed = bytes({ framing: 'uint32be' }).open(newFile)
  expect(encoded(fixed, 'grün').toString('latin1')).toBe('\0\0\0\u0005gr\u00c3\u00bcn')
  expect(encoded(fixed, { value: Buffer.from([0, 10, 13]) })).toEqual(Buffer.from([0, 0, 0, 3, 0, 10, 13]))
  expect(encoded(fixed, '')).toEqual(Buffer.from([0, 0, 0, 0]))
  const varint = bytes({ framing: 'varint' }).open(newFile)
  expect(encoded(varint, 'x'.repeat(300)).subarray(0, 3)).toEqual(Buffer.from([0xac, 0x02, 0x78]))
  expect(encoded(varint, '')).toEqual(Buffer.from([0]))
})

test('the id is a frame at the beginning of the frame', () => {
  const writer = bytes({ framing: 'varint', prefixId: true }).open(newFile)
  expect(encoded(writer, 'ab', { id }).toString()).toBe('\u0007\u00043-17ab')
  expect(encoded(writer, '', { id }).toString()).toBe('\u0005\u00043-17')
  const across = bytes({ framing: 'uint32be', prefixId: 'withTopic' }).open(newFile)
  expect(encoded(across, 'ab', { id }).toString()).toBe('\0\0\0\u0011\0\0\0\u000borders-3-17ab')
  expect(refusal(writer, 'ab')).toMatchObject({ code: 'BAD_RECORD', message: /no id/ })
})

test.each(['uint32be', 'varint'] as const)('any length comes back: %s', (framing) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (length) => {
      const into = Buffer.alloc(5)
      const sizeBytes = writeLength(framing, length, into)
      expect(readLength(framing, into, 0)).toEqual({ length, sizeBytes })
      for (let short = 0; short < sizeBytes; short++)
        expect(readLength(framing, into.subarray(0, short), 0)).toBeUndefined()
    }),
  )
  expect(() => readLength('varint', Buffer.alloc(6, 0xff), 0)).toThrow(RangeError)
})

test('20 MB are a record like another', () => {
  const value = Buffer.alloc(20_000_000, 'x')
  const frame = encoded(bytes({ framing: 'varint' }).open(newFile), value)
  expect(frame.length).toBe(20_000_004)
  expect(frame.subarray(4).equals(value)).toBe(true)
})

test.each([null, undefined, 7, {}, { value: null }, '\udc00'])('refuses %o', (record) => {
  const writer = bytes<unknown>({ framing: 'varint' }).open(newFile)
  expect(refusal(writer, record)).toMatchObject({ code: 'BAD_RECORD' })
})

test('another framing, or ids where there were none, want a new file', () => {
  const state = bytes({ framing: 'varint' }).open(newFile).state!()
  const fits = (options: Parameters<typeof bytes>[0], before: typeof state | undefined = state): boolean =>
    bytes(options)
      .open(before === undefined ? { length: 3 } : { length: 3, state: before })
      .fits?.('', {}) ?? true
  expect(fits({ framing: 'varint' })).toBe(true)
  expect(fits({ framing: 'uint32be' })).toBe(false)
  expect(fits({ framing: 'varint', prefixId: true })).toBe(false)
  expect(fits({ framing: 'varint' }, { framing: 7 })).toBe(false)
})

test.each([{}, { framing: 'line' }, { framing: 'varint', prefixId: 'yes' }, { framing: 'varint', value: 'x' }])(
  'refuses the options %o',
  (options) => {
    expect(() => bytes(options as never)).toThrow(/bytes: /)
  },
)
