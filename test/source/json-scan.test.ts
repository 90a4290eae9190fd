// What the scan is sure of is compared with JSON.parse and JSON.stringify.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonScan } from '../../src/source/json-scan.js'

const scan = new JsonScan()

/** In the middle of other bytes, which must not be looked at. */
function look(text: string | Uint8Array): boolean {
  const value = Buffer.from(text as string)
  const bytes = Buffer.concat([Buffer.from('"x'), value, Buffer.from('}"1 ')])
  return scan.scan(bytes, 2, 2 + value.length)
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The three promises, for any text. */
function check(text: string): void {
  if (!look(text)) return
  expect(parses(text), `sure of what is no JSON: ${text}`).toBe(true)
  const parsed = JSON.parse(text) as Record<string, unknown>
  if (scan.isAsWritten) expect(JSON.stringify(parsed)).toBe(text)
  for (const name of [...Object.keys(parsed), 'nothing', '', 'toString', '__proto__']) {
    expect(scan.hasField(name)).toBe(Object.hasOwn(parsed, name))
    expect(scan.field(name)).toEqual(Object.hasOwn(parsed, name) ? parsed[name] : undefined)
  }
}

test.each([
  '{}',
  '{"a":1}',
  '{"key":"de","n":-12.5,"t":true,"f":false,"z":null,"s":"ü日本𝄞","e":""}',
  '{"a":{"b":[1,2,{"c":[]},[]],"d":{}},"e":[{}]}',
  '{"total":0.05,"small":0.000001,"many":123456789012345}',
  '{"toJSON":1,"__proto__":{"x":1},"constructor":2}',
  '{"\u007f":"\u2028"}',
])('is sure of %s, and that it is written so', (text) => {
  expect(look(text)).toBe(true)
  expect(scan.isAsWritten).toBe(true)
  check(text)
})

test.each([
  ['a space', '{"a": 1}'],
  ['a space behind a comma', '{"a":1, "b":2}'],
  ['a tab before the end', '{"a":1\t}'],
  ['spaces in an array', '{"a":[1, 2]}'],
  ['an escape that needs none', '{"a":"\\u0041"}'],
  ['an escaped slash', '{"a":"\\/"}'],
  ['any escape', '{"a":"\\n"}'],
  ['a name twice', '{"a":1,"b":2,"a":3}'],
  ['a name twice further in', '{"o":{"a":1,"a":3}}'],
  ['a name that is an index', '{"b":1,"0":2}'],
  ['an exponent', '{"a":1e5}'],
  ['a zero at the end', '{"a":1.50}'],
  ['a fraction of nothing', '{"a":1.0}'],
  ['minus zero', '{"a":-0}'],
  ['a number too small', '{"a":0.0000001}'],
  ['more digits than a double has', '{"a":12345678901234567890}'],
  ['more digits behind the point', '{"a":0.1234567890123456789}'],
])('is sure, but not that it is written so: %s', (_, text) => {
  expect(look(text)).toBe(true)
  expect(scan.isAsWritten).toBe(false)
  check(text)
})

test.each([
  '',
  '{',
  '{"a"',
  '{"a":',
  '{"a":1',
  '{"a":1,',
  '{"a":1,}',
  '{,}',
  '{"a":1}}',
  '{"a":1}{"b":2}',
  '{"a":1},',
  '{"a" 1}',
  '{a:1}',
  "{'a':1}",
  '{"a":01}',
  '{"a":-}',
  '{"a":1.}',
  '{"a":.5}',
  '{"a":1e}',
  '{"a":1e+}',
  '{"a":+1}',
  '{"a":NaN}',
  '{"a":tru}',
  '{"a":nul',
  '{"a":truee}',
  '{"a":"\\x"}',
  '{"a":"\\u00g0"}',
  '{"a":"\\u00',
  '{"a":"\t"}',
  '{"a":"b}',
  '{"a":[1,]}',
  '{"a":[1 2]}',
  '{"a":[}',
  '{"a":[1}',
  '{"a":1]',
  '{"a":\u00a01}',
])('is not sure of %j, which is no JSON', (text) => {
  expect(parses(text)).toBe(false)
  expect(look(text)).toBe(false)
})

test('leaves to JSON.parse what is no object, names with escapes, depth and numbers of fields', () => {
  for (const text of ['1', '"a"', '[]', 'null', ' {}', '{} ', '\ufeff{}', '{"\\u0061":1}'])
    expect(look(text)).toBe(false)
  expect(look(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)).toBe(false)
  expect(look(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`)).toBe(false)
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, i]))
  expect(look(JSON.stringify(many))).toBe(false)
  const some = JSON.stringify(Object.fromEntries(Object.entries(many).slice(0, 100)))
  expect(look(some)).toBe(true)
  expect(scan.isAsWritten).toBe(false)
  check(some)
})

test('is not sure of bytes that are no UTF-8', () => {
  expect(look(Uint8Array.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]))).toBe(false)
  expect(look(Uint8Array.from([...Buffer.from('{"'), 0xc3, ...Buffer.from('":1}')]))).toBe(false)
})

test('tells texts that were told before from others in the same place of the table', () => {
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 5_000; i++) {
      look(`{"k":"v${i}"}`)
      expect(scan.field('k')).toBe(`v${i}`)
    }
  }
  look('{"k":""}')
  expect(scan.field('k')).toBe('')
})

const names = fc.oneof(fc.constantFrom('a', 'b', '0', '10', 'é', '__proto__', ''), fc.string({ unit: 'binary' }))
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.integer({ min: -99_999, max: 99_999 }).map((cents) => cents / 100),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 5 }),
  ),
})).value

test('any object: as JSON.stringify writes it, and with spaces', () => {
  let written = 0
  fc.assert(
    fc.property(fc.dictionary(names, values, { maxKeys: 8 }), fc.constantFrom(undefined, 1, '\t'), (object, indent) => {
      const text = JSON.stringify(object, undefined, indent)
      check(text)
      if (look(text) && scan.isAsWritten) written += 1
    }),
    { numRuns: 2_000 },
  )
  // Else nothing was checked.
  expect(written).toBeGreaterThan(100)
})

test('any numbers, in whatever form', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'00123456789'), minLength: 1, maxLength: 18 })
  const number = fc
    .tuple(
      fc.constantFrom('', '-'),
      digits,
      fc.option(digits),
      fc.option(fc.tuple(fc.constantFrom('e', 'E+', 'e-'), digits)),
    )
    .map(([sign, whole, fraction, exponent]) => {
      return `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : exponent.join('')}`
    })
  fc.assert(
    fc.property(number, (text) => {
      expect(look(`{"n":${text}}`)).toBe(parses(text))
      check(`{"n":${text}}`)
    }),
    { numRuns: 5_000 },
  )
})

test('any object with bytes changed, put in and left out', () => {
  const pieces = fc.constantFrom(...'{}[]",:\\ \n0123456789-+.eEtrufalsn\u00e9')
  fc.assert(
    fc.property(
      fc.dictionary(names, values, { maxKeys: 4 }),
      fc.array(fc.tuple(fc.nat(), pieces, fc.constantFrom(0, 1)), { minLength: 1, maxLength: 3 }),
      (object, changes) => {
        let text = JSON.stringify(object)
        for (const [where, piece, removed] of changes) {
          const at = where % (text.length + 1)
          text = text.slice(0, at) + piece + text.slice(at + removed)
        }
        if (text.isWellFormed()) check(text)
      },
    ),
    { numRuns: 5_000 },
  )
})
