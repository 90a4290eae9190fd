// A commit log that is not as it was written: said by name, nothing changed, and once it is mended the next open goes on.
import { describe, expect, test } from 'vitest'
import { readLog } from '../../src/engine/read-log.js'
import type { FileSystem } from '../../src/file-system/file-system.js'
import { encodeChecked } from '../../src/protocol/checked-text.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { everythingBelow } from './faulty-file-system.js'
import { sampleContext } from './sample-context.js'
import { at, linesByDirectory, openOutput } from './sample-output.js'

const log = '_multi_output/task-00000/log'
const record = (sequence: number): string => `${log}/${String(sequence).padStart(12, '0')}.json`

/** A log of a claim, three commits and a release. */
async function written(): Promise<MemoryFileSystem> {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory)
  for (let offset = 0; offset < 3; offset++) {
    await output.write({ key: 'a', text: `a${offset}` }, at(offset))
    await output.commit()
  }
  await output.close()
  return memory
}

async function replace(
  fileSystem: FileSystem,
  path: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<() => Promise<void>> {
  const before = await fileSystem.read(path)
  await fileSystem.delete(path)
  await fileSystem.create(path, change(before))
  return async () => {
    await fileSystem.delete(path)
    await fileSystem.create(path, before)
  }
}

async function fingerprint(fileSystem: FileSystem): Promise<string[]> {
  return (await everythingBelow(fileSystem, '')).map(({ path, length }) => `${path} ${length}`)
}

describe('a record that is damaged', () => {
  test.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['cut in its first line', (bytes) => bytes.subarray(0, 40), /first line does not end/],
    ['cut in its checksum', (bytes) => bytes.subarray(0, bytes.byteLength - 5), /second line is no checksum/],
    ['cut to nothing', () => new Uint8Array(0), /first line does not end/],
    ['with a flipped bit', (bytes) => bytes.map((byte, index) => (index === 50 ? byte ^ 1 : byte)), /CRC-32C is/],
    [
      'of a later version',
      () => encodeChecked('{"version":2,"type":"commit"}'),
      /its version is 2; this release reads version 1/,
    ],
    ['of another kind', () => encodeChecked('{"version":1,"type":"note"}'), /its field type/],
    [
      'against the rules',
      (bytes) => reEncoded(bytes, (json) => Object.assign(json, { epoch: 7 })),
      /epoch 7 while epoch 1 is current/,
    ],
  ])('%s', async (_how, change, complaint) => {
    const memory = await written()
    const restore = await replace(memory, record(2), change)
    const before = await fingerprint(memory)
    await expect(openOutput(memory)).rejects.toMatchObject({
      code: 'LOG_CORRUPT',
      path: record(2),
      message: expect.stringMatching(complaint),
    })
    await expect(openOutput(memory)).rejects.toThrow(/Nothing was changed\. Restore this file from a backup/)
    expect(await fingerprint(memory)).toEqual(before)
    await restore()
    await goesOn(memory)
  })
})

test('a record that is missing', async () => {
  const memory = await written()
  const bytes = await memory.read(record(2))
  await memory.delete(record(2))
  const before = await fingerprint(memory)
  await expect(openOutput(memory)).rejects.toMatchObject({
    code: 'LOG_CORRUPT',
    path: record(2),
    message: expect.stringMatching(/missing from the commit log, and records stand above it/),
  })
  expect(await fingerprint(memory)).toEqual(before)
  await memory.create(record(2), bytes)
  await goesOn(memory)
})

test('the first record is missing', async () => {
  const memory = await written()
  const bytes = await memory.read(record(0))
  await memory.delete(record(0))
  await expect(openOutput(memory)).rejects.toMatchObject({ code: 'LOG_CORRUPT', path: record(0) })
  await memory.create(record(0), bytes)
  await goesOn(memory)
})

test('a directory stands where a record should', async () => {
  const memory = await written()
  const bytes = await memory.read(record(2))
  await memory.delete(record(2))
  await memory.mkdirs(record(2))
  await expect(openOutput(memory)).rejects.toMatchObject({ path: record(2) })
  await memory.delete(record(2))
  await memory.create(record(2), bytes)
  await goesOn(memory)
})

test('foreign files beside the records are told and left alone', async () => {
  const memory = await written()
  const foreign = [`${log}/README`, `${log}/000000000002.json.bak`, `${log}/.000000000002.json.crc`]
  for (const path of foreign) await memory.create(path, Buffer.from('not ours'))
  await memory.mkdirs(`${log}/.snapshot-of-somebody`)
  const warned: unknown[] = []
  const logger = {
    debug() {},
    info() {},
    error() {},
    warn: (fields: object) => warned.push((fields as { path: string }).path),
  }
  const output = await openOutput(memory, { logger })
  expect(new Set(warned)).toEqual(new Set([...foreign, `${log}/.snapshot-of-somebody`]))
  await output.close()
  await goesOn(memory)
  for (const path of foreign) expect(await memory.stat(path)).toBeDefined()
})

