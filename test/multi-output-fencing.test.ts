// What a writer finds out when somebody else has its task, or its files are gone.
import { describe, expect, test } from 'vitest'
import { MemoryFileSystem } from '../src/testing/index.js'
import { everythingBelow, FaultyFileSystem, neverArrives } from './engine/faulty-file-system.js'
import { all, writeRest, written } from './engine/half-written-output.js'
import { at, dataFilesIn, linesByDirectory, openOutput } from './engine/sample-output.js'

describe('a file that is not there any more', () => {
  test('a data file: DATA_LOST names it, and once it is back the next open goes on', async () => {
    const { memory, output } = await written()
    const [name] = await dataFilesIn(memory, 'a')
    await memory.rename(`a/${name}`, 'a/mislaid', { mode: 'move' })
    await expect(output.commit()).rejects.toMatchObject({
      code: 'DATA_LOST',
      path: `a/${name}`,
      message: expect.stringMatching(/not there any more.*brought back.*open again/),
    })
    await expect(openOutput(memory)).rejects.toMatchObject({ code: 'DATA_LOST', path: `a/${name}` })
    await memory.rename('a/mislaid', `a/${name}`, { mode: 'move' })
    const next = await openOutput(memory)
    await writeRest(next)
    await next.commit()
    await next.close()
    expect(await linesByDirectory(memory)).toEqual(all)
  })

  test.each([
    ['refused', undefined],
    ['unanswered', neverArrives()],
  ])('a temp that somebody deleted, its append %s: the attempt fails, and is replayed', async (_how, disturbance) => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    const output = await openOutput(fileSystem, { bufferedBytesMax: 4 })
    await output.write({ key: 'a', text: 'more than four' }, at(0))
    await memory.delete('_multi_output/task-00000/tmp/000001', { recursive: 'all' })
    if (disturbance !== undefined) fileSystem.disturb('append', /data-/, disturbance)
    await expect(output.write({ key: 'a', text: 'more than four' }, at(1))).rejects.toMatchObject({
      code: 'COMMIT_FAILED',
    })
    await output.abort()
    await output.write({ key: 'a', text: 'replayed' }, at(0))
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual({ a: ['replayed'] })
    await output.close()
  })

  test('a temp that a later epoch deleted: FENCED', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { bufferedBytesMax: 4 })
    await output.write({ key: 'a', text: 'more than four' }, at(0))
    const next = await openOutput(memory)
    await expect(output.write({ key: 'a', text: 'more than four' }, at(1))).rejects.toMatchObject({ code: 'FENCED' })
    await next.close()
  })
})

describe('somebody else has the task', () => {
  test('a commit, an abort and every write after it are FENCED, and change nothing', async () => {
    const { memory, output } = await written()
    const next = await openOutput(memory)
    await writeRest(next)
    await next.commit()
    const before = (await everythingBelow(memory, '')).map(({ path }) => path)
    await expect(output.commit()).rejects.toMatchObject({ code: 'FENCED' })
    await expect(output.abort()).rejects.toMatchObject({ code: 'FENCED' })
    expect(() => output.write({ key: 'a', text: 'x' }, at(9))).toThrow(expect.objectContaining({ code: 'FENCED' }))
    await output.close()
    const after = (await everythingBelow(memory, '')).map(({ path }) => path)
    expect(after.filter((path) => !before.includes(path) && !path.includes('/tmp/000001'))).toEqual([])
    expect(await linesByDirectory(memory)).toEqual(all)
    await next.write({ key: 'a', text: 'a3' }, at(3))
    await next.commit()
    await next.close()
  })

  test('a fence is told', async () => {
    const memory = new MemoryFileSystem()
    const told: object[] = []
    const output = await openOutput(memory, { hooks: { fence: (event) => told.push(event) } })
    await output.write({ key: 'a', text: 'x' }, at(0))
    const next = await openOutput(memory)
    await expect(output.commit()).rejects.toMatchObject({ code: 'FENCED' })
    expect(told).toEqual([{ epoch: 1, by: expect.stringContaining('claim of epoch 2 by pid 1 on host-a') }])
    await next.close()
  })

  test('of two that commit at once one wins and the other is fenced', async () => {
    const memory = new MemoryFileSystem()
    const first = await openOutput(memory)
    await first.write({ key: 'a', text: 'first' }, at(0))
    const opening = openOutput(memory)
    const committed = await first.commit().catch((error: unknown) => error)
    const second = await opening
    const position = second.committed.offsets.get('t')?.get(0)?.until
    if (position === undefined) {
      expect(committed).toMatchObject({ code: 'FENCED' })
      await second.write({ key: 'a', text: 'second' }, at(0))
      await second.commit()
    }
    expect(Object.values(await linesByDirectory(memory)).flat()).toHaveLength(1)
    await second.close()
  })

  test('an upload to make room that finds its file gone is FENCED', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { bufferedBytesMax: 4 })
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.commit()
    const next = await openOutput(memory)
    await expect(output.write({ key: 'a', text: 'more than four' }, at(1))).rejects.toMatchObject({ code: 'FENCED' })
    await next.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0'] })
  })
})
