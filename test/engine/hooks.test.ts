// What hooks are told, and that they cannot do harm.
import { expect, test } from 'vitest'
import type { Hooks } from '../../src/engine/hooks.js'
import { silentLogger } from '../../src/engine/logger.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { at, dataFilesIn, openOutput } from './sample-output.js'

test.each<[string, Hooks]>([
  [
    'throws',
    {
      commit: () => {
        throw new Error('no listener')
      },
    },
  ],
  ['rejects', { commit: (() => Promise.reject(new Error('no listener'))) as () => void }],
])('a hook that %s is logged and changes nothing', async (_how, hooks) => {
  const warnings: string[] = []
  const logger = { ...silentLogger, warn: (_fields: object, message: string) => warnings.push(message) }
  const output = await openOutput(new MemoryFileSystem(), { hooks, logger })
  await output.write({ key: 'a', text: 'a0' }, at(0))
  expect((await output.commit()).records).toBe(1)
  await new Promise(setImmediate)
  expect(warnings).toEqual(['a hook threw; it was ignored'])
  await output.close()
})

test('a seal is told with the path that readers find, also where it was hidden before', async () => {
  const memory = new MemoryFileSystem()
  const sealed: string[] = []
  const output = await openOutput(memory, {
    visibility: 'sealed',
    openFilesMax: 1,
    roll: { recordsMax: 2 },
    hooks: { seal: ({ path, reason }) => sealed.push(`${path} ${reason}`) },
  })
  await output.write({ key: 'a', text: 'a0' }, at(0))
  await output.write({ key: 'b', text: 'b1' }, at(1))
  await output.write({ key: 'b', text: 'b2' }, at(2))
  await output.commit()
  await output.write({ key: 'c', text: 'c3' }, at(3))
  await output.commit()
  const found = [await dataFilesIn(memory, 'b'), await dataFilesIn(memory, 'a')].flat()
  expect(found.every((name) => name.startsWith('part-'))).toBe(true)
  expect(sealed).toEqual([`b/${found[0]} recordsMax`, `a/${found[1]} openFilesMax`])
  await output.close()
})
