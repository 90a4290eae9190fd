// What MultiOutput does while nothing goes wrong: write, commit, skip, advance, replay, roll, seal, hide, reopen.
import { describe, expect, test } from 'vitest'
import { readLog } from '../src/engine/read-log.js'
import type { CommitEvent } from '../src/index.js'
import { MemoryFileSystem } from '../src/testing/index.js'
import { everythingBelow, FaultyFileSystem, hold } from './engine/faulty-file-system.js'
import { sampleContext } from './engine/sample-context.js'
import { at, dataFilesIn, lines, linesByDirectory, openOutput } from './engine/sample-output.js'

const part = (serial: number, generation: string): string => `part-00000-0000000${serial}-${generation}.txt`

describe('write and commit', () => {
  test('records go to a file per key, in order, and a further commit appends to it', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory)
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.write({ key: 'b', text: 'b1' }, at(1))
    await output.write({ key: 'a', text: 'a2' }, at(2))
    expect(await linesByDirectory(memory)).toEqual({})
    const first = await output.commit()
    expect(first).toMatchObject({ sequence: 1, files: 2, records: 3, bytes: 9 })
    await output.write({ key: 'a', text: 'a3' }, at(3))
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a2', 'a3'], b: ['b1'] })
    expect(await dataFilesIn(memory, 'a')).toEqual([part(0, '000001.000001')])
    expect(output.committed.offsets.get('t')?.get(0)).toEqual({ from: 0n, until: 4n })
    await output.close()
  })

  test('a reopened output goes on where the log ends, in the same files', async () => {
    const memory = new MemoryFileSystem()
    const first = await openOutput(memory)
    await first.write({ key: 'a', text: 'a0' }, at(0))
    await first.commit({ metadata: { cursor: 'x' } })
    await first.close()
    const second = await openOutput(memory)
    expect(second.epoch).toBe(2)
    expect(second.committed).toMatchObject({ metadata: { cursor: 'x' } })
    expect(second.committed.offsets.get('t')?.get(0)?.until).toBe(1n)
    await second.write({ key: 'a', text: 'a1' }, at(1))
    await second.commit()
    await second.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1'] })
    // Released, so nothing had to be renamed.
    expect(await dataFilesIn(memory, 'a')).toEqual([part(0, '000001.000001')])
  })

  test('what was not committed is not there after close, and comes again from the source', async () => {
    const memory = new MemoryFileSystem()
    const first = await openOutput(memory, { bufferedBytesMax: 4 })
    await first.write({ key: 'a', text: 'a0' }, at(0))
    await first.commit()
    await first.write({ key: 'a', text: 'appended to make room' }, at(1))
    await first.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0'] })
    const second = await openOutput(memory)
    await second.write({ key: 'a', text: 'a1' }, at(1))
    await second.commit()
    await second.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1'] })
  })

  test('a replay is skipped and counted, within an attempt and after a restart', async () => {
    const memory = new MemoryFileSystem()
    const first = await openOutput(memory)
    for (const offset of [0, 1, 1, 0]) await first.write({ key: 'a', text: `a${offset}` }, at(offset))
    expect(first.skippedCount).toBe(2)
    await first.commit()
    await first.close()
    const second = await openOutput(memory)
    for (const offset of [0, 1, 2]) await second.write({ key: 'a', text: `a${offset}` }, at(offset))
    expect(second.skippedCount).toBe(2)
    await second.commit()
    await second.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1', 'a2'] })
  })

  test('a replay of what a commit in hand holds is skipped too', async () => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    const output = await openOutput(fileSystem)
    await output.write({ key: 'a', text: 'a0' }, at(0))
    const deciding = hold()
    fileSystem.disturb('rename', /log\//, deciding.disturbance)
    const committing = output.commit()
    await deciding.reached
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.write({ key: 'a', text: 'a1' }, at(1))
    expect(output.skippedCount).toBe(1)
    deciding.release()
    await committing
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1'] })
    await output.close()
  })

  test('offsets may be jumped over, advanced over, and belong to many partitions', async () => {
    const output = await openOutput(new MemoryFileSystem())
    await output.write({ key: 'a', text: 'x' }, at(5))
    await output.write({ key: 'a', text: 'y' }, at(9))
    await output.write({ key: 'a', text: 'z' }, at(2, 1))
    output.advance({ topic: 't', partition: 1, until: 7n })
    const { offsets } = await output.commit()
    expect(offsets.get('t')?.get(0)).toEqual({ from: 5n, until: 10n })
    expect(offsets.get('t')?.get(1)).toEqual({ from: 2n, until: 7n })
    await output.close()
  })

  test('reopened with other partitions, those of before are kept', async () => {
    const memory = new MemoryFileSystem()
    const first = await openOutput(memory)
    await first.write({ key: 'a', text: 'p0' }, at(0, 0))
    await first.commit()
    await first.close()
    const second = await openOutput(memory)
    await second.write({ key: 'a', text: 'p1' }, at(7, 1))
    await second.commit()
    expect([...(second.committed.offsets.get('t') ?? [])]).toEqual([
      [0, { from: 0n, until: 1n }],
      [1, { from: 7n, until: 8n }],
    ])
    await second.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['p0', 'p1'] })
  })

  test('records without ids are all taken', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory)
    await output.write({ key: 'a', text: 'same' })
    await output.write({ key: 'a', text: 'same' })
    expect(await output.commit()).toMatchObject({ records: 2, offsets: new Map() })
    expect(await linesByDirectory(memory)).toEqual({ a: ['same', 'same'] })
    await output.close()
  })

  test('with nothing to do a commit puts no record, with metadata alone it does', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory)
    expect(await output.commit()).toMatchObject({ sequence: 0, files: 0, records: 0, bytes: 0 })
    await output.write({ key: 'a', text: 'x' }, at(0))
    await output.commit()
    await output.write({ key: 'a', text: 'x' }, at(0))
    expect(await output.commit()).toMatchObject({ sequence: 1, records: 0 })
    expect(await output.commit({ metadata: 1 })).toMatchObject({ sequence: 2, files: 0 })
    await output.close()
  })

  test('of two commits at once the first takes what there is, and both resolve', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory)
    await output.write({ key: 'a', text: 'x' }, at(0))
    const [first, second] = await Promise.all([output.commit(), output.commit()])
    expect([first.records, second.records]).toEqual([1, 0])
    expect(await linesByDirectory(memory)).toEqual({ a: ['x'] })
    await output.close()
  })

  test('without a partitioner records go to the location itself', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { partitioner: undefined as never })
    await output.write({ key: 'a', text: 'x' }, at(0))
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual({ '': ['x'] })
    await output.close()
  })

  test('permission, replication and block size go to data files', async () => {
    const memory = new MemoryFileSystem()
    const created: object[] = []
    const create = memory.create.bind(memory)
    memory.create = (path, content, options) => {
      if (/data-/.test(path)) created.push(options ?? {})
      return create(path, content, options)
    }
    const output = await openOutput(memory, { permission: '640', replication: 2, blockSizeBytes: 1_048_576 })
    await output.write({ key: 'a', text: 'x' }, at(0))
    await output.commit()
    expect(created).toEqual([{ permission: '640', replication: 2, blockSizeBytes: 1_048_576 }])
    await output.close()
  })
})

