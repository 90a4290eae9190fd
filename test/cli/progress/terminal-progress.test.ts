import { expect, test } from 'vitest'
import { RateMeter } from '../../../src/cli/progress/rates.js'
import { countText, durationText, statusParts } from '../../../src/cli/progress/sentences.js'
import { fittingLine } from '../../../src/cli/progress/terminal-progress.js'
import type { PipelineStatus } from '../../../src/pipeline/pipeline-options.js'

const zero: PipelineStatus = {
  state: 'running',
  records: 0,
  bytes: 0,
  badRecords: 0,
  committedRecords: 0,
  committedBytes: 0,
  commits: 0,
  source: {},
  sink: {},
}

test('speed and time left are of the last seconds', () => {
  const meter = new RateMeter()
  expect(meter.measure(zero, 0)).toEqual({ recordsPerSecond: 0, bytesPerSecond: 0 })
  const at = (records: number, doneFraction: number): PipelineStatus => ({
    ...zero,
    records,
    bytes: records * 10,
    source: { doneFraction },
  })
  meter.measure(at(1_000, 0.1), 1_000)
  expect(meter.measure(at(2_000, 0.2), 2_000)).toEqual({
    recordsPerSecond: 1_000,
    bytesPerSecond: 10_000,
    leftMs: 8_000,
  })
  for (let second = 3; second <= 20; second++) meter.measure(at(2_000, 0.2), second * 1_000)
  expect(meter.measure(at(2_000, 0.2), 21_000)).toEqual({ recordsPerSecond: 0, bytesPerSecond: 0 })
})

test('the most there can be to say stays within 80 columns, and within a narrower terminal', () => {
  const status: PipelineStatus = {
    ...zero,
    records: 123_456_789,
    badRecords: 999,
    source: { doneFraction: 0.99 },
    sink: { openFiles: 10_000 },
    lastCommit: { offsets: new Map(), records: 1, bytes: 1, durationMs: 1, timeMs: 0 },
  }
  const parts = statusParts(status, { recordsPerSecond: 999_499, bytesPerSecond: 2 ** 30, leftMs: 86_400_000 }, 59_000)
  for (const columns of [20, 40, 79, 80, 81, 200, undefined]) {
    const line = fittingLine(parts, columns)
    expect(line.length).toBeLessThanOrEqual(Math.min(columns ?? 80, 80))
    expect(line.startsWith('123M records')).toBe(true)
  }
  expect(fittingLine(parts, 80)).toBe('123M records  999k/s  1.00 GiB/s  99%  24 h 00 min left  10000 open files')
})

test('while something is away it says so, and when it is tried again', () => {
  const away = { sinceMs: 0, nextTryMs: 95_000, tries: 7, error: new Error('gone') }
  const parts = statusParts({ ...zero, state: 'away', away }, { recordsPerSecond: 0, bytesPerSecond: 0 }, 90_000)
  expect(parts).toEqual(['away for 1 min 30 s', 'try 8 in 5 s'])
})

test.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1.00k'],
  [99_949, '99.9k'],
  [99_951, '100k'],
  [999_499, '999k'],
  [999_500, '1.00M'],
  [1_234_567, '1.23M'],
])('%d is %s', (count, text) => expect(countText(count)).toBe(text))

test.each([
  [999, '999 ms'],
  [1_000, '1 s'],
  [59_499, '59 s'],
  [59_500, '1 min 00 s'],
  [3_599_000, '59 min 59 s'],
  [7_620_000, '2 h 07 min'],
])('%d ms are %s', (ms, text) => expect(durationText(ms)).toBe(text))
