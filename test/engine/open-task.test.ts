// Claiming a task: who wins, who may, and what is cleaned up.
import { describe, expect, test } from 'vitest'
import { engineLimits } from '../../src/engine/limits.js'
import { openTask } from '../../src/engine/open-task.js'
import { readLog } from '../../src/engine/read-log.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { everythingBelow, FaultyFileSystem, losesReply, neverArrives } from './faulty-file-system.js'
import { sampleContext } from './sample-context.js'
import { at, CountingRandom, linesByDirectory, openOutput } from './sample-output.js'

const CLAIM = /log\/0/

/** A random whose ids begin elsewhere than those of another. */
function randomFrom(prefix: string): CountingRandom {
  const random = new CountingRandom()
  const { id } = random
  random.id = () => prefix + id.call(random).slice(prefix.length)
  return random
}

describe('claims', () => {
  test.each([
    ['happened', losesReply()],
    ['never arrived', neverArrives()],
  ])('one that was not answered and %s is settled by its id', async (_how, disturbance) => {
    const fileSystem = new FaultyFileSystem(new MemoryFileSystem())
    fileSystem.disturb('rename', CLAIM, disturbance)
    const { epoch, state } = await openTask(sampleContext(fileSystem), 'always')
    expect([epoch.number, state.sequence]).toEqual([1, 0])
  })

  test('of many at once each wins an epoch of its own', async () => {
    const memory = new MemoryFileSystem()
    const opened = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) =>
        openTask(sampleContext(memory.another(), { random: randomFrom(name) }), 'always'),
      ),
    )
    expect(opened.map(({ epoch }) => epoch.number).sort()).toEqual([1, 2, 3, 4])
    const { state } = await readLog(sampleContext(memory))
    expect(state).toMatchObject({ sequence: 3, epoch: 4 })
  })

  test('lost to others time and again end with words', async () => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    let rivals = 0
    fileSystem.rules.push(({ operation, destination }) => {
      if (operation !== 'rename' || !CLAIM.test(destination ?? '')) return undefined
      return async (_call, run) => {
        await openTask(sampleContext(memory, { random: randomFrom(`${++rivals}f`) }), 'always')
        return run()
      }
    })
    const limits = { ...engineLimits, claimsMax: 3 }
    await expect(openTask(sampleContext(fileSystem, { limits }), 'always')).rejects.toMatchObject({
      code: 'OPEN_FAILED',
      message: 'task 0: 3 claims were lost to other writers; something opens this task in a loop',
    })
    expect(rivals).toBe(3)
  })

  test('lost to commits of a live owner do not count', async () => {
    const memory = new MemoryFileSystem()
    const owner = await openOutput(memory)
    const fileSystem = new FaultyFileSystem(memory)
    let commits = 0
    fileSystem.rules.push(({ operation, destination }) => {
      if (operation !== 'rename' || !CLAIM.test(destination ?? '') || commits === 15) return undefined
      return async (_call, run) => {
        await owner.commit({ metadata: ++commits })
        return run()
      }
    })
    const { state } = await openTask(sampleContext(fileSystem, { random: randomFrom('f') }), 'always')
    expect(state).toMatchObject({ epoch: 2, metadata: 15 })
  })

  test('ifReleased takes what was left, and what nobody ever had, and nothing else', async () => {
    const memory = new MemoryFileSystem()
    const first = await openOutput(memory, { takeover: 'ifReleased' })
    await expect(openOutput(memory, { takeover: 'ifReleased' })).rejects.toMatchObject({ code: 'NOT_RELEASED' })
    await first.close()
    const second = await openOutput(memory, { takeover: 'ifReleased' })
    expect(second.epoch).toBe(2)
    await second.close()
  })

  test('tasks of one job do not meet', async () => {
    const memory = new MemoryFileSystem()
    const outputs = await Promise.all([0, 1].map((task) => openOutput(memory, { task, taskCount: 2 })))
    for (const [task, output] of outputs.entries()) {
      await output.write({ key: 'a', text: `task ${task}` }, at(0, task))
      await output.commit()
    }
    expect(outputs.map(({ epoch }) => epoch)).toEqual([1, 1])
    for (const output of outputs) await output.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['task 0', 'task 1'] })
  })
})

test('temps of older epochs are deleted, and nothing else of theirs is looked for', async () => {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory, { bufferedBytesMax: 2 })
  await output.write({ key: 'a', text: 'left in a temp' }, at(0))
  const tmp = '_multi_output/task-00000/tmp'
  expect((await everythingBelow(memory, `${tmp}/000001`)).some(({ path }) => /data-/.test(path))).toBe(true)
  const next = await openOutput(memory)
  expect((await everythingBelow(memory, tmp)).map(({ path }) => path)).toEqual([`${tmp}/000002`])
  await next.close()
  expect(await linesByDirectory(memory)).toEqual({})
})
