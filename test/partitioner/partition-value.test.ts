import { expect, test } from 'vitest'
import { HIVE_DEFAULT_PARTITION, type MissingValue, namingOf } from '../../src/partitioner/partition-value.js'

const naming = namingOf({ what: 'field a', name: 'a' })

test.each([
  ['a string', 'de', 'a=de'],
  ['a number', 5, 'a=5'],
  ['a fraction', -0.5, 'a=-0.5'],
  ['minus nothing', -0, 'a=0'],
  ['a large number', 1e21, 'a=1e+21'],
  ['a bigint', 12_345_678_901_234_567_890n, 'a=12345678901234567890'],
  ['true', true, 'a=true'],
  ['false', false, 'a=false'],
  ['a blank', ' ', 'a= '],
  ['what Hive would read as NULL', HIVE_DEFAULT_PARTITION, `a=${HIVE_DEFAULT_PARTITION}`],
])('written plainly: %s', (_, value, name) => {
  expect(naming(value)).toBe(name)
})

const missing: [string, unknown, string][] = [
  ['nothing', undefined, 'is missing'],
  ['null', null, 'is null'],
  ['the empty string', '', 'is empty'],
  ['no number', Number.NaN, 'is NaN'],
  ['a number without end', Number.NEGATIVE_INFINITY, 'is -Infinity'],
  ['an object', {}, 'is of type object'],
  ['an array', ['de'], 'is an array'],
  ['a Date', new Date(0), 'is a Date'],
  ['a symbol', Symbol('a'), 'is of type symbol'],
]

test.each(missing)('missing: %s', (_, value, complaint) => {
  expect(() => naming(value)).toThrow(
    expect.objectContaining({ code: 'BAD_RECORD', message: expect.stringContaining(`field a ${complaint}`) }),
  )
  expect(namingOf({ what: 'field a', name: 'a', missing: { value: HIVE_DEFAULT_PARTITION } })(value)).toBe(
    'a=__HIVE_DEFAULT_PARTITION__',
  )
})

test('the value in place of a missing one is escaped as any other', () => {
  expect(namingOf({ what: 'field a', missing: { value: 'n/a' } })(null)).toBe('n%2Fa')
  expect(namingOf({ what: 'field a', missing: { value: '_none' } })(null)).toBe('%5Fnone')
})

test.each([[{ value: '' }], [{ value: 5 }], ['none'], [null]])('a wrong missing: %j', (given) => {
  expect(() => namingOf({ what: 'field a', missing: given as MissingValue })).toThrow(
    expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining('field a: missing') }),
  )
})
