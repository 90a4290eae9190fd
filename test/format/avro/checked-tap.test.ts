// The tap that writes strings quicker than the library's own must write the same bytes.
import avsc, { type Type } from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkedTap, HalfSurrogatePair } from '../../../src/format/avro/checked-tap.js'

const string = avsc.Type.forSchema('string') as Type & { _write(tap: object, value: string): void }
const map = avsc.Type.forSchema({ type: 'map', values: 'null' }) as typeof string
const GUARD = 0xaa

/** What it writes behind `before` bytes of a buffer with so many to spare; `undefined` where the room is too little. */
function written(text: string, { before, roomBytes }: { before: number; roomBytes: number }): Buffer | undefined {
  const buffer = Buffer.alloc(before + roomBytes, GUARD)
  const tap = checkedTap()
  tap.buf = buffer
  tap.pos = before
  string._write(tap, text)
  if (buffer.subarray(0, before).some((byte) => byte !== GUARD)) throw new Error('it wrote before its place')
  return tap.pos <= buffer.length ? buffer.subarray(before, tap.pos) : undefined
}

const characters = ['a', '\u007f', '\u0080', 'é', '\u07ff', '\u0800', '한', '\uffff', '😀']

test.each([0, 1, 31, 32, 63, 64, 65, 127, 128, 2_730, 2_731, 8_191, 8_192])(
  'strings of %d characters are what the library writes, wherever there is room',
  (length) => {
    for (const character of characters) {
      const texts = [
        character.repeat(length),
        `${'x'.repeat(Math.max(length - 1, 0))}${character}`,
        `${character}${'x'.repeat(length)}`,
      ]
      for (const text of texts) {
        const expected = string.toBuffer(text)
        for (const spareBytes of [0, 1, 2, length * 3])
          expect(written(text, { before: 5, roomBytes: expected.length + spareBytes })?.equals(expected)).toBe(true)
        for (const missingBytes of [1, 2, expected.length])
          expect(written(text, { before: 5, roomBytes: Math.max(expected.length - missingBytes, 0) })).toBeUndefined()
      }
    }
  },
)

test('any string is what the library writes, and half a surrogate pair is refused, in keys of maps too', () => {
  const tap = checkedTap()
  tap.buf = Buffer.alloc(10_000)
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...characters), { maxLength: 200 }), (letters) => {
      const text = letters.join('')
      expect(written(text, { before: 0, roomBytes: 1_000 })?.equals(string.toBuffer(text))).toBe(true)
      for (const half of ['\ud800', '\udc00', '\udbff']) {
        expect(() => written(text + half, { before: 0, roomBytes: 1_000 })).toThrow(HalfSurrogatePair)
        expect(() => written(half + text, { before: 0, roomBytes: 1 })).toThrow(HalfSurrogatePair)
        tap.pos = 0
        expect(() => map._write(tap, { [half + text]: null } as never)).toThrow(HalfSurrogatePair)
      }
    }),
  )
})
