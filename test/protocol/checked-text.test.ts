// Text with a checksum: what comes back is what was written, and whatever was done to it shows.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeChecked, encodeChecked, TextDamaged } from '../../src/protocol/checked-text.js'
import { checkProperty } from './sample-records.js'

test('one line of JSON, then one with the CRC-32C of its UTF-8 bytes', () => {
  expect(Buffer.from(encodeChecked('{"city":"Köln"}')).toString()).toBe('{"city":"Köln"}\n{"crc32c":"84741b04"}\n')
  // The check value of CRC-32C, from its definition (RFC 3720 and others): of the digits 1 to 9.
  expect(Buffer.from(encodeChecked('123456789')).toString()).toBe('123456789\n{"crc32c":"e3069283"}\n')
  expect(decodeChecked(Buffer.from('123456789\n{"crc32c":"e3069283"}\n'))).toBe(123_456_789)
})

test('any value comes back', () => {
  checkProperty(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value)
      expect(decodeChecked(encodeChecked(json))).toEqual(JSON.parse(json))
    }),
  )
})

test('a flipped bit shows, wherever it is', () => {
  const good = encodeChecked('{"a":"bcd","e":[1,2,30]}')
  expect(good.byteLength).toBeGreaterThan(30)
  for (let bit = 0; bit < good.byteLength * 8; bit++) {
    const bad = Uint8Array.from(good)
    bad[bit >> 3]! ^= 1 << (bit & 7)
    expect(() => decodeChecked(bad), `bit ${bit}`).toThrow(TextDamaged)
  }
})

test('a cut shows, wherever it is, and so does what was added', () => {
  const good = encodeChecked('{"a":"bcd"}')
  for (let length = 0; length < good.byteLength; length++) {
    expect(() => decodeChecked(good.subarray(0, length)), `cut to ${length}`).toThrow(TextDamaged)
  }
  expect(() => decodeChecked(Buffer.concat([good, Buffer.from('\n')]))).toThrow(TextDamaged)
  expect(() => decodeChecked(Buffer.concat([good, good]))).toThrow(TextDamaged)
})

test.each([
  ['nothing', '', /first line does not end/],
  ['JSON alone', '{"a":1}', /first line does not end/],
  ['JSON on two lines', '{"a":1,\n"b":2}\n', /second line is no checksum/],
  ['another checksum', '{"a":1}\n{"crc32c":"00000000"}\n', /CRC-32C is [0-9a-f]{8}, not 00000000/],
  ['capital letters', '123456789\n{"crc32c":"E3069283"}\n', /second line is no checksum/],
])('%s is said in words', (_what, text, complaint) => {
  expect(() => decodeChecked(Buffer.from(text))).toThrow(complaint)
})
