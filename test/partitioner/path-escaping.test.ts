import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkPath } from '../../src/file-system/path.js'
import { escapePathName, keyValueName, plainName, unescapePathName } from '../../src/partitioner/path-escaping.js'

test('the characters that Hive escapes, and no others', () => {
  const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
  const kept = ascii.filter((character) => escapePathName(character) === character).join('')
  expect(kept).toBe(' !$&()+,-.0123456789;<>@ABCDEFGHIJKLMNOPQRSTUVWXYZ_`abcdefghijklmnopqrstuvwxyz|}~')
  expect(escapePathName('a/b:c%d=e')).toBe('a%2Fb%3Ac%25d%3De')
  expect(escapePathName('\n\u007f')).toBe('%0A%7F')
  expect(escapePathName('日本 ü')).toBe('日本 ü')
})

test('nothing that looks escaped is mistaken for it, and stray percent signs are taken as Hive takes them', () => {
  expect(escapePathName('%2F')).toBe('%252F')
  expect(unescapePathName('%252F')).toBe('%2F')
  expect(unescapePathName('100%')).toBe('100%')
  expect(unescapePathName('%zz%2f')).toBe('%zz/')
})

const special = fc.constantFrom('%', '/', ':', '=', '.', '_', '{', '}', '^', '2', 'F', '\u0000', '\n', 'ü')
const texts = fc.oneof(fc.string({ unit: special, maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }))

test('what was escaped comes back', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(unescapePathName(escapePathName(text))).toBe(text)
    }),
  )
  fc.assert(
    fc.property(texts, (text) => {
      fc.pre(text !== '' && Buffer.byteLength(text) <= 80)
      expect(unescapePathName(plainName(text))).toBe(text)
    }),
  )
})

test('every name is one that the file systems take, and different texts have different names', () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      fc.pre(a !== '' && Buffer.byteLength(a) <= 80 && Buffer.byteLength(b) <= 80)
      for (const name of [plainName(a), keyValueName('key', a), keyValueName('key', b)]) {
        checkPath(name, 'create')
        expect(name).not.toContain('/')
        expect(name).not.toContain(':')
        expect(name).not.toMatch(/^[._]/)
      }
      expect(keyValueName('key', a) === keyValueName('key', b)).toBe(a === b)
    }),
  )
})

test.each([
  ['.', '%2E'],
  ['..', '%2E.'],
  ['../x', '%2E.%2Fx'],
  ['_x', '%5Fx'],
  ['.hidden', '%2Ehidden'],
  ['a.b_', 'a.b_'],
])('a value alone is never hidden and never leads out: %s', (value, name) => {
  expect(plainName(value)).toBe(name)
})

test('255 bytes are a name, one more is none', () => {
  expect(keyValueName('k', 'a'.repeat(253))).toHaveLength(255)
  expect(() => keyValueName('k', 'a'.repeat(254))).toThrow(
    expect.objectContaining({ code: 'BAD_RECORD', message: expect.stringContaining('256 bytes') }),
  )
  expect(plainName('ü'.repeat(127))).toHaveLength(127)
  expect(() => plainName('ü'.repeat(128))).toThrow(expect.objectContaining({ code: 'BAD_RECORD' }))
  expect(() => plainName('/'.repeat(86))).toThrow(expect.objectContaining({ code: 'BAD_RECORD' }))
})

test('half a surrogate pair and the empty string are no names', () => {
  expect(() => escapePathName('a\udc00')).toThrow(
    expect.objectContaining({ code: 'BAD_RECORD', message: expect.stringContaining('surrogate') }),
  )
  expect(() => plainName('')).toThrow(expect.objectContaining({ code: 'BAD_RECORD' }))
})
