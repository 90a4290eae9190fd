import { expect, test } from 'vitest'
import { bufferedBytesMaxOf } from '../../src/cli/buffered-bytes.js'

const MEBIBYTE = 2 ** 20

test.each<[string | readonly string[], number]>([
  ['./orders', 64 * MEBIBYTE],
  ['/data/orders', 64 * MEBIBYTE],
  ['file:///data/orders', 64 * MEBIBYTE],
  ['webhdfs://namenode:9870/data/orders', 256 * MEBIBYTE],
  ['hdfs:///data/orders', 256 * MEBIBYTE],
  [['webhdfs://one:9870/data', 'webhdfs://two:9870/data'], 256 * MEBIBYTE],
])('less waits before a local disk than before HDFS: %j', (location, bytes) => {
  expect(bufferedBytesMaxOf({ location })).toBe(bytes)
  expect(bufferedBytesMaxOf({ location, bufferedBytesMax: 5 })).toBe(5)
})
