// Windows of event time: which records are late, and when a window's files are sealed.
import { describe, expect, test } from 'vitest'
import { MemoryFileSystem } from '../src/testing/index.js'
import { everythingBelow, FaultyFileSystem, refused as refusing } from './engine/faulty-file-system.js'
import { at, linesByDirectory, ManualClock, openOutput } from './engine/sample-output.js'
import { commitAt, dir, MINUTE_MS, marked, noon, stateOf, windows, write } from './engine/windows-of-noon.js'

describe('sealing', () => {
  test('a window that the watermark has passed is sealed by the commit that carries it, and marked', async () => {
    const memory = new MemoryFileSystem()
    const told: unknown[] = []
    const hooks = {
      seal: ({ reason }: { reason: string }) => told.push(reason),
      windowSealed: (event: object) => told.push({ sealed: event }),
      windowMarked: (event: object) => told.push({ marked: event }),
    }
    const output = await openOutput(memory, { ...windows, hooks })
    write(output, 1, 0)
    await commitAt(output, 4, 1)
    expect(output.committed.watermarkMs).toBe(noon + 4 * MINUTE_MS)
    expect(told).toEqual([])
    write(output, 6, 2)
    await commitAt(output, 3, 3)
    const window = { windowEndMs: noon + 5 * MINUTE_MS, directories: [dir(0)] }
    expect(told).toEqual(['window', { sealed: window }, { marked: window }])
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    expect(await linesByDirectory(memory)).toEqual({ [dir(0)]: ['0-0', '0-1', '0-3'], [dir(5)]: ['0-2'] })
    const { openFiles, unmarkedWindows } = await stateOf(memory)
    expect([...openFiles.values()].map(({ directory, windowEndMs }) => [directory, windowEndMs])).toEqual([
      [dir(5), noon + 10 * MINUTE_MS],
    ])
    expect([...unmarkedWindows.keys()]).toEqual([dir(0), dir(5)])
    await output.close()
    // What leaves says what is marked.
    expect([...(await stateOf(memory)).unmarkedWindows.keys()]).toEqual([dir(5)])
  })

  test('the end itself is the next window: a record at the end seals the one before', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, windows)
    await commitAt(output, 4, 0)
    await commitAt(output, 5, 1)
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await output.close()
  })

  test('files of an earlier writer too, whose windows are in the log, also behind a checkpoint', async () => {
    const memory = new MemoryFileSystem()
    const checkpointLimits = { commitsMax: 1, bytesMin: 0 }
    const first = await openOutput(memory, windows, { checkpointLimits })
    await commitAt(first, 1, 0)
    const output = await openOutput(memory, windows)
    await commitAt(output, 7, 1)
    expect((await stateOf(memory)).openFiles.size).toBe(1)
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await output.close()
  })

  test('in new-file mode nothing is left open, and windows are marked all the same', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, { ...windows, mode: 'new-file' })
    await commitAt(output, 1, 0)
    await commitAt(output, 6, 1)
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await output.close()
  })

  test('a file whose only record of the attempt was refused is sealed like the others', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, windows)
    await commitAt(output, 1, 0)
    const context = { ...at(1), eventTimeMs: noon + 2 * MINUTE_MS }
    expect(() => output.write({ key: '', text: 'unwritable' }, context)).toThrow(
      expect.objectContaining({ code: 'BAD_RECORD' }),
    )
    await commitAt(output, 6, 1)
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await output.close()
  })

  test('while one attempt is decided the next is judged by its watermark', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, windows)
    write(output, 1, 0)
    write(output, 6, 1)
    const commit = output.commit()
    await Promise.resolve()
    await new Promise((resolve) => setImmediate(resolve))
    write(output, 2, 2)
    await commit
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual({ [dir(0)]: ['0-0'], [dir(5)]: ['0-1'] })
    expect(output.lateCount).toBe(1)
    await output.close()
  })
})

