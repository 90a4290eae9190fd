import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordBuffer } from '../../src/engine/record-buffer.js'

const taken = (buffer: RecordBuffer): Buffer => Buffer.concat(buffer.take())

test('text and bytes come out as they came in, whatever their lengths', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.string({ unit: 'grapheme', maxLength: 2_000 }),
    fc.integer({ min: 0, max: 100_000 }).map((length) => 'ü1€2'.repeat(length / 4)),
  )
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 3_000 }),
    fc.integer({ min: 0, max: 200_000 }).map((length) => new Uint8Array(length).fill(length)),
  )
  const step = fc.oneof(
    { weight: 8, arbitrary: text.map((add) => ({ text: add })) },
    { weight: 4, arbitrary: bytes.map((add) => ({ bytes: add })) },
    { weight: 1, arbitrary: fc.constant('take' as const) },
    { weight: 2, arbitrary: fc.constant('measure' as const) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const buffer = new RecordBuffer()
      let expected: Buffer[] = []
      for (const one of steps) {
        if (one === 'take') {
          expect(taken(buffer).equals(Buffer.concat(expected))).toBe(true)
          expected = []
        } else if (one === 'measure') {
          const length = Buffer.concat(expected).length
          expect(buffer.byteLength).toBe(length)
          expect(buffer.bytesHeld).toBeLessThanOrEqual(length)
        } else if ('text' in one) {
          buffer.text(one.text)
          expected.push(Buffer.from(one.text))
        } else {
          buffer.bytes(one.bytes)
          expected.push(Buffer.from(one.bytes))
        }
      }
      expect(taken(buffer).equals(Buffer.concat(expected))).toBe(true)
      expect(buffer.take()).toEqual([])
      expect(buffer.byteLength).toBe(0)
    }),
  )
})

test('bytes are copied: the caller may use them again', () => {
  const buffer = new RecordBuffer()
  const bytes = Buffer.from('first')
  buffer.bytes(bytes)
  bytes.fill('x')
  expect(taken(buffer).toString()).toBe('first')
})

test('what was taken is not touched again', () => {
  const buffer = new RecordBuffer()
  buffer.bytes(Buffer.from('first'))
  const first = buffer.take()
  buffer.bytes(Buffer.from('second'))
  buffer.text('third')
  expect(Buffer.concat(first).toString()).toBe('first')
  expect(taken(buffer).toString()).toBe('secondthird')
})

const line = 'a line that is about a hundred bytes long, as lines so often are: give or take a few, what is it to us?\n'
const ofLines = (lines: number, add: (buffer: RecordBuffer) => void): Uint8Array[] => {
  const buffer = new RecordBuffer()
  for (let i = 0; i < lines; i++) add(buffer)
  return buffer.take()
}
const total = (pieces: readonly Uint8Array[]): number => pieces.reduce((sum, piece) => sum + piece.byteLength, 0)

test.each<[string, (buffer: RecordBuffer) => void]>([
  ['text', (buffer) => buffer.text(line)],
  ['bytes', (buffer) => buffer.bytes(Buffer.from(line))],
])('much %s comes out in few pieces, with a third of room to spare at most', (_, add) => {
  const pieces = ofLines(10_000, add)
  expect(pieces.length).toBeLessThan(total(pieces) / 20_000)
  // Small pieces share their memory with others'.
  const own = pieces.filter(({ buffer }) => buffer.byteLength > Buffer.poolSize)
  expect(own.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)).toBeLessThan(total(pieces) * 1.5)
})

test('little takes one piece', () => {
  expect(ofLines(9, (buffer) => buffer.text(line))).toHaveLength(1)
  expect(ofLines(1, (buffer) => buffer.text('x'.repeat(1_024)))).toHaveLength(1)
})
