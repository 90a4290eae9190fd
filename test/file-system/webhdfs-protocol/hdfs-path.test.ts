// Paths on the wire: nothing that a URL knows as special may mean anything.
import { expect, test } from 'vitest'
import {
  absolutePath,
  checkHdfsPath,
  encodePath,
  encodeQuery,
  parameterPath,
} from '../../../src/file-system/webhdfs-protocol/hdfs-path.js'

test.each([
  ['日本', '%E6%97%A5%E6%9C%AC'],
  ['a b', 'a%20b'],
  ['100%', '100%25'],
  ['%2F', '%252F'],
  ['a+b', 'a%2Bb'],
  ['#', '%23'],
  ['?', '%3F'],
  [';', '%3B'],
  [':', '%3A'],
  ['&=', '%26%3D'],
  ['\\', '%5C'],
])('%j', (name, encoded) => {
  expect(encodePath(`/d/${name}/f`)).toBe(`/d/${encoded}/f`)
  expect(encodeQuery({ destination: `/d/${name}` })).toBe(`destination=%2Fd%2F${encoded}`)
})

test('a query leaves out what is undefined', () => {
  expect(encodeQuery({ a: undefined, b: 0, c: '', d: 'x' })).toBe('b=0&c=&d=x')
  expect(encodeQuery({})).toBe('')
})

test('absolute paths', () => {
  expect(absolutePath('', '')).toBe('/')
  expect(absolutePath('', 'a')).toBe('/a')
  expect(absolutePath('/base', '')).toBe('/base')
  expect(absolutePath('/base', 'a/b')).toBe('/base/a/b')
})

test('the end of a parameter is not trimmed away', () => {
  expect(parameterPath('/base', 'a')).toBe('/base/a')
  expect(parameterPath('/base', 'a ')).toBe('/base/a /')
  expect(parameterPath('/base', 'a\n')).toBe('/base/a\n/')
})

test('a colon is refused before any request', () => {
  expect(() => checkHdfsPath('a/12:30', 'create')).toThrow(
    expect.objectContaining({ code: 'INVALID_PATH', outcome: 'not-applied', path: 'a/12:30', operation: 'create' }),
  )
  expect(() => checkHdfsPath('', 'create')).toThrow(expect.objectContaining({ code: 'INVALID_PATH' }))
  expect(() => checkHdfsPath('', 'stat', { root: 'allowed' })).not.toThrow()
})
