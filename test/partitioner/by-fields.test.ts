import { expect, test } from 'vitest'
import { fieldsOf } from '../../src/model/field-lookup.js'
import { sourceFields } from '../../src/model/source-fields.js'
import { byFields } from '../../src/partitioner/by-fields.js'
import { HIVE_DEFAULT_PARTITION } from '../../src/partitioner/partition-value.js'

const order = { country: 'de', address: { city: 'Ulm', 'zip.code': 89_073 }, paid: true, total: 12.5 }

test('a directory a field, in the order given', () => {
  expect(byFields(['country'])(order, {})).toBe('country=de')
  expect(byFields(['country', 'address.city', 'paid'])(order, {})).toBe('country=de/address.city=Ulm/paid=true')
  expect(byFields(['paid', 'country'])(order, {})).toBe('paid=true/country=de')
  expect(byFields(['address.zip\\.code'], { names: { 'address.zip\\.code': 'zip' } })(order, {})).toBe('zip=89073')
})

test('names and values are escaped', () => {
  const partitioner = byFields(['a/b', 'country'], { names: { country: 'land:' } })
  expect(partitioner({ 'a/b': '../x', country: 'a b=c' }, {})).toBe('a%2Fb=..%2Fx/land%3A=a b%3Dc')
  expect(byFields(['国'])({ 国: '日本' }, {})).toBe('国=日本')
})

test('a missing field is an error that names it, or the configured value', () => {
  expect(() => byFields(['address.city'])({ address: {} }, {})).toThrow(
    expect.objectContaining({ code: 'BAD_RECORD', message: expect.stringContaining('field address.city is missing') }),
  )
  const partitioner = byFields(['country', 'address.city'], { missing: { value: HIVE_DEFAULT_PARTITION } })
  expect(partitioner({ country: '' }, {})).toBe(
    'country=__HIVE_DEFAULT_PARTITION__/address.city=__HIVE_DEFAULT_PARTITION__',
  )
})

test('a value that repeats, and more values than are remembered, are named alike', () => {
  const partitioner = byFields(['n'])
  const ofRound = () => Array.from({ length: 2_500 }, (_, n) => partitioner({ n: `/${n}` }, {}))
  const expected = Array.from({ length: 2_500 }, (_, n) => `n=%2F${n}`)
  expect(ofRound()).toEqual(expected)
  expect(ofRound()).toEqual(expected)
})

test('a value that is refused is refused each time', () => {
  const partitioner = byFields(['a'])
  for (let time = 0; time < 2; time++) {
    expect(() => partitioner({ a: 'x'.repeat(254) }, {})).toThrow(expect.objectContaining({ code: 'BAD_RECORD' }))
  }
})

test('fields can be looked up elsewhere', () => {
  const lookup = fieldsOf<{ payload: unknown }>(({ payload }) => payload)
  expect(byFields(['country'], { lookup })({ payload: order }, {})).toBe('country=de')
})

test('records of a source: fields of the parsed value, and what the source knows', () => {
  const record = {
    id: { topic: 'orders', partition: 7, offset: 9n },
    key: Buffer.from('k/1'),
    headers: { 'x.y': Buffer.from('h') },
    timestampMs: 1_700_000_000_000,
    parsed: order,
  }
  const partitioner = byFields(['$partition', '$key', '$headers.x.y', '$timestamp', 'country'], {
    lookup: sourceFields,
  })
  expect(partitioner(record, {})).toBe('partition=7/key=k%2F1/headers.x.y=h/timestamp=1700000000000/country=de')
})

test.each([
  ['no field', [], {}, 'at least one'],
  ['a name without a field', ['a'], { names: { b: 'c' } }, '"b" is not one of the fields'],
  ['an empty name', ['a'], { names: { a: '' } }, '"a" needs a name'],
  ['a hidden name', ['_type'], {}, "Hadoop's readers"],
  ['a name given that is hidden', ['a'], { names: { a: '.a' } }, "Hadoop's readers"],
  ['two alike', ['a', 'b'], { names: { b: 'a' } }, 'two fields'],
  ['a field twice', ['a', 'a'], {}, 'two fields'],
  ['an empty path', [''], {}, 'needs a name'],
  ['a wrong missing', ['a'], { missing: 'none' }, 'missing must be'],
  ['a wrong path', ['a..b'], {}, 'empty name'],
])('wrong options: %s', (_, fields, options, complaint) => {
  expect(() => byFields(fields, options as never)).toThrow(
    expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining(complaint) }),
  )
})
