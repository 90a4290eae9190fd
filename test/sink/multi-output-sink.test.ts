// MultiOutput as a sink: the conformance suite in memory and on local disk, and its options.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import type { FileSystem } from '../../src/file-system/file-system.js'
import { createLocalFileSystem } from '../../src/file-system/local/local-file-system.js'
import { multiOutputSink, text } from '../../src/index.js'
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