describe('streams', () => {
  test('a side output is part of the same commit, in files and a directory of its own', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, {
      streams: { dead: { format: { ...lines, extension: 'dead' }, directory: '_dead/letters' } },
    })
    await output.write({ key: 'a', text: 'good' }, at(0))
    await output.write({ key: 'a', text: 'bad' }, { ...at(1), stream: 'dead' })
    const committed = await output.commit()
    expect(committed).toMatchObject({ files: 2, records: 2 })
    expect(committed.offsets.get('t')?.get(0)).toEqual({ from: 0n, until: 2n })
    expect(await linesByDirectory(memory)).toEqual({ a: ['good'] })
    const [dead] = await dataFilesIn(memory, '_dead/letters')
    expect(dead).toMatch(/\.dead$/)
    expect(Buffer.from(await memory.read(`_dead/letters/${dead}`)).toString()).toBe('bad\n')
    await output.close()
  })

  test('a stream that nobody named is refused, and says which there are', async () => {
    const output = await openOutput(new MemoryFileSystem(), { streams: { dead: { format: lines, directory: 'dead' } } })
    expect(() => output.write({ key: 'a', text: 'x' }, { stream: 'daed' })).toThrow(/'daed' is not one of main, dead/)
    await output.close()
  })
})

describe('back-pressure', () => {
  test('write answers a promise only over the budget, and the bytes leave memory before the commit', async () => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    const output = await openOutput(fileSystem, { bufferedBytesMax: 100 })
    expect(output.write({ key: 'a', text: 'x'.repeat(80) }, at(0))).toBeUndefined()
    const wait = output.write({ key: 'b', text: 'x'.repeat(30) }, at(1))
    expect(wait).toBeInstanceOf(Promise)
    await wait
    // The largest buffer went, and that was enough.
    const uploads = fileSystem.calls.filter(({ path }) => /data-/.test(path))
    expect(uploads).toMatchObject([{ operation: 'create', bytes: 81 }])
    expect(output.write({ key: 'b', text: 'x'.repeat(30) }, at(2))).toBeUndefined()
    await output.commit()
    expect((await linesByDirectory(memory)).b).toHaveLength(2)
    await output.close()
  })

  test('a record larger than the budget gets in, and a thousand of them need no more memory than one', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { bufferedBytesMax: 10 })
    for (let offset = 0; offset < 50; offset++) {
      await output.write({ key: `k${offset % 3}`, text: `${offset} `.padEnd(40, 'x') }, at(offset))
    }
    expect((await output.commit()).records).toBe(50)
    const found = Object.values(await linesByDirectory(memory)).flat()
    expect(found.map((line) => Number(line.split(' ')[0])).sort((a, b) => a - b)).toEqual([...Array(50).keys()])
    await output.close()
  })

  test('while a commit is in hand, making room waits for it', async () => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    const output = await openOutput(fileSystem, { bufferedBytesMax: 10 })
    await output.write({ key: 'a', text: 'a0' }, at(0))
    const deciding = hold()
    fileSystem.disturb('rename', /log\//, deciding.disturbance)
    const committing = output.commit()
    await deciding.reached
    const calls = fileSystem.calls.length
    const wait = output.write({ key: 'a', text: 'more than ten bytes' }, at(1))
    await new Promise(setImmediate)
    expect(fileSystem.calls.length).toBe(calls)
    deciding.release()
    await Promise.all([committing, wait])
    expect(fileSystem.calls.filter(({ operation }) => operation === 'append')).toHaveLength(1)
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'more than ten bytes'] })
    await output.close()
  })
})

