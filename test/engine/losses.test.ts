// What an attempt that is lost leaves behind: nothing that takes space until the next open.
import { expect, test } from 'vitest'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { everythingBelow, FaultyFileSystem, refused } from './faulty-file-system.js'
import { at, linesByDirectory, openOutput } from './sample-output.js'

const tempsIn = async (memory: MemoryFileSystem): Promise<string[]> =>
  (await everythingBelow(memory, '_multi_output'))
    .filter(({ path, type }) => type === 'file' && path.includes('/tmp/'))
    .map(({ path }) => path)

test('abort deletes the temps of the lost attempt, also those that were sent by open uploads', async () => {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory, { streamThresholdBytes: 10, bufferedBytesMax: 40 })
  await output.write({ key: 'a', text: 'long enough for an open upload' }, at(0))
  await output.write({ key: 'b', text: 'short' }, at(1))
  await new Promise(setImmediate)
  await output.abort()
  expect(await tempsIn(memory)).toEqual([])
  await output.write({ key: 'a', text: 'once more' }, at(0))
  await output.commit()
  expect(await linesByDirectory(memory)).toEqual({ a: ['once more'] })
  await output.close()
})

test('a commit that could not be carried out leaves its temps until abort, which needs none of them to go', async () => {
  const memory = new MemoryFileSystem()
  const faulty = new FaultyFileSystem(memory)
  const output = await openOutput(faulty)
  faulty.disturb('create', /record-/, refused('QUOTA'), Number.POSITIVE_INFINITY)
  await output.write({ key: 'a', text: 'a line' }, at(0))
  await expect(output.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
  expect(await tempsIn(memory)).toHaveLength(1)
  faulty.heal()
  faulty.disturb('delete', /data-/, refused('PERMISSION'))
  await output.abort()
  await output.write({ key: 'a', text: 'a line' }, at(0))
  await output.commit()
  expect(await linesByDirectory(memory)).toEqual({ a: ['a line'] })
  await output.close()
})
