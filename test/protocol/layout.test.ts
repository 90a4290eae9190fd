// The names below a location: written so that they sort, read back as numbers.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DataFileName } from '../../src/protocol/layout.js'
import {
  compareGenerations,
  dataFileName,
  epochTmpDirectory,
  logDirectory,
  manifestPath,
  parseDataFileName,
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
import { checkProperty, id } from './sample-records.js'

test('every name of a task', () => {
  expect(taskDirectory(3)).toBe('_multi_output/task-00003')
  expect(logDirectory(3)).toBe('_multi_output/task-00003/log')
  expect(recordPath(3, 42)).toBe('_multi_output/task-00003/log/000000000042.json')
  expect(taskTmpDirectory(3)).toBe('_multi_output/task-00003/tmp')
  expect(epochTmpDirectory(3, 7)).toBe('_multi_output/task-00003/tmp/000007')
  expect(tempPath(3, 7, 'data', id(1))).toBe(`_multi_output/task-00003/tmp/000007/data-${id(1)}`)
  expect(manifestPath(3, '2026-11-21', 42)).toBe('_multi_output/task-00003/sealed/2026-11-21-000000000042.json')
})

const counter = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const anyDataFileName: fc.Arbitrary<DataFileName> = fc.record({
  task: counter,
  serial: counter,
  generation: fc.record({ epoch: counter, counter }),
  extension: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,9}$/),
  shown: fc.constantFrom('visible' as const, 'hidden' as const),
})

describe('data files', () => {
  test('a name and its parts', () => {
    const parts = { task: 3, serial: 17, generation: { epoch: 7, counter: 2 }, extension: 'jsonl.gz' } as const
    expect(dataFileName({ ...parts, shown: 'visible' })).toBe('part-00003-00000017-000007.000002.jsonl.gz')
    expect(dataFileName({ ...parts, shown: 'hidden' })).toBe('.part-00003-00000017-000007.000002.jsonl.gz')
  })

  test('any name is read back, also where a number has outgrown its width', () => {
    checkProperty(
      fc.property(anyDataFileName, (name) => {
        expect(parseDataFileName(dataFileName(name))).toEqual(name)
      }),
    )
  })

  test.each([
    'part-00003-00000017-000007.000002',
    'part-00003-00000017-000007.000002.',
    'part-00003-00000017.txt',
    'xpart-00003-00000017-000007.000002.txt',
    '..part-00003-00000017-000007.000002.txt',
    'part--00000017-000007.000002.txt',
    'part-00003-00000017-000007.-1.txt',
    `part-00003-${'9'.repeat(20)}-000007.000002.txt`,
    '_SUCCESS',
    '',
  ])('%s is none of ours', (name) => {
    expect(parseDataFileName(name)).toBeUndefined()
  })

  test('a later name sorts later while its numbers keep their widths', () => {
    const within = (digits: number): fc.Arbitrary<number> => fc.nat({ max: 10 ** digits - 1 })
    const anySmall = fc.tuple(within(8), within(6), within(6))
    checkProperty(
      fc.property(anySmall, anySmall, (a, b) => {
        const [nameA, nameB] = [a, b].map(([serial, epoch, count]) =>
          dataFileName({ task: 0, serial, generation: { epoch, counter: count }, extension: 'txt', shown: 'visible' }),
        )
        const order = a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
        expect(Math.sign(nameA! < nameB! ? -1 : nameA! > nameB! ? 1 : 0)).toBe(Math.sign(order))
      }),
    )
  })

  test('generations are compared as numbers: first the epoch, then the counter', () => {
    expect(compareGenerations({ epoch: 2, counter: 1 }, { epoch: 1, counter: 9 })).toBeGreaterThan(0)
    expect(compareGenerations({ epoch: 1, counter: 1_000_000 }, { epoch: 1, counter: 999_999 })).toBeGreaterThan(0)
    expect(compareGenerations({ epoch: 1, counter: 1 }, { epoch: 1, counter: 1 })).toBe(0)
  })
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
