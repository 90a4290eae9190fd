// MultiOutput as a sink: the conformance suite in memory and on local disk, and its options.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import type { FileSystem } from '../../src/file-system/file-system.js'
import { createLocalFileSystem } from '../../src/file-system/local/local-file-system.js'
import { multiOutputSink, text, withObserver } from '../../src/index.js'
import type { SourceRecord } from '../../src/source/source.js'
import { MemoryFileSystem, runSinkConformance, type SinkFixture } from '../../src/testing/index.js'
import { dataLines, deadLetters, sinkOn } from './stored-records.js'

function fixtureOn(fileSystem: FileSystem): SinkFixture {
  return {
    sink: () => sinkOn(fileSystem),
    stored: async () =>
      (await dataLines(fileSystem, 'good')).map((line) => {
        const [id, value] = line.split('\t')
        return { id: id!, value: value! }
      }),
    storedBad: async () =>
      (await deadLetters(fileSystem)) as unknown as { id: string; value: string; reason: string }[],
    unwritable: (record) => ({ ...record, value: Buffer.from('two\nlines') }),
  }
}

runSinkConformance('MultiOutput in memory', () => fixtureOn(new MemoryFileSystem()), {
  describe,
  it,
  keepsBadRecords: true,
})

runSinkConformance(
  'MultiOutput on local disk',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sink-'))
    const fileSystem = createLocalFileSystem({ root: directory })
    const dispose = async (): Promise<void> => {
      await fileSystem.close()
      await rm(directory, { recursive: true, force: true })
    }
    return { ...fixtureOn(fileSystem), dispose }
  },
  { describe, it, keepsBadRecords: true },
)

const record: SourceRecord = {
  id: { topic: 't', partition: 0, offset: 0n },
  key: null,
  value: Buffer.from('a'),
  headers: {},
  timestampMs: 0,
  parsed: undefined,
}

test('without a directory for dead letters it keeps none', async () => {
  const sink = multiOutputSink<SourceRecord>({ fileSystem: new MemoryFileSystem(), job: 'j', format: text() })
  const session = await sink.open()
  expect(session.keepsBadRecords).toBe(false)
  expect(() => session.writeBad(record, 'bad')).toThrow(TypeError)
  await session.close()
})

test('says how many files are open and what it skipped', async () => {
  const session = await sinkOn(new MemoryFileSystem()).open()
  await session.write(record)
  await session.write(record)
  await session.commit()
  expect(session.status()).toEqual({ openFiles: 1, skippedRecords: 1 })
  await session.close()
})

test('wrong options are refused when the sink is made', () => {
  const options = { location: '/nowhere', job: 'j', format: text<SourceRecord>() }
  const wrong =
    (more: object): (() => unknown) =>
    () =>
      multiOutputSink({ ...options, ...more })
  const code = expect.objectContaining({ code: 'WRONG_OPTIONS' })
  expect(wrong({ job: '' })).toThrow(code)
  expect(wrong({ deadLetters: { directory: '' } })).toThrow(code)
  const taken = { 'dead-letters': { format: text(), directory: 'd' } }
  expect(wrong({ deadLetters: { directory: '_dead' }, streams: taken })).toThrow(code)
  expect(wrong({ task: 3, taskCount: 2 })).toThrow(code)
})

test('layers stand around the file system that the location selects, which is closed with the session', async () => {
  const location = await mkdtemp(join(tmpdir(), 'sink-'))
  onTestFinished(() => rm(location, { recursive: true, force: true }))
  const seen: string[] = []
  const layers = (fileSystem: FileSystem) =>
    withObserver(fileSystem, { onObservation: ({ operation, path }) => seen.push(`${operation} ${path}`) })
  const sink = multiOutputSink<SourceRecord>({ location, job: 'j', format: text(), layers })
  expect(seen).toEqual([])
  const session = await sink.open()
  await session.write(record)
  await session.commit()
  expect(seen.find((one) => one.startsWith('create _multi_output/task-'))).toBeDefined()
  expect(seen).not.toContain('close ')
  await session.close()
  expect(seen.filter((one) => one === 'close ')).toHaveLength(1)
  const refused = multiOutputSink<SourceRecord>({ location, job: 'other', format: text(), layers })
  await expect(refused.open()).rejects.toMatchObject({ code: 'JOB_MISMATCH' })
  expect(seen.filter((one) => one === 'close ')).toHaveLength(2)
})

test('layers around a file system that was given leave it open', async () => {
  const fileSystem = new MemoryFileSystem()
  const sink = multiOutputSink<SourceRecord>({ fileSystem, job: 'j', format: text(), layers: (inner) => inner })
  await (await sink.open()).close()
  expect(await fileSystem.stat('_multi_output/job.json')).toBeDefined()
})
