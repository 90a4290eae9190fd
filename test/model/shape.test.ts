import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import {
  anyMapping,
  checkShape,
  count,
  keysAt,
  listOf,
  mapping,
  notNegative,
  positive,
  text,
  whole,
  wholeNotNegative,
} from '../../src/model/shape.js'

const inner = v.pipe(
  mapping({ path: text, sizeBytesMax: v.optional(count, 7) }),
  v.check(({ path }) => path !== 'no', 'is not taken'),
)
const schema = mapping({
  job: text,
  task: v.optional(wholeNotNegative, 0),
  mode: v.optional(v.picklist(['append', 'new-file']), 'append'),
  roll: v.optional(mapping({ ageMs: v.optional(positive) }), {}),
  parts: v.optional(listOf(inner)),
  open: v.optional(v.custom<object>((value) => typeof value === 'object', 'must be an object')),
  format: v.custom<object>((value) => typeof value === 'object', 'must be a format'),
})
const format = {}

function complaints(value: unknown): string[] {
  return (checkShape(schema, value).complaints ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

test('defaults are filled in, inside too', () => {
  expect(checkShape(schema, { job: 'a', format, parts: [{ path: 'b' }] })).toEqual({
    value: { job: 'a', task: 0, mode: 'append', roll: {}, parts: [{ path: 'b', sizeBytesMax: 7 }], format },
  })
})

test.each<[string, unknown, string[]]>([
  ['no mapping', 'job', [': must be a mapping, as in { name: value }, not the text "job"']],
  [
    'a list for a mapping',
    { job: 'a', format, roll: [] },
    ['roll: must be a mapping, as in { name: value }, not a list'],
  ],
  ['nothing', {}, ['job: is missing; it must be a text', 'format: is missing; it must be a format']],
  ['undefined for a text', { job: undefined, format }, ['job: is missing; it must be a text']],
  ['a number for a text', { job: 7, format }, ['job: must be a text, not the number 7: write it in quotes, "7"']],
  ['an empty text', { job: '', format }, ['job: must not be empty']],
  ['an empty list', { job: 'a', format, parts: [] }, ['parts: must not be empty']],
  ['a mapping for a list', { job: 'a', format, parts: {} }, ['parts: must be a list, as in [a, b], not a mapping']],
  ['half', { job: 'a', format, task: 0.5 }, ['task: must be a whole number, not the number 0.5']],
  ['infinity', { job: 'a', format, task: Infinity }, ['task: must be a whole number, not the number Infinity']],
  ['too little', { job: 'a', format, task: -1 }, ['task: must be at least 0']],
  ['nothing of a time', { job: 'a', format, roll: { ageMs: 0 } }, ['roll.ageMs: must be more than 0']],
  ['for ever', { job: 'a', format, roll: { ageMs: Infinity } }, ['roll.ageMs: must be finite']],
  ['no choice', { job: 'a', format, mode: 'both' }, ['mode: must be append or new-file, not the text "both"']],
  [
    'inside a list',
    { job: 'a', format, parts: [{ path: 'b' }, { path: 'no' }, {}] },
    ['parts.1: is not taken', 'parts.2.path: is missing; it must be a text'],
  ],
  ['its own words', { job: 'a', format: 'csv' }, ['format: must be a format']],
])('%s', (_what, value, expected) => expect(complaints(value)).toEqual(expected))

describe('keys that nobody knows', () => {
  test('all of them are named, with those that may be there', () => {
    const result = checkShape(schema, { job: 'a', format, parts: [{ path: 'b', size: 1, pth: 2 }] })
    expect(result.complaints).toEqual([
      {
        path: ['parts', '0'],
        message: 'has "size", "pth", which nobody knows here',
        unknown: { keys: ['size', 'pth'], known: ['path', 'sizeBytesMax'] },
      },
    ])
  })

  test.each(['__proto__', 'constructor', 'toString'])('%s is one', (key) => {
    const value: unknown = JSON.parse(`{"job":"a","format":{},"${key}":1}`)
    expect(checkShape(schema, value).complaints).toMatchObject([{ path: [], unknown: { keys: [key] } }])
  })

  test('in one of several variants', () => {
    const variants = v.variant('do', [v.strictObject({ do: v.literal('cut'), at: whole })])
    expect(checkShape(variants, { do: 'cut', at: 1, by: 2 }).complaints).toMatchObject([{ unknown: { keys: ['by'] } }])
    expect(checkShape(v.strictObject({ inner: variants.options[0] }), { inner: 7 }).complaints).toEqual([
      { path: ['inner'], message: 'must be a mapping, as in { name: value }, not the number 7' },
    ])
    expect(checkShape(variants, { do: 'glue' }).complaints).toEqual([
      { path: ['do'], message: 'must be cut, not the text "glue"' },
    ])
  })
})

test('what is not looked into stays the same object', () => {
  const given = JSON.parse('{"__proto__":1,"constructor":2}') as object
  expect((checkShape(anyMapping, given) as { value: unknown }).value).toBe(given)
})

test('a number that is not negative is finite', () => {
  expect(checkShape(notNegative, 0).complaints).toBeUndefined()
  expect(checkShape(notNegative, Number.POSITIVE_INFINITY).complaints).toMatchObject([{ message: 'must be finite' }])
  expect(checkShape(notNegative, Number.NaN).complaints).toMatchObject([{ message: /must be a number/ }])
})

test('the keys of a place are found through lists, defaults and checks', () => {
  expect(keysAt(schema, ['parts', '0'])).toEqual(['path', 'sizeBytesMax'])
  expect(keysAt(schema, ['roll'])).toEqual(['ageMs'])
  expect(keysAt(schema, ['job'])).toEqual([])
})
