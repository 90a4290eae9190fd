// Which way of showing progress is chosen, and what each shows when.
import { Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { progressFor } from '../../../src/cli/progress/progress-for.js'
import type { PipelineCommit, PipelineStatus } from '../../../src/pipeline/pipeline-options.js'

class Recorder extends Writable {
  text = ''
  isTTY = false

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

beforeEach(() => vi.useFakeTimers({ now: 0 }))
afterEach(() => vi.useRealTimers())

const status = (): PipelineStatus => ({
  state: 'running',
  records: Date.now(),
  bytes: Date.now() * 100,
  badRecords: 0,
  committedRecords: 0,
  committedBytes: 0,
  commits: 0,
  source: { doneFraction: Date.now() / 100_000, lagBytes: 5 },
  sink: { openFiles: 3 },
})

const commit: PipelineCommit = {
  offsets: new Map([['lines', new Map([[0, { from: 0n, until: 20n }]])]]),
  records: 20,
  bytes: 2_048,
  durationMs: 15,
  timeMs: 12_000,
}

test('in a log: a line every ten seconds, one a commit, the end', () => {
  const [stdout, stderr] = [new Recorder(), new Recorder()]
  const progress = progressFor({ stdout, stderr }, { form: 'text' })
  progress.start(status)
  vi.advanceTimersByTime(9_999)
  expect(stderr.text).toBe('')
  vi.advanceTimersByTime(2_001)
  progress.events.commit?.(commit)
  progress.logger.info({}, 'for developers')
  progress.logger.warn({ err: new Error('gone') }, 'something is away')
  vi.advanceTimersByTime(8_000)
  progress.end({ outcome: 'ended', status: { ...status(), committedRecords: 20, committedBytes: 2_048, commits: 1 } })
  vi.advanceTimersByTime(60_000)
  expect(stderr.text.split('\n')).toEqual([
    '1970-01-01T00:00:10Z 10.0k records, 1.00k/s, 97.7 KiB/s, 10%, 1 min 30 s left, 3 open files',
    '1970-01-01T00:00:12Z committed 20 records, 2.00 KiB, in 15 ms',
    '1970-01-01T00:00:12Z warning: something is away: gone',
    '1970-01-01T00:00:20Z 20.0k records, 1.00k/s, 97.7 KiB/s, 20%, 1 min 20 s left, 3 open files',
    '1970-01-01T00:00:20Z done: 20 records, 2.00 KiB, in 1 commit',
    '',
  ])
  expect(stdout.text).toBe('')
})

test('bad records are told of ten times, then only counted', () => {
  const stderr = new Recorder()
  const progress = progressFor({ stdout: new Recorder(), stderr }, { form: 'text' })
  for (let offset = 0n; offset < 30n; offset++) {
    progress.events.badRecord?.({ id: { topic: 't', partition: 1, offset }, reason: 'no JSON', outcome: 'kept' })
  }
  expect(stderr.text.match(/bad record t-1-\d, kept aside: no JSON/g)).toHaveLength(10)
  expect(stderr.text.match(/further bad records are only counted/g)).toHaveLength(1)
})

test('for a program: JSON on standard output and nothing else there', () => {
  const [stdout, stderr] = [new Recorder(), new Recorder()]
  const progress = progressFor({ stdout, stderr }, { form: 'json' })
  progress.start(status)
  vi.advanceTimersByTime(10_000)
  progress.events.commit?.(commit)
  progress.logger.error({ path: 'a/b' }, 'it failed')
  const lines = stdout.text.trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'progress', timeMs: 10_000, state: 'running', records: 10_000, source: { lagBytes: 5 } },
    { event: 'commit', timeMs: 12_000, records: 20, offsets: { lines: { 0: { from: '0', until: '20' } } } },
  ])
  expect(stderr.text).toBe('error: it failed (a/b)\n')
  progress.end(undefined)
})

test('on a terminal: one line that changes; sentences stand above it', () => {
  const stderr = new Recorder()
  stderr.isTTY = true
  const progress = progressFor({ stdout: new Recorder(), stderr }, { form: 'text' })
  progress.start(status)
  vi.advanceTimersByTime(500)
  progress.say('hello')
  progress.end(undefined)
  const line = '500 records  1.00k/s  97.7 KiB/s  0%  1 min 40 s left  3 open files'
  expect(stderr.text.split('\r\u001b[K')).toEqual([
    '',
    '0 records  0/s  0 B/s  0%  3 open files',
    line,
    `hello\n${line}`,
    '',
  ])
})
