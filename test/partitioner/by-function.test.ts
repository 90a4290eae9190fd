import { expect, test } from 'vitest'
import { byFunction } from '../../src/partitioner/by-function.js'

test('one directory, named or not, whatever the value holds', () => {
  expect(byFunction((total: number) => (total > 100 ? 'large' : 'small'))(120, {})).toBe('large')
  expect(byFunction((value: string) => value, { name: 'kind' })('a/b', {})).toBe('kind=a%2Fb')
  expect(byFunction((value: string) => value)('../x', {})).toBe('%2E.%2Fx')
  expect(byFunction((value: string) => value)('_x', {})).toBe('%5Fx')
  expect(
    byFunction((_, { id }) => id?.partition, { name: 'p' })({}, { id: { topic: 't', partition: 4, offset: 1n } }),
  ).toBe('p=4')
})

test('no value is an error, or the configured value', () => {
  expect(() => byFunction(() => undefined, { name: 'kind' })({}, {})).toThrow(
    expect.objectContaining({ code: 'BAD_RECORD', message: 'the value of kind is missing' }),
  )
  expect(byFunction(() => '', { missing: { value: 'other' } })({}, {})).toBe('other')
})

test('what the function throws is told', () => {
  const failing = byFunction((): string => {
    throw new RangeError('no such kind')
  })
  expect(() => failing({}, {})).toThrow(new RangeError('no such kind'))
})

test.each([[''], ['_kind'], ['.kind'], [5]])('a wrong name: %j', (name) => {
  expect(() => byFunction(() => 'a', { name: name as string })).toThrow(
    expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining('byFunction: name') }),
  )
})

test('no function', () => {
  expect(() => byFunction('kind' as never)).toThrow(expect.objectContaining({ code: 'WRONG_OPTIONS' }))
})
