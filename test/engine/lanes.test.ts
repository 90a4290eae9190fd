// Work side by side: bounded, in order, and ended together.
import pLimit from 'p-limit'
import { expect, test } from 'vitest'
import { inLanes } from '../../src/engine/lanes.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { FaultyFileSystem, refused } from './faulty-file-system.js'
import { openOutput } from './sample-output.js'

test('results come in the order of the items, whatever ends first', async () => {
  let release: () => void = () => {}
  const first = new Promise<void>((resolve) => {
    release = resolve
  })
  const results = await inLanes({ lanes: pLimit(2) }, [1, 2, 3], async (item) => {
    if (item === 1) await first
    if (item === 3) release()
    return item * 10
  })
  expect(results).toEqual([10, 20, 30])
})

test('after a failure nothing begins, and what has begun is awaited', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const running = inLanes({ lanes: pLimit(2) }, [1, 2, 3, 4], async (item) => {
    begun.push(item)
    if (item === 1) throw new Error('one')
    await new Promise(setImmediate)
    ended.push(item)
  })
  await expect(running).rejects.toThrow('one')
  expect([begun, ended]).toEqual([[1, 2], [2]])
})

test('a commit of many files gives up soon when the file system is away', async () => {
  const fileSystem = new FaultyFileSystem(new MemoryFileSystem())
  const output = await openOutput(fileSystem, { operationsMax: 4 })
  for (let key = 0; key < 1_000; key++) await output.write({ key: `k${key}`, text: 'x' })
  fileSystem.disturb('create', /data-/, refused('UNAVAILABLE'), Number.POSITIVE_INFINITY)
  fileSystem.calls.length = 0
  await expect(output.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
  expect(fileSystem.calls.filter(({ operation }) => operation === 'create').length).toBeLessThanOrEqual(4)
  fileSystem.heal()
  await output.abort()
  await output.close()
})
