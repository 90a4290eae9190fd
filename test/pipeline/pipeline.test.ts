// Source to sink: commits by time, records and bytes, the end of the source, bad records, what is counted, what is refused.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  isSourceError,
  linesFromFiles,
  Pipeline,
  type PipelineStatus,
  recordsFrom,
  SourceError,
} from '../../src/index.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { hold } from '../engine/faulty-file-system.js'
import { dataLines, deadLetters, sinkOn } from '../sink/stored-records.js'
import { expectedLines, FedInput, trial, values } from './trial.js'
import { settled } from './waiting-clock.js'

test('a source that ends is committed as a whole, and the sink released', async () => {
  const { pipeline, memory, told, names } = trial({ pipeline: { source: recordsFrom(values(0, 2_500)) } })
  const { outcome, status } = await pipeline.run()
  expect(outcome).toBe('ended')
  expect(status).toMatchObject({ state: 'ended', records: 2_500, committedRecords: 2_500, commits: 1, badRecords: 0 })
  expect(names()).toEqual(['opened', 'stopping', 'commit'])
  expect(told[1]).toEqual(['stopping', { reason: 'source-ended' }])
  expect(await dataLines(memory, 'good')).toEqual(expectedLines(2_500))
  const released = await sinkOn(memory, { takeover: 'ifReleased' }).open()
  expect(released.committed.offsets.get('records')?.get(0)?.until).toBe(2_500n)
  await released.close()
})

test('a second run goes on behind what the first committed', async () => {
  const { pipeline, memory } = trial({ pipeline: { source: recordsFrom(values(0, 10)) } })
  await pipeline.run()
  const again = trial({ memory, pipeline: { source: recordsFrom(values(0, 15)) } })
  const { status } = await again.pipeline.run()
  expect(status.records).toBe(5)
  expect(await dataLines(memory, 'good')).toEqual(expectedLines(15))
})

test('commits when the interval is over, while it waits for the source, and not before', async () => {
  const input = new FedInput()
  const { pipeline, clock, memory, names } = trial({
    pipeline: { source: recordsFrom(input), commit: { intervalMs: 1_000 } },
  })
  const running = pipeline.run()
  input.give('v0', 'v1')
  await clock.advance(999)
  expect(names()).toEqual(['opened'])
  await clock.advance(1)
  expect(names()).toEqual(['opened', 'commit'])
  expect(await dataLines(memory, 'good')).toEqual(expectedLines(2))
  // Nothing came: nothing to tell.
  await clock.advance(3_000)
  expect(names()).toEqual(['opened', 'commit'])
  input.give('v2')
  await clock.advance(1_000)
  expect(names()).toEqual(['opened', 'commit', 'commit'])
  input.end()
  await running
  expect(await dataLines(memory, 'good')).toEqual(expectedLines(3))
  expect(clock.sleepers).toBe(0)
})

test.each([
  { limit: { recordsMax: 100 }, commits: 10 },
  { limit: { bytesMax: 400 }, commits: 10 },
])('commits by $limit', async ({ limit, commits }) => {
  const inputs = Array.from({ length: 1_000 }, () => 'four')
  const { pipeline, told } = trial({ pipeline: { source: recordsFrom(inputs), commit: limit } })
  const { status } = await pipeline.run()
  const counts = told.filter(([name]) => name === 'commit').map(([, event]) => (event as { records: number }).records)
  expect(counts).toHaveLength(commits)
  expect(Math.max(...counts)).toBeLessThanOrEqual(100)
  expect(status.committedRecords).toBe(1_000)
})