describe('the log', () => {
  test('checkpoints keep it short, its manifests name every sealed file once, and a reopen folds the same', async () => {
    const memory = new MemoryFileSystem()
    const environment = { checkpointLimits: { commitsMax: 3, bytesMin: 1e9 } }
    const output = await openOutput(memory, { roll: { recordsMax: 2 } }, environment)
    for (let offset = 0; offset < 21; offset++) {
      await output.write({ key: 'a', text: `a${offset}` }, at(offset))
      await output.commit()
    }
    await output.close()
    const entries = await everythingBelow(memory, '_multi_output/task-00000')
    const records = entries.filter(({ path }) => path.includes('/log/'))
    expect(records.length).toBeLessThan(12)
    const { state } = await readLog(sampleContext(memory))
    const manifests = entries.filter(({ path, type }) => type === 'file' && path.includes('/sealed/'))
    const listed: number[] = state.sealedFiles.map(({ serial }) => serial)
    for (const { path } of manifests) {
      const { files } = JSON.parse(
        Buffer.from(await memory.read(path))
          .toString()
          .split('\n')[0]!,
      ) as {
        files: { serial: number }[]
      }
      listed.push(...files.map(({ serial }) => serial))
    }
    expect(listed.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(state.offsets.get('t')?.get(0)).toEqual({ from: 0n, until: 21n })
    expect(await linesByDirectory(memory)).toEqual({ a: [...Array(21).keys()].map((offset) => `a${offset}`) })
  })

  test('events tell what a commit added', async () => {
    const events: CommitEvent[] = []
    const uploads: string[] = []
    const output = await openOutput(new MemoryFileSystem(), {
      hooks: {
        commit: (event) => events.push(event),
        upload: ({ path, bytes }) => uploads.push(`${path[0]} ${bytes}`),
      },
    })
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.commit()
    expect(events).toMatchObject([{ sequence: 1, files: 1, records: 1, bytes: 3 }])
    expect(uploads).toEqual(['a 3'])
    await output.close()
  })
})
