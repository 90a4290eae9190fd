// Which files MultiOutput seals, hides and shows, and when.
import { describe, expect, test } from 'vitest'
import { readLog } from '../src/engine/read-log.js'
import { MemoryFileSystem } from '../src/testing/index.js'
import { sampleContext } from './engine/sample-context.js'
import { at, dataFilesIn, linesByDirectory, ManualClock, openOutput } from './engine/sample-output.js'

const part = (serial: number, generation: string): string => `part-00000-0000000${serial}-${generation}.txt`

describe('rolls and seals', () => {
  test('at a number of records, also within an attempt', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { roll: { recordsMax: 2 } })
    for (let offset = 0; offset < 5; offset++) await output.write({ key: 'a', text: `a${offset}` }, at(offset))
    await output.commit()
    await output.write({ key: 'a', text: 'a5' }, at(5))
    await output.write({ key: 'a', text: 'a6' }, at(6))
    await output.commit()
    expect(await dataFilesIn(memory, 'a')).toHaveLength(4)
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6'] })
    await output.close()
  })

  test('at a size, which one record may exceed', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { roll: { fileSizeBytesMax: 5 } })
    await output.write({ key: 'a', text: 'longer than five' }, at(0))
    await output.write({ key: 'a', text: 'b' }, at(1))
    await output.commit()
    expect(await dataFilesIn(memory, 'a')).toHaveLength(2)
    await output.close()
  })

  test('by age and by idleness, when a commit is called, touched or not', async () => {
    const memory = new MemoryFileSystem()
    const clock = new ManualClock()
    const reasons: string[] = []
    const hooks = { seal: ({ path, reason }: { path: string; reason: string }) => reasons.push(`${path[0]} ${reason}`) }
    const output = await openOutput(memory, { roll: { fileAgeMsMax: 1_000, idleMsMax: 600 }, hooks }, { clock })
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.write({ key: 'b', text: 'b1' }, at(1))
    await output.commit()
    clock.timeMs += 600
    await output.write({ key: 'a', text: 'a2' }, at(2))
    await output.commit()
    clock.timeMs += 400
    expect(await output.commit()).toMatchObject({ files: 1, records: 0 })
    expect(reasons).toEqual(['b idleMsMax', 'a fileAgeMsMax'])
    await output.write({ key: 'a', text: 'a3' }, at(3))
    await output.commit()
    expect(await dataFilesIn(memory, 'a')).toHaveLength(2)
    await output.close()
  })

  test.each([
    ['back', -(10 ** 10)],
    ['ahead', 10 ** 10],
  ])('a clock that jumps %s costs an early or a late roll and nothing else', async (_where, jumpMs) => {
    const memory = new MemoryFileSystem()
    const clock = new ManualClock()
    const options = { roll: { fileAgeMsMax: 1_000, idleMsMax: 600 } }
    const first = await openOutput(memory, options, { clock })
    await first.write({ key: 'a', text: 'a0' }, at(0))
    await first.commit()
    clock.timeMs += jumpMs
    await first.write({ key: 'a', text: 'a1' }, at(1))
    await first.commit()
    clock.timeMs -= 2 * jumpMs
    const second = await openOutput(memory, options, { clock })
    await second.write({ key: 'a', text: 'a2' }, at(2))
    await second.commit()
    await second.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1', 'a2'] })
  })

  test('openFilesMax seals the files that were added to longest ago', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { openFilesMax: 2 })
    for (const [offset, key] of ['a', 'b', 'c'].entries()) {
      await output.write({ key, text: `${key}${offset}` }, at(offset))
      await output.commit()
    }
    const { state } = await readLog(sampleContext(memory))
    expect([...state.openFiles.values()].map(({ directory }) => directory)).toEqual(['b', 'c'])
    await output.write({ key: 'a', text: 'a3' }, at(3))
    await output.write({ key: 'd', text: 'd4' }, at(4))
    await output.write({ key: 'e', text: 'e5' }, at(5))
    await output.commit()
    expect((await readLog(sampleContext(memory))).state.openFiles.size).toBe(2)
    expect(await dataFilesIn(memory, 'a')).toHaveLength(2)
    await output.close()
  })

  test('new-file mode makes a file per commit and key, and appends to none', async () => {
    const memory = new MemoryFileSystem({ capabilities: { append: false } })
    const output = await openOutput(memory, { mode: 'new-file' })
    for (let offset = 0; offset < 3; offset++) {
      await output.write({ key: 'a', text: `a${offset}` }, at(offset))
      await output.commit()
    }
    expect(await dataFilesIn(memory, 'a')).toEqual([0, 1, 2].map((serial) => part(serial, `000001.00000${serial + 1}`)))
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1', 'a2'] })
    await output.close()
  })

  test('visibility sealed hides a file until the commit that seals it', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { visibility: 'sealed', roll: { recordsMax: 2 } })
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual({})
    expect(await dataFilesIn(memory, 'a')).toEqual([`.${part(0, '000001.000001')}`])
    await output.write({ key: 'a', text: 'a1' }, at(1))
    await output.write({ key: 'a', text: 'a2' }, at(2))
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1'] })
    await output.close()
  })

  test('a hidden file that is taken over stays hidden, and shows when it is sealed', async () => {
    const memory = new MemoryFileSystem()
    const first = await openOutput(memory, { visibility: 'sealed', roll: { recordsMax: 2 } })
    await first.write({ key: 'a', text: 'a0' }, at(0))
    await first.commit()
    const second = await openOutput(memory, { visibility: 'sealed', roll: { recordsMax: 2 } })
    expect(await dataFilesIn(memory, 'a')).toEqual([`.${part(0, '000002.000001')}`])
    await second.write({ key: 'a', text: 'a1' }, at(1))
    await second.commit()
    expect(await dataFilesIn(memory, 'a')).toEqual([part(0, '000002.000001')])
    await second.close()
  })
})