test('while a commit is in flight reading goes on, and no second one begins', async () => {
  const input = new FedInput()
  const { pipeline, clock, fileSystem, memory } = trial({
    pipeline: { source: recordsFrom(input), commit: { intervalMs: 1_000 } },
  })
  const deciding = hold()
  const running = pipeline.run()
  await settled()
  fileSystem.disturb('rename', /log\//, deciding.disturbance)
  input.give('v0')
  await clock.advance(1_000)
  await deciding.reached
  input.give('v1', 'v2')
  await clock.advance(5_000)
  expect(pipeline.status()).toMatchObject({ records: 3, commits: 0 })
  deciding.release()
  await clock.advance(1_000)
  expect(pipeline.status()).toMatchObject({ commits: 2, committedRecords: 3 })
  input.end()
  await running
  expect(await dataLines(memory, 'good')).toEqual(expectedLines(3))
})

test('values are parsed as JSON; those that are none, and those that are refused, become dead letters in the same commit', async () => {
  const inputs = ['{"a":1}', 'no JSON', Buffer.from([0xff]), '{"a":\n2}', { value: null }, '{"a":3}']
  const { pipeline, memory, told } = trial({ pipeline: { source: recordsFrom(inputs), decode: 'json' } })
  const { status } = await pipeline.run()
  expect(status).toMatchObject({ records: 6, badRecords: 4, committedRecords: 6 })
  expect(await dataLines(memory, 'good')).toEqual(['records-0-0\t{"a":1}', 'records-0-5\t{"a":3}'])
  expect(await deadLetters(memory)).toMatchObject([
    { id: 'records-0-1', value: 'no JSON', reason: expect.stringContaining('no JSON') },
    { id: 'records-0-2', valueBase64: '/w==', reason: expect.stringContaining('not UTF-8') },
    { id: 'records-0-3', value: '{"a":\n2}', reason: expect.stringContaining('line feed') },
    { id: 'records-0-4', value: null },
  ])
  expect(told.filter(([name]) => name === 'badRecord')).toHaveLength(4)
})

test('a bad record ends a pipeline whose sink keeps none: what came before it is committed, and it is named', async () => {
  const memory = new MemoryFileSystem()
  const sink = sinkOn(memory)
  const keepingNone = { ...sink, open: async () => without(await sink.open()) }
  const pipeline = new Pipeline({ source: recordsFrom(['{}', '{}', 'bad', '{}']), sink: keepingNone })
  await expect(pipeline.run()).rejects.toMatchObject({
    code: 'BAD_RECORD',
    message: expect.stringContaining('record records/0 at offset 2: its value is no JSON'),
  })
  expect(await dataLines(memory, 'good')).toEqual(['records-0-0\t{}', 'records-0-1\t{}'])
})

function without<S extends object>(session: S): S {
  return new Proxy(session, {
    get: (target, name) => {
      if (name === 'keepsBadRecords') return false
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

test('offsets without records are committed, and what the source keeps in the log is kept with them', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'pipeline-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const path = join(directory, 'a')
  await writeFile(path, 'v0\n\n\n')
  const { pipeline, memory } = trial({ pipeline: { source: linesFromFiles([path]) } })
  expect((await pipeline.run()).status.committedRecords).toBe(1)
  const session = await sinkOn(memory).open()
  expect(session.committed.offsets.get('lines')?.get(0)?.until).toBe(3n)
  expect(session.committed.metadata).toEqual({ lines: { files: [{ path, lines: '3', bytes: 5 }] } })
  await session.close()
  await rm(path)
  const again = trial({ memory, pipeline: { source: linesFromFiles([path]) } })
  expect((await again.pipeline.run()).outcome).toBe('ended')
  expect(again.names()).toEqual(['opened', 'stopping'])
})

test('a source that breaks ends it, behind a commit of what came before', async () => {
  const { pipeline, memory } = trial({
    pipeline: {
      source: recordsFrom(
        (async function* () {
          yield 'v0'
          throw new SourceError('UNREADABLE', 'the disk is gone')
        })(),
      ),
    },
  })
  await expect(pipeline.run()).rejects.toSatisfy((error) => isSourceError(error, 'UNREADABLE'))
  expect(await dataLines(memory, 'good')).toEqual(expectedLines(1))
})

test('a listener that throws changes nothing', async () => {
  const { pipeline, memory } = trial({
    pipeline: {
      source: recordsFrom(values(0, 3)),
      events: {
        commit: () => {
          throw new Error('mine')
        },
      },
    },
  })
  expect((await pipeline.run()).outcome).toBe('ended')
  expect(await dataLines(memory, 'good')).toEqual(expectedLines(3))
})

test('tells where it is', async () => {
  const input = new FedInput()
  const { pipeline, clock } = trial({ pipeline: { source: recordsFrom(input) } })
  expect(pipeline.status()).toEqual<PipelineStatus>({
    state: 'new',
    records: 0,
    bytes: 0,
    badRecords: 0,
    committedRecords: 0,
    committedBytes: 0,
    commits: 0,
    source: {},
    sink: {},
  })
  const running = pipeline.run()
  input.give('v0')
  await clock.advance(10_000)
  expect(pipeline.status()).toMatchObject({
    state: 'running',
    records: 1,
    bytes: 2,
    commits: 1,
    lastCommit: { records: 1, timeMs: clock.timeMs },
    sink: { openFiles: 1, skippedRecords: 0 },
  })
  input.end()
  await running
  await expect(pipeline.run()).rejects.toThrow(TypeError)
})

test('wrong options are named', () => {
  const right = { source: recordsFrom([]), sink: sinkOn(new MemoryFileSystem()) }
  const wrong =
    (more: object): (() => unknown) =>
    () =>
      new Pipeline({ ...right, ...more })
  expect(wrong({ decode: 'xml' })).toThrow(/decode/)
  expect(wrong({ commit: { intervalMs: 0 } })).toThrow(/commit\.intervalMs/)
  expect(wrong({ commit: { interval: 1 } })).toThrow(/commit/)
  expect(wrong({ source: undefined })).toThrow(/source/)
  expect(wrong({ unknown: 1 })).toThrow(expect.objectContaining({ code: 'WRONG_OPTIONS' }))
})