test('records that lie below the newest checkpoint are never looked at', async () => {
  const memory = new MemoryFileSystem()
  const environment = { checkpointLimits: { commitsMax: 2, bytesMin: 1e9 } }
  const output = await openOutput(memory, {}, environment)
  for (let offset = 0; offset < 4; offset++) {
    await output.write({ key: 'a', text: `a${offset}` }, at(offset))
    await output.commit()
  }
  await output.close()
  const { records } = await readLog(sampleContext(memory))
  expect(records[0]!.record.type).toBe('checkpoint')
  await replace(memory, record(records[0]!.sequence - 1), () => Buffer.from('garbage'))
  // What a request that slept may leave on a number that was collected long since.
  await memory.create(record(0), Buffer.from('late'))
  await goesOn(memory, 4)
})

describe('job.json', () => {
  const job = '_multi_output/job.json'
  test.each<[string, object, RegExp]>([
    ['another job', { job: 'other' }, /job 'sample', the options say 'other': a location belongs to one job/],
    ['another number of tasks', { taskCount: 2 }, /taskCount '1', the options say '2'/],
    ['another mode', { mode: 'new-file' }, /mode 'append', the options say 'new-file'/],
    ['another visibility', { visibility: 'sealed' }, /visibility 'live', the options say 'sealed'/],
    [
      'another name for its files',
      { fileName: 'x_{task}_{serial}_{generation}.{extension}' },
      /fileName 'part-\{task\}-\{serial\}-\{generation\}\.\{extension\}', the options say 'x_/,
    ],
  ])('%s is refused, and nothing is touched', async (_what, options, complaint) => {
    const memory = await written()
    const before = await fingerprint(memory)
    await expect(openOutput(memory, options)).rejects.toMatchObject({
      code: 'JOB_MISMATCH',
      path: job,
      message: expect.stringMatching(complaint),
    })
    expect(await fingerprint(memory)).toEqual(before)
    await goesOn(memory)
  })

  test.each<[string, (bytes: Uint8Array) => Uint8Array, string, RegExp]>([
    ['cut', (bytes) => bytes.subarray(0, 20), 'LOG_CORRUPT', /first line does not end/],
    [
      'with a flipped bit',
      (bytes) => bytes.map((byte, index) => (index === 30 ? byte ^ 1 : byte)),
      'LOG_CORRUPT',
      /CRC-32C/,
    ],
    [
      'of a later format',
      (bytes) => reEncoded(bytes, (json) => Object.assign(json, { formatVersion: 2 })),
      'JOB_MISMATCH',
      /format version.*2/,
    ],
    [
      'with half a task',
      (bytes) => reEncoded(bytes, (json) => Object.assign(json, { taskCount: 0.5 })),
      'LOG_CORRUPT',
      /its field taskCount/,
    ],
    [
      'with names that nobody could read back',
      (bytes) => reEncoded(bytes, (json) => Object.assign(json, { fileName: 'orders_{task}.{extension}' })),
      'LOG_CORRUPT',
      /its field fileName: \{serial\} is missing/,
    ],
    [
      'with a field that nobody knows',
      (bytes) => reEncoded(bytes, (json) => Object.assign(json, { colour: 1 })),
      'LOG_CORRUPT',
      /colour/,
    ],
  ])('%s', async (_how, change, code, complaint) => {
    const memory = await written()
    const restore = await replace(memory, job, change)
    await expect(openOutput(memory)).rejects.toMatchObject({
      code,
      path: job,
      message: expect.stringMatching(complaint),
    })
    await restore()
    await goesOn(memory)
  })

  test('of two jobs that come at once one wins, and the other is refused', async () => {
    const memory = new MemoryFileSystem()
    const outcomes = await Promise.allSettled([openOutput(memory), openOutput(memory.another(), { job: 'other' })])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = outcomes.find((outcome) => outcome.status === 'rejected')
    expect(refused?.reason).toMatchObject({ code: 'JOB_MISMATCH' })
  })
})

function reEncoded(bytes: Uint8Array, alter: (json: object) => void): Uint8Array {
  const json = JSON.parse(Buffer.from(bytes).toString().split('\n')[0]!) as object
  alter(json)
  return encodeChecked(JSON.stringify(json))
}

/** Opens, writes one more, and counts. */
async function goesOn(memory: MemoryFileSystem, next: number = 3): Promise<void> {
  const output = await openOutput(memory)
  await output.write({ key: 'a', text: `a${next}` }, at(next))
  await output.commit()
  await output.close()
  expect(await linesByDirectory(memory)).toEqual({ a: [...Array(next + 1).keys()].map((offset) => `a${offset}`) })
}
