import { expect, test } from 'vitest'
import { type FetchedRecord, hideAborted } from '../../../src/source/kafka/aborted-records.js'

const ABORT = Buffer.from([0, 0, 0, 0])
const COMMIT = Buffer.from([0, 0, 0, 1])

function record(offset: number, producerId: string, key: Buffer | null = null): FetchedRecord {
  return {
    offset: String(offset),
    key,
    isControlRecord: false,
    batchContext: { producerId, inTransaction: producerId !== '-1' },
  }
}

const marker = (offset: number, producerId: string, key: Buffer): FetchedRecord => ({
  ...record(offset, producerId, key),
  isControlRecord: true,
})

/** Offsets that are handed on. */
function seen(records: readonly FetchedRecord[], aborted: readonly (readonly [string, number])[]): string[] {
  hideAborted(
    records,
    aborted.map(([producerId, firstOffset]) => ({ producerId, firstOffset: String(firstOffset) })),
  )
  return records.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => offset)
}

test('transactions that overlap, told in the order in which they ended', () => {
  const records = [
    record(0, 'a'),
    record(1, 'b'),
    record(2, '-1'),
    marker(3, 'b', ABORT),
    record(4, 'a'),
    marker(5, 'a', ABORT),
  ]
  expect(
    seen(records, [
      ['b', 1],
      ['a', 0],
    ]),
  ).toEqual(['2'])
})

test('a fetch that begins in the middle of two', () => {
  const records = [record(7, 'b'), record(8, 'a'), marker(9, 'a', ABORT), marker(10, 'b', ABORT), record(11, 'b')]
  expect(
    seen(records, [
      ['a', 0],
      ['b', 3],
    ]),
  ).toEqual(['11'])
})

test('a key that looks like the mark of an abort', () => {
  const records = [
    record(0, 'a', ABORT),
    record(1, 'a'),
    marker(2, 'a', ABORT),
    record(3, 'a', ABORT),
    marker(4, 'a', COMMIT),
  ]
  expect(seen(records, [['a', 0]])).toEqual(['3'])
})

test('the next transaction of the same producer is committed, or aborted too', () => {
  const records = [
    record(0, 'a'),
    marker(1, 'a', ABORT),
    record(2, 'a'),
    marker(3, 'a', COMMIT),
    record(4, 'a'),
    marker(5, 'a', ABORT),
  ]
  expect(
    seen(records, [
      ['a', 0],
      ['a', 4],
    ]),
  ).toEqual(['2'])
})
