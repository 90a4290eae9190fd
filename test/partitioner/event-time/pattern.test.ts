import { describe, expect, test } from 'vitest'
import { windowNaming } from '../../../src/partitioner/event-time/pattern.js'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const at = Date.UTC(2026, 10, 21, 12, 5)

test.each([
  ['yyyy-MM-dd/HH-mm', 5 * MINUTE_MS, '2026-11-21/12-05'],
  ["'day='yyyy-MM-dd", DAY_MS, 'day=2026-11-21'],
  ["'year='yyyy/'month='MM/'day='dd/'hour='HH", HOUR_MS, 'year=2026/month=11/day=21/hour=12'],
  ['yyyyMMdd', DAY_MS, '20261121'],
  ['y/M/d/H/m', 5 * MINUTE_MS, '2026/11/21/12/5'],
  ['yyyy-ooo', DAY_MS, '2026-325'],
  ["kkkk-'W'WW-E", DAY_MS, '2026-W47-6'],
  ['yyyy-MM-dd/HH-mm-ss', 1_000, '2026-11-21/12-05-00'],
  ['yyyy-MM-dd/HH-mm-ss-SSS', 1, '2026-11-21/12-05-00-000'],
  ['yyyy-MMM-dd', DAY_MS, '2026-Nov-21'],
])('%s', (pattern, windowMs, directory) => expect(windowNaming(pattern, windowMs)(at, 0)).toBe(directory))

test('the wall clock is written, also where no offset is whole hours', () => {
  expect(windowNaming('yyyy-MM-dd/HH-mm ZZZ', 5 * MINUTE_MS)(at, 5.75 * HOUR_MS)).toBe('2026-11-21/12-05 +0545')
  expect(windowNaming('yyyy-MM-dd/HH-mm', 5 * MINUTE_MS)(at, -(4 * HOUR_MS + 56 * MINUTE_MS + 2_000))).toBe(
    '2026-11-21/12-05',
  )
  expect(windowNaming('yyyy-MM-dd', DAY_MS)(Date.UTC(12_345, 0, 1), 0)).toBe('12345-01-01')
})

describe('two windows in one directory', () => {
  test.each([
    ['yyyy-MM-dd', 5 * MINUTE_MS],
    ['yyyy-MM-dd', 12 * HOUR_MS],
    ['yyyy-MM-dd/HH', 30 * MINUTE_MS],
    ['yyyy-MM-dd/HH', 40 * MINUTE_MS],
    ['yyyy-MM-dd/mm', 5 * MINUTE_MS],
    ['HH-mm', 5 * MINUTE_MS],
    ['MM-dd', DAY_MS],
    ['yyyy-dd', DAY_MS],
    ['yyyy-q-dd', DAY_MS],
    ['yyyy-E', DAY_MS],
    ['kkkk-WW', DAY_MS],
    ['kkkk-MM-dd', DAY_MS],
    ['yyyy-WW-E', DAY_MS],
    ['yyyy-MM-dd/HH-mm', 1_000],
    ["'all'", DAY_MS],
  ])('%s with windows of %i ms', (pattern, windowMs) => {
    expect(() => windowNaming(pattern, windowMs)).toThrow(
      expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining('Write more of the time') }),
    )
  })

  test('numbers that run into each other', () => {
    expect(() => windowNaming('yyyyMd', DAY_MS)).toThrow(/1-11 and 11-1/)
    expect(() => windowNaming("yyyyM''d", DAY_MS)).toThrow(/1-11 and 11-1/)
    expect(windowNaming('yyyy-M.d', DAY_MS)(at, 0)).toBe('2026-11.21')
  })
})

describe('what cannot be a path', () => {
  test.each([
    ['', 'is no text'],
    ['yyyy-MM-dd/HH:mm', 'HDFS refuses'],
    ['/yyyy-MM-dd', 'empty name'],
    ['yyyy-MM-dd/', 'empty name'],
    ["'_'yyyy-MM-dd", "Hadoop's readers do not see"],
    ["yyyy-MM/'.'dd", "Hadoop's readers do not see"],
    ['day=yyyy-MM-dd', 'put text in single quotes'],
    ['yyyy-MM-dd hh', 'put text in single quotes'],
    ['yy-MM-dd', 'put text in single quotes'],
    ["'day=yyyy-MM-dd", 'a quote without its partner'],
  ])('%s', (pattern, complaint) => {
    expect(() => windowNaming(pattern, DAY_MS)).toThrow(
      expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining(complaint) }),
    )
  })
})