describe('late records', () => {
  async function withLateRecord(late: 'directory' | 'deadLetter' | 'drop' | 'append') {
    const memory = new MemoryFileSystem()
    const told: object[] = []
    const eventTime = { allowedLatenessMs: 0, late }
    const output = await openOutput(memory, { ...windows, eventTime, hooks: { late: (event) => told.push(event) } })
    write(output, 1, 0)
    await commitAt(output, 6, 1)
    const refused: unknown[] = []
    try {
      write(output, 2, 2)
    } catch (error) {
      refused.push(error)
    }
    await commitAt(output, 7, 3)
    expect(output.lateCount).toBe(1)
    expect(told).toMatchObject([{ directory: dir(0), windowEndMs: noon + 5 * MINUTE_MS, late }])
    return { memory, output, refused }
  }

  test('directory: below the late directory, which readers of the location do not see', async () => {
    const { memory, output } = await withLateRecord('directory')
    const late = (await everythingBelow(memory, '_late')).filter(({ type }) => type === 'file')
    expect(late.map(({ path }) => path)).toEqual([expect.stringContaining(`_late/${dir(0)}/part-`)])
    expect(Buffer.from(await memory.read(late[0]!.path)).toString()).toBe('0-2\n')
    expect(await linesByDirectory(memory)).toEqual({ [dir(0)]: ['0-0'], [dir(5)]: ['0-1', '0-3'] })
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await output.close()
  })

  test('deadLetter: write refuses it', async () => {
    const { memory, output, refused } = await withLateRecord('deadLetter')
    expect(refused).toMatchObject([
      { code: 'BAD_RECORD', message: expect.stringContaining('t/0 at offset 2: it is late') },
    ])
    expect(await linesByDirectory(memory)).toEqual({ [dir(0)]: ['0-0'], [dir(5)]: ['0-1', '0-3'] })
    await output.close()
  })

  test('drop: its place counts as written', async () => {
    const { memory, output } = await withLateRecord('drop')
    expect(output.committed.offsets.get('t')?.get(0)?.until).toBe(4n)
    expect(await linesByDirectory(memory)).toEqual({ [dir(0)]: ['0-0'], [dir(5)]: ['0-1', '0-3'] })
    await output.close()
  })

  test('append: to a further file of the window, and no window is marked', async () => {
    const { memory, output } = await withLateRecord('append')
    expect(await linesByDirectory(memory)).toEqual({ [dir(0)]: ['0-0', '0-2'], [dir(5)]: ['0-1', '0-3'] })
    expect(await marked(memory)).toEqual([])
    expect((await stateOf(memory)).openFiles.size).toBe(1)
    await output.close()
    expect((await stateOf(memory)).unmarkedWindows.size).toBe(1)
  })

  test('after a restart, by the log; also where the option was left out', async () => {
    const memory = new MemoryFileSystem()
    const first = await openOutput(memory, windows)
    write(first, 1, 0)
    await commitAt(first, 6, 1)
    const { partitioner } = windows
    const output = await openOutput(memory, { partitioner: partitioner! })
    await commitAt(output, 2, 2)
    expect(await linesByDirectory(memory)).toEqual({ [dir(0)]: ['0-0'], [dir(5)]: ['0-1'] })
    expect(output.lateCount).toBe(1)
    await output.close()
  })
})

