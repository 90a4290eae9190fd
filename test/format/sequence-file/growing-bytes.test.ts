// Bytes put behind one another, beside a dumb way of making the same.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GrowingBytes } from '../../../src/format/sequence-file/growing-bytes.js'

type ValueClass = 'Text' | 'BytesWritable'

/** Hadoop's variable-length integer, from 0 on, as its documentation has it. */
function variable(value: number): Buffer {
  if (value <= 127) return Buffer.of(value)
  const digits = value.toString(16)
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  return Buffer.concat([Buffer.of(256 - 112 - bytes.length), bytes])
}

function dumb(valueClass: ValueClass, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as string)
  const four = Buffer.alloc(4)
  four.writeInt32BE(bytes.length)
  return Buffer.concat([valueClass === 'Text' ? variable(bytes.length) : four, bytes])
}

function put(valueClass: ValueClass, contents: readonly (string | Uint8Array)[]): Buffer {
  const bytes = new GrowingBytes()
  for (const content of contents) bytes.putContent(valueClass, content)
  expect(bytes.length).toBe(bytes.filled.length)
  return Buffer.from(bytes.filled)
}

const characters = ['a', '\u007f', '\u0080', '\u07ff', '\u0800', '\uffff', '😀']

test.each([0, 1, 42, 43, 48, 49, 63, 64, 85, 127, 128, 255, 256, 16_384, 16_385, 21_845, 21_846, 65_535, 65_536])(
  'texts of %d characters, whatever their bytes are',
  (length) => {
    for (const character of characters) {
      const texts = [character.repeat(length), `${'x'.repeat(Math.max(length - 1, 0))}${character}`]
      const contents = texts.flatMap((text) => [text, Buffer.from(text), ''])
      for (const valueClass of ['Text', 'BytesWritable'] as const) {
        const expected = Buffer.concat(contents.map((content) => dumb(valueClass, content)))
        expect(put(valueClass, contents).equals(expected)).toBe(true)
      }
    }
  },
)

test('any texts, one after the other', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom(...characters), { maxLength: 140 }), { maxLength: 5 }),
      fc.constantFrom<ValueClass>('Text', 'BytesWritable'),
      (letters, valueClass) => {
        const texts = letters.map((each) => each.join(''))
        const expected = Buffer.concat(texts.map((text) => dumb(valueClass, text)))
        expect(put(valueClass, texts).equals(expected)).toBe(true)
      },
    ),
  )
})

test('numbers are as Hadoop writes them, and places that were left take four bytes', () => {
  for (const value of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 24 - 1, 2 ** 24, 2 ** 31 - 1]) {
    const bytes = new GrowingBytes()
    bytes.leave(4)
    bytes.putVariable(value)
    bytes.setInt32(0, value)
    const filled = Buffer.from(bytes.filled)
    expect(filled.readInt32BE(0)).toBe(value)
    expect(filled.subarray(4)).toEqual(variable(value))
  }
})

test('what is begun anew has nothing of before in it', () => {
  const bytes = new GrowingBytes()
  for (const begin of [() => bytes.clear(), () => bytes.free()]) {
    for (const length of [10, 100_000]) {
      bytes.putContent('Text', 'x'.repeat(length))
      begin()
      expect(bytes.length).toBe(0)
      bytes.putBytes(Buffer.of(7))
      expect([...bytes.filled]).toEqual([7])
      begin()
    }
  }
})
