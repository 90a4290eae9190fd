// `_SUCCESS`: written when all tasks are past a window and published, by whoever finds that, also after a crash.
import { describe, expect, test } from 'vitest'
import type { FileSystem } from '../../src/file-system/file-system.js'
import { combine } from '../../src/partitioner/combine.js'
import { byEventTime } from '../../src/partitioner/event-time.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { FaultyFileSystem, losesReply, refused as refusing } from './faulty-file-system.js'
import { at, type Line, ManualClock, openOutput } from './sample-output.js'
import { dir, MINUTE_MS, marked, noon, stateOf, windows, write } from './windows-of-noon.js'

describe('markers', () => {
  test.each([
    ['could not be written', refusing('PERMISSION'), []],
    ['was written without an answer', losesReply(), [`${dir(0)}/_SUCCESS`]],
  ])('a marker that %s is taken up again behind the next commit', async (_what, disturbance, there) => {
    const memory = new MemoryFileSystem()
    const faulty = new FaultyFileSystem(memory)
    const output = await openOutput(faulty, windows)
    write(output, 1, 0)
    write(output, 6, 1)
    faulty.disturb('create', /_SUCCESS$/, disturbance)
    await output.commit()
    expect(await marked(memory)).toEqual(there)
    await output.commit()
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await output.close()
  })

  test('whoever dies between the seal and the marker leaves it to the next open', async () => {
    const memory = new MemoryFileSystem()
    const faulty = new FaultyFileSystem(memory)
    const dying = await openOutput(faulty, windows)
    write(dying, 1, 0)
    write(dying, 6, 1)
    faulty.disturb('create', /_SUCCESS$/, refusing('PERMISSION'))
    await dying.commit()
    expect(await marked(memory)).toEqual([])
    const output = await openOutput(memory, windows)
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await output.close()
  })

  test('one that is refused keeps no other waiting, and one that a dead writer left open is there', async () => {
    const memory = new MemoryFileSystem()
    const faulty = new FaultyFileSystem(memory)
    const told: string[][] = []
    const hooks = { windowMarked: ({ directories }: { directories: readonly string[] }) => told.push([...directories]) }
    const output = await openOutput(faulty, { ...windows, hooks })
    for (const [offset, minutes] of [1, 6, 11, 16].entries()) write(output, minutes, offset)
    faulty.disturb('create', /12-00\/_SUCCESS$/, refusing('PERMISSION'))
    await memory.mkdirs(dir(5))
    await memory.create(`${dir(5)}/_SUCCESS`, new Uint8Array(0))
    faulty.disturb('create', /12-05\/_SUCCESS$/, refusing('LEASE_HELD'), 2)
    await output.commit()
    expect(told).toEqual([[dir(5)], [dir(10)]])
    await output.commit()
    expect(told.slice(2)).toEqual([[dir(0)], [dir(5)], [dir(10)]])
    await output.close()
    expect([...(await stateOf(memory)).unmarkedWindows.keys()]).toEqual([dir(15)])
  })

  test('one that is there is fine, and a directory that is gone is left alone', async () => {
    const memory = new MemoryFileSystem()
    const output = await openOutput(memory, windows)
    write(output, 1, 0)
    write(output, 6, 1)
    await output.commit()
    write(output, 11, 2)
    await memory.create(`${dir(5)}/_SUCCESS`, new Uint8Array(0))
    await output.commit()
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`, `${dir(5)}/_SUCCESS`])
    expect((await output.commit()).files).toBe(0)
    await output.close()
  })
})

describe('several tasks', () => {
  const task = (number: number, fileSystem: FileSystem, clock: ManualClock = new ManualClock()) =>
    openOutput(fileSystem, { ...windows, task: number, taskCount: 2 }, { clock })

  test('a window is marked when all of them are past it, and published', async () => {
    const memory = new MemoryFileSystem()
    const [a, b] = [await task(0, memory), await task(1, memory)]
    write(a, 1, 0)
    write(a, 6, 1)
    await a.commit()
    expect(await marked(memory)).toEqual([])
    write(b, 6, 0, 1)
    await b.commit()
    // Past, but in b's log nothing shows yet that its files have their names.
    await a.commit()
    expect(await marked(memory)).toEqual([])
    await b.commit()
    await a.commit()
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await a.close()
    await b.close()
  })

  test('a task that was never opened is past nothing', async () => {
    const memory = new MemoryFileSystem()
    const a = await task(0, memory)
    write(a, 1, 0)
    write(a, 6, 1)
    await a.commit()
    await a.commit()
    await a.commit()
    expect(await marked(memory)).toEqual([])
    await a.close()
  })

  test('a task that owns no partition goes along with the others', async () => {
    const memory = new MemoryFileSystem()
    const clock = new ManualClock()
    const [a, b] = [await task(0, memory, clock), await task(1, memory, clock)]
    write(a, 1, 0)
    write(a, 6, 1)
    await a.commit()
    await a.commit()
    expect(await b.commit()).toMatchObject({ sequence: 0 })
    clock.timeMs += 10 * MINUTE_MS
    await b.commit()
    expect(b.committed.watermarkMs).toBe(noon + 6 * MINUTE_MS)
    await a.commit()
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    // It is bound by it: should it get a partition, what is older is late.
    write(b, 2, 0, 1)
    await b.commit()
    expect(b.lateCount).toBe(1)
    await a.close()
    await b.close()
  })

  test('no further than the slowest is', async () => {
    const memory = new MemoryFileSystem()
    const [a, b] = [await task(0, memory), await task(1, memory)]
    write(b, 6, 0, 1)
    await b.commit()
    await b.commit()
    for (const [offset, minutes] of [1, 6, 11].entries()) write(a, minutes, offset)
    await a.commit()
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await a.commit()
    expect([...(await stateOf(memory)).unmarkedWindows.keys()]).toEqual([dir(5), dir(10)])
    await a.close()
    await b.close()
  })

  test('those who left are marked by who is still there', async () => {
    const memory = new MemoryFileSystem()
    const partitioner = combine<Line>(byEventTime(), ({ key }) => key)
    const [a, b] = await Promise.all(
      [0, 1].map((number) => openOutput(memory, { ...windows, partitioner, task: number, taskCount: 2 })),
    )
    const times = [1, 6].map((minutes) => noon + minutes * MINUTE_MS)
    for (const [offset, eventTimeMs] of times.entries()) {
      void a!.write({ key: 'a', text: 'a' }, { ...at(offset), eventTimeMs })
      void b!.write({ key: 'b', text: 'b' }, { ...at(offset, 1), eventTimeMs })
    }
    await a!.commit()
    await a!.close()
    expect(await marked(memory)).toEqual([])
    await b!.commit()
    expect(await marked(memory)).toEqual([`${dir(0)}/a/_SUCCESS`, `${dir(0)}/b/_SUCCESS`])
    await b!.close()
  })

  test('who has no window of theirs marks those of who left, and so does who opens without any', async () => {
    const memory = new MemoryFileSystem()
    const [a, b] = [await task(0, memory), await task(1, memory)]
    write(a, 1, 0)
    write(a, 6, 1)
    await a.commit()
    await a.close()
    write(b, 16, 0, 1)
    await b.commit()
    await b.close()
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
    await memory.delete(`${dir(0)}/_SUCCESS`)
    const withoutWindows = await openOutput(memory, { task: 1, taskCount: 2 })
    await withoutWindows.close()
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
  })

  test('two that leave at the same time leave nothing unmarked', async () => {
    const memory = new MemoryFileSystem()
    const both = [await task(0, memory), await task(1, memory)]
    for (const [partition, output] of both.entries()) {
      write(output, 1, 0, partition)
      write(output, 6, 1, partition)
    }
    await Promise.all(both.map((output) => output.commit()))
    await Promise.all(both.map((output) => output.close()))
    expect(await marked(memory)).toEqual([`${dir(0)}/_SUCCESS`])
  })

  test('a window with late records in it is marked by nobody, whatever the next one is told', async () => {
    const memory = new MemoryFileSystem()
    const eventTime = { ...windows.eventTime, late: 'append' as const }
    const output = await openOutput(memory, { ...windows, eventTime })
    write(output, 1, 0)
    write(output, 6, 1)
    await output.commit()
    const withoutWindows = await openOutput(memory, {})
    await withoutWindows.close()
    expect(await marked(memory)).toEqual([])
  })
})
