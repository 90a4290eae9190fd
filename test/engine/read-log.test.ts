// Reading a log while others write to it and collect its garbage.
import { describe, expect, test } from 'vitest'
import { engineLimits } from '../../src/engine/limits.js'
import { readLog } from '../../src/engine/read-log.js'
import type { MultiOutput } from '../../src/multi-output.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { FaultyFileSystem } from './faulty-file-system.js'
import { sampleContext } from './sample-context.js'
import { at, type Line, openOutput } from './sample-output.js'

const LOG = /task-00000\/log$/

interface Busy {
  readonly output: MultiOutput<Line>
  readonly reader: FaultyFileSystem
  readonly context: ReturnType<typeof sampleContext>
}

/** A reader's view of a log to which its owner adds a record before each of the reader's next `times` listings. */
async function busyLog(times: number, commitsMax: number): Promise<Busy> {
  const memory = new MemoryFileSystem()
  const environment = { checkpointLimits: { commitsMax, bytesMin: 1e9 } }
  const output = await openOutput(memory, { mode: 'new-file' }, environment)
  let offset = 0
  const add = async (): Promise<void> => {
    await output.write({ key: 'a', text: `a${offset}` }, at(offset++))
    await output.commit()
  }
  await add()
  const reader = new FaultyFileSystem(memory)
  let left = times
  reader.rules.push(({ operation, path }) => {
    if (operation !== 'list' || !LOG.test(path) || left-- <= 0) return undefined
    return async (_call, run) => {
      await add()
      return run()
    }
  })
  return { output, reader, context: sampleContext(reader) }
}

describe('a log that grows while it is read', () => {
  test('is caught up with, without reading again what was read', async () => {
    const { output, reader, context } = await busyLog(60, 1_000)
    const { state } = await readLog(context)
    expect(state.sequence).toBe(61)
    expect(state.offsets.get('t')?.get(0)?.until).toBe(61n)
    const reads = reader.calls.filter(({ operation }) => operation === 'read').map(({ path }) => path)
    expect(new Set(reads).size).toBe(reads.length)
    await output.close()
  })

  test('and is collected too, is folded again', async () => {
    const { output, context } = await busyLog(60, 3)
    const { state, records } = await readLog(context)
    expect(state.offsets.get('t')?.get(0)?.until).toBe(61n)
    expect(records[0]!.record.type).toBe('checkpoint')
    expect(records.map(({ sequence }) => sequence - records[0]!.sequence)).toEqual([...records.keys()])
    await output.close()
  })

  test('for longer than the limits is given up with words', async () => {
    const { output, context } = await busyLog(Number.POSITIVE_INFINITY, 1_000)
    const limits = { ...engineLimits, foldsMax: 2, catchUpsMax: 3 }
    await expect(readLog({ ...context, limits })).rejects.toMatchObject({
      code: 'OPEN_FAILED',
      message: expect.stringMatching(/another writer is busy there/),
    })
    await output.close()
  })
})

test('a log that is not there is empty', async () => {
  const { state, records } = await readLog(sampleContext(new MemoryFileSystem()))
  expect([state.sequence, records]).toEqual([-1, []])
})

test('a gap that the next listing does not show is none', async () => {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory)
  await output.commit({ metadata: 1 })
  await output.commit({ metadata: 2 })
  const reader = new FaultyFileSystem(memory)
  const missed = '_multi_output/task-00000/log/000000000001.json'
  const bytes = await memory.read(missed)
  await memory.delete(missed)
  let listings = 0
  reader.rules.push(({ operation }) => {
    if (operation !== 'list' || ++listings !== 2) return undefined
    return async (_call, run) => {
      await memory.create(missed, bytes)
      return run()
    }
  })
  expect((await readLog(sampleContext(reader))).state.metadata).toBe(2)
  await output.close()
})
