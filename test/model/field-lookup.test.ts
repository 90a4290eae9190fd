import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldsOf, parseFieldPath } from '../../src/model/field-lookup.js'

const read = (record: unknown, path: string) => fieldsOf()(path)(record, {})

test('a path is names with dots between them', () => {
  expect(parseFieldPath('a')).toEqual(['a'])
  expect(parseFieldPath('a.b.c')).toEqual(['a', 'b', 'c'])
  expect(parseFieldPath('a\\.b.c\\\\')).toEqual(['a.b', 'c\\'])
})

test('any name can be written', () => {
  const names = fc.array(fc.string({ minLength: 1 }), { minLength: 1 })
  fc.assert(
    fc.property(names, (written) => {
      const path = written.map((name) => name.replace(/[.\\]/g, '\\$&')).join('.')
      expect(parseFieldPath(path)).toEqual(written)
    }),
  )
})

test('found at its depth', () => {
  const record = { a: { b: { c: 1 } }, 'a.b': 2, list: ['x', { y: 3 }] }
  expect(read(record, 'a.b.c')).toBe(1)
  expect(read(record, 'a\\.b')).toBe(2)
  expect(read(record, 'list.0')).toBe('x')
  expect(read(record, 'list.1.y')).toBe(3)
  expect(read(Object.assign(Object.create(null), { a: 4 }), 'a')).toBe(4)
})

test.each(['a.x', 'a.b.c', 'b', 'constructor', 'toString', '__proto__', 'a.length', 'text.length'])(
  'not a field: %s',
  (path) => {
    expect(read({ a: { b: null }, text: 'abc' }, path)).toBeUndefined()
  },
)

test.each([[null], [undefined], ['text'], [5]])('a record without fields: %j', (record) => {
  expect(read(record, 'length')).toBeUndefined()
  expect(read(record, 'a.b')).toBeUndefined()
})

test.each([[''], ['.a'], ['a.'], ['a..b'], ['a\\'], [5]])('a wrong path: %j', (path) => {
  expect(() => parseFieldPath(path as string)).toThrow(
    expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining(JSON.stringify(path)) }),
  )
})
