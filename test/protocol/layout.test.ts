// The names below a location: written so that they sort, read back as numbers.
import { describe, expect, test } from 'vitest'
import {
  epochTmpDirectory,
  logDirectory,
  manifestPath,
  parseEpochDirectoryName,
  parseRecordName,
  parseTaskDirectoryName,
  recordName,
  recordPath,
  taskDirectory,
  taskTmpDirectory,
  tempPath,
  utcDayOf,
} from '../../src/protocol/layout.js'
import { id } from './sample-records.js'

test('every name of a task', () => {
  expect(taskDirectory(3)).toBe('_multi_output/task-00003')
  expect(logDirectory(3)).toBe('_multi_output/task-00003/log')
  expect(recordPath(3, 42)).toBe('_multi_output/task-00003/log/000000000042.json')
  expect(taskTmpDirectory(3)).toBe('_multi_output/task-00003/tmp')
  expect(epochTmpDirectory(3, 7)).toBe('_multi_output/task-00003/tmp/000007')
  expect(tempPath(3, 7, 'data', id(1))).toBe(`_multi_output/task-00003/tmp/000007/data-${id(1)}`)
  expect(manifestPath(3, '2026-11-21', 42)).toBe('_multi_output/task-00003/sealed/2026-11-21-000000000042.json')
})

describe('records, epochs, tasks', () => {
  test('numbers come back', () => {
    for (const number of [0, 1, 999_999_999_999, 1_000_000_000_000])
      expect(parseRecordName(recordName(number))).toBe(number)
    expect(parseEpochDirectoryName('000007')).toBe(7)
    expect(parseTaskDirectoryName('task-00003')).toBe(3)
  })

  test.each(['00000000042.json', '000000000042.json.bak', '000000000042', 'x000000000042.json', '.json', 'README'])(
    '%s is no record',
    (name) => {
      expect(parseRecordName(name)).toBeUndefined()
    },
  )

  test.each(['', 'x', '7x', '-7', `${'9'.repeat(20)}`])('%j is no epoch', (name) => {
    expect(parseEpochDirectoryName(name)).toBeUndefined()
  })

  test.each(['task-', 'task-x', 'tasks-00001', 'log'])('%s is no task', (name) => {
    expect(parseTaskDirectoryName(name)).toBeUndefined()
  })
})

test('a day is the UTC one', () => {
  expect(utcDayOf(Date.UTC(2026, 10, 21, 23, 59, 59, 999))).toBe('2026-11-21')
  expect(utcDayOf(Date.UTC(2026, 10, 22))).toBe('2026-11-22')
})