describe('the watermark', () => {
  test('is held by the slowest partition, until it is idle', async () => {
    const memory = new MemoryFileSystem()
    const clock = new ManualClock()
    const output = await openOutput(memory, windows, { clock })
    write(output, 1, 0, 0)
    write(output, 1, 0, 1)
    await output.commit()
    write(output, 11, 1, 0)
    await output.commit()
    expect(output.committed.watermarkMs).toBe(noon + MINUTE_MS)
    clock.timeMs += 10 * MINUTE_MS
    write(output, 12, 2, 0)
    await output.commit()
    expect(output.committed.watermarkMs).toBe(noon + 12 * MINUTE_MS)
    // Nobody brings anything: more likely the source is away than that time went on.
    clock.timeMs += 60 * MINUTE_MS
    expect(await output.commit()).toMatchObject({ files: 0 })
    expect(output.committed.watermarkMs).toBe(noon + 12 * MINUTE_MS)
    await output.close()
  })

  test('that a partition turned idle is a reason for a commit', async () => {
    const memory = new MemoryFileSystem()
    const clock = new ManualClock()
    const output = await openOutput(memory, windows, { clock })
    write(output, 1, 0, 0)
    write(output, 1, 0, 1)
    await output.commit()
    clock.timeMs += 5 * MINUTE_MS
    write(output, 11, 1, 0)
    await output.commit()
    clock.timeMs += 5 * MINUTE_MS
    expect(await output.commit()).toMatchObject({ records: 0, files: 1 })
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await output.close()
  })

  test('waits after a restart for the partitions that the log knows', async () => {
    const memory = new MemoryFileSystem()
    const first = await openOutput(memory, windows)
    write(first, 1, 0, 0)
    write(first, 1, 0, 1)
    await first.commit()
    const output = await openOutput(memory, windows)
    write(output, 20, 1, 0)
    await output.commit()
    expect(output.committed.watermarkMs).toBe(noon + MINUTE_MS)
    write(output, 2, 1, 1)
    await output.commit()
    expect(output.committed.watermarkMs).toBe(noon + 2 * MINUTE_MS)
    expect(output.lateCount).toBe(0)
    await output.close()
  })

  test('waits for a partition that was announced by an advance', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, windows)
    output.advance({ topic: 't', partition: 1, until: 0n })
    write(output, 20, 0, 0)
    await output.commit()
    expect(output.committed.watermarkMs).toBeUndefined()
    write(output, 2, 0, 1)
    await output.commit()
    expect(output.committed.watermarkMs).toBe(noon + 2 * MINUTE_MS)
    await output.close()
  })

  test('does not move for a time ahead of the clock, nor for a record that is refused', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, windows)
    write(output, 1, 0)
    expect(() => write(output, 61, 1)).toThrow(
      expect.objectContaining({ code: 'BAD_RECORD', message: expect.stringContaining('ahead of the clock') }),
    )
    const context = { ...at(1), eventTimeMs: noon + 8 * MINUTE_MS }
    expect(() => output.write({ key: '', text: 'unwritable' }, context)).toThrow(
      expect.objectContaining({ code: 'BAD_RECORD' }),
    )
    await output.commit()
    expect(output.committed.watermarkMs).toBe(noon + MINUTE_MS)
    await output.close()
  })

  test('of an attempt that is lost is lost with it', async () => {
    const memory = new MemoryFileSystem()
    const faulty = new FaultyFileSystem(memory)
    const output = await openOutput(faulty, windows)
    await commitAt(output, 1, 0)
    write(output, 6, 1)
    faulty.disturb('rename', /\/log\//, refusing('PERMISSION'), 1_000)
    await expect(output.commit()).rejects.toThrow()
    faulty.heal()
    await output.abort()
    await commitAt(output, 2, 1)
    expect(output.lateCount).toBe(0)
    expect(output.committed.watermarkMs).toBe(noon + 2 * MINUTE_MS)
    await output.close()
  })
})

test('eventTime wants a partitioner with windows, and its own stream', async () => {
  const memory = new MemoryFileSystem()
  await expect(openOutput(memory, { eventTime: {} })).rejects.toMatchObject({
    code: 'WRONG_OPTIONS',
    message: expect.stringContaining('byEventTime'),
  })
  const streams = {
    late: { format: { name: 'x', extension: 'x', open: () => ({ encode: () => {} }) }, directory: 'x' },
  }
  await expect(openOutput(memory, { ...windows, streams })).rejects.toMatchObject({ code: 'WRONG_OPTIONS' })
})
