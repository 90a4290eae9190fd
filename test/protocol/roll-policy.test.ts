// When a file is sealed, and which ones make room for others.
import { describe, expect, test } from 'vitest'
import { isFull, keysToClose, rollReason } from '../../src/protocol/roll-policy.js'

const file = { length: 100, recordCount: 10, createdMs: 1_000, touchedMs: 5_000 }
const nowMs = 6_000

describe('why a file is sealed', () => {
  test.each([
    ['nothing is set', {}, undefined],
    ['at its size', { fileSizeBytesMax: 100 }, 'fileSizeBytesMax'],
    ['a byte below its size', { fileSizeBytesMax: 101 }, undefined],
    ['at its records', { recordsMax: 10 }, 'recordsMax'],
    ['a record below', { recordsMax: 11 }, undefined],
    ['at its age', { fileAgeMsMax: 5_000 }, 'fileAgeMsMax'],
    ['a millisecond younger', { fileAgeMsMax: 5_001 }, undefined],
    ['idle for long enough', { idleMsMax: 1_000 }, 'idleMsMax'],
    ['idle for a millisecond less', { idleMsMax: 1_001 }, undefined],
    ['size goes before age', { fileSizeBytesMax: 1, fileAgeMsMax: 1 }, 'fileSizeBytesMax'],
  ] as const)('%s', (_when, policy, reason) => {
    expect(rollReason(file, policy, nowMs)).toBe(reason)
  })

  test.each([
    ['back', -(10 ** 12)],
    ['to before 1970', -(10 ** 15)],
  ])('a clock that jumped %s seals nothing, and breaks nothing', (_where, jumpMs) => {
    expect(rollReason(file, { fileAgeMsMax: 1, idleMsMax: 1 }, nowMs + jumpMs)).toBeUndefined()
  })

  test('a clock that jumped ahead seals early, and that is all', () => {
    expect(rollReason(file, { fileAgeMsMax: 86_400_000 }, nowMs + 10 ** 12)).toBe('fileAgeMsMax')
  })

  test('full is full within an attempt too: by size and records, not by time', () => {
    expect(isFull(file, { fileSizeBytesMax: 100 })).toBe(true)
    expect(isFull(file, { recordsMax: 10 })).toBe(true)
    expect(isFull(file, { fileSizeBytesMax: 101, recordsMax: 11, fileAgeMsMax: 0 })).toBe(false)
  })
})

describe('which files make room', () => {
  test.each([
    [3, []],
    [2, ['a']],
    [1, ['a', 'b']],
    [0, ['a', 'b', 'c']],
  ])('the oldest, so that %i stay open', (openFilesMax, closed) => {
    expect(keysToClose(['a', 'b', 'c'], 3, openFilesMax)).toEqual(closed)
  })
})
