// How an output ends: as a stream, as a batch, by close, by `await using`.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, test } from 'vitest'
import type { MultiOutputOptions } from '../src/index.js'
import { runBatch } from '../src/index.js'
import { MemoryFileSystem } from '../src/testing/index.js'
import { FaultyFileSystem, hold, refused } from './engine/faulty-file-system.js'
import { at, type Line, lines, linesByDirectory, openOutput } from './engine/sample-output.js'

const numbered = (count: number): { record: Line; id: ReturnType<typeof at>['id'] }[] =>
  Array.from({ length: count }, (_, offset) => ({
    record: { key: `k${offset % 2}`, text: `${offset}` },
    ...at(offset),
  }))

describe('toWritable', () => {
  test('a pipeline that ends has committed', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory)
    await pipeline(Readable.from(numbered(5)), output.toWritable())
    expect(await linesByDirectory(memory)).toEqual({ k0: ['0', '2', '4'], k1: ['1', '3'] })
    expect(output.committed.offsets.get('t')?.get(0)?.until).toBe(5n)
    // The output itself goes on.
    await output.write({ key: 'k0', text: '5' }, at(5))
    await output.commit()
    await output.close()
  })

  test('records may come bare, with a function that tells their context', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory)
    const rows = Array.from({ length: 3 }, (_, offset) => ({ key: 'a', text: `${offset}` }))
    await pipeline(Readable.from(rows), output.toWritable({ contextOf: ({ text }) => at(Number(text)) }))
    expect(output.committed.offsets.get('t')?.get(0)).toEqual({ from: 0n, until: 3n })
    await output.close()
  })

  test('back-pressure reaches the source: it is not read while bytes wait for their upload', async () => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    const output = await openOutput(fileSystem, { bufferedBytesMax: 10 })
    const uploading = hold()
    fileSystem.disturb('create', /data-/, uploading.disturbance)
    let read = 0
    async function* source(): AsyncGenerator<{ record: Line }> {
      for (; read < 200; read++) yield { record: { key: 'a', text: `${read}`.padStart(8, '0') } }
    }
    const done = pipeline(source, output.toWritable())
    await uploading.reached
    await new Promise(setImmediate)
    // What stream buffers hold by themselves (16 objects on each side), and no more.
    expect(read).toBeLessThan(50)
    uploading.release()
    await done
    expect((await linesByDirectory(memory)).a).toHaveLength(200)
    await output.close()
  })

  test('a record that is refused ends the pipeline, and nothing is committed', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory)
    const rows = [...numbered(3), { record: { key: 'a', text: 'unwritable' } }]
    await expect(pipeline(Readable.from(rows), output.toWritable())).rejects.toMatchObject({ code: 'BAD_RECORD' })
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({})
  })

  test('a commit that fails fails the pipeline', async () => {
    const fileSystem = new FaultyFileSystem(new MemoryFileSystem())
    const output = await openOutput(fileSystem)
    fileSystem.disturb('create', /data-/, refused('NO_SPACE'))
    await expect(pipeline(Readable.from(numbered(3)), output.toWritable())).rejects.toMatchObject({
      code: 'COMMIT_FAILED',
    })
    await output.close()
  })

  test('a source that fails commits nothing', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory)
    async function* source(): AsyncGenerator<object> {
      yield* numbered(2)
      throw new Error('the source broke')
    }
    await expect(pipeline(source, output.toWritable())).rejects.toThrow('the source broke')
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({})
  })

  test('ending after close fails the stream, not the process', async () => {
    const output = await openOutput(new MemoryFileSystem())
    const writable = output.toWritable()
    await output.close()
    await expect(pipeline(Readable.from([]), writable)).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('runBatch', () => {
  const batch = (fileSystem: FaultyFileSystem | MemoryFileSystem, parts: Partial<MultiOutputOptions<Line>> = {}) => ({
    location: 'memory:///',
    fileSystem,
    job: 'sample',
    format: lines,
    partitioner: ({ key }: Line) => key,
    retryForMs: 0,
    ...parts,
  })

  test('commits when the batch returns, and releases', async () => {
    const memory = new MemoryFileSystem()
    const result = await runBatch(batch(memory), async (output) => {
      for (const { record, id } of numbered(4)) await output.write(record, { id })
    })
    expect(result).toMatchObject({ records: 4, files: 2 })
    await (await openOutput(memory, { takeover: 'ifReleased' })).close()
    expect(await linesByDirectory(memory)).toEqual({ k0: ['0', '2'], k1: ['1', '3'] })
  })

  test('commits nothing when the batch throws, and rejects with its error', async () => {
    const memory = new MemoryFileSystem()
    const running = runBatch(batch(memory), async (output) => {
      await output.write({ key: 'a', text: 'x' })
      throw new Error('the batch broke')
    })
    await expect(running).rejects.toThrow('the batch broke')
    expect(await linesByDirectory(memory)).toEqual({})
    await (await openOutput(memory, { takeover: 'ifReleased' })).close()
  })

  test('the first error is the one that counts, what follows it is logged', async () => {
    const fileSystem = new FaultyFileSystem(new MemoryFileSystem())
    const errors: unknown[] = []
    const logger = { debug() {}, info() {}, warn() {}, error: (fields: object) => errors.push(fields) }
    const running = runBatch(batch(fileSystem, { logger }), async (output) => {
      await output.write({ key: 'a', text: 'x' })
      fileSystem.disturb('create', /record-/, refused('NO_SPACE'))
      throw new Error('the batch broke')
    })
    await expect(running).rejects.toThrow('the batch broke')
    expect(errors).toMatchObject([{ err: { code: 'NO_SPACE' } }])
  })

  test('a commit that fails is the error', async () => {
    const fileSystem = new FaultyFileSystem(new MemoryFileSystem())
    fileSystem.disturb('create', /data-/, refused('QUOTA'))
    const running = runBatch(batch(fileSystem), async (output) => {
      await output.write({ key: 'a', text: 'x' })
    })
    await expect(running).rejects.toMatchObject({ code: 'COMMIT_FAILED', cause: { code: 'QUOTA' } })
  })

  test('a batch that was committed has succeeded, also where the task could not be released', async () => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    const warnings: unknown[] = []
    const logger = { debug() {}, info() {}, error() {}, warn: (fields: object) => warnings.push(fields) }
    let records = 0
    fileSystem.rules.push(({ operation, path }) => {
      if (operation === 'create' && /record-/.test(path)) records += 1
      return records > 2 && operation === 'create' ? refused('UNAVAILABLE') : undefined
    })
    const result = await runBatch(batch(fileSystem, { logger }), async (output) => {
      await output.write({ key: 'a', text: 'x' })
    })
    expect(result.records).toBe(1)
    expect(warnings).toHaveLength(1)
    expect(await linesByDirectory(memory)).toEqual({ a: ['x'] })
  })
})

describe('close', () => {
  test('may be called again, and then nothing else may', async () => {
    const output = await openOutput(new MemoryFileSystem())
    await output.close()
    await output.close()
    expect(() => output.write({ key: 'a', text: 'x' })).toThrow(expect.objectContaining({ code: 'CLOSED' }))
    expect(() => output.advance({ topic: 't', partition: 0, until: 1n })).toThrow(
      expect.objectContaining({ code: 'CLOSED' }),
    )
    await expect(output.commit()).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(output.abort()).rejects.toMatchObject({ code: 'CLOSED' })
  })

  test('waits for a commit in hand, which counts', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory)
    await output.write({ key: 'a', text: 'x' }, at(0))
    const committing = output.commit()
    await output.close()
    expect((await committing).records).toBe(1)
    expect(await linesByDirectory(memory)).toEqual({ a: ['x'] })
  })

  test('a file system at hand stays open', async () => {
    const memory = new MemoryFileSystem()
    await (await openOutput(memory)).close()
    await expect(memory.stat('')).resolves.toBeDefined()
  })

  test('`await using` closes, also when the block throws', async () => {
    const memory = new MemoryFileSystem()
    const block = async (): Promise<void> => {
      await using output = await openOutput(memory)
      await output.write({ key: 'a', text: 'x' }, at(0))
      throw new Error('the block broke')
    }
    await expect(block()).rejects.toThrow('the block broke')
    const next = await openOutput(memory, { takeover: 'ifReleased' })
    expect(next.committed.offsets.size).toBe(0)
    await next.close()
  })
})
