// One task's writer: what may happen at the same time as a commit, an abort or an upload.
import { expect, test } from 'vitest'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { FaultyFileSystem, gate, heldUntil } from './faulty-file-system.js'
import { at, linesByDirectory, openOutput } from './sample-output.js'

test('a key whose only record was refused while a commit is in hand gets a serial that nobody had', async () => {
  const memory = new MemoryFileSystem()
  const fileSystem = new FaultyFileSystem(memory)
  const output = await openOutput(fileSystem)
  expect(() => output.write({ key: 'a', text: 'unwritable' }, at(0))).toThrow(
    expect.objectContaining({ code: 'BAD_RECORD' }),
  )
  output.advance({ topic: 't', partition: 0, until: 1n })
  output.write({ key: 'b', text: 'b1' }, at(1))
  const { opened, open } = gate()
  fileSystem.disturb('rename', /log\//, heldUntil(opened))
  const first = output.commit()
  while (fileSystem.calls.at(-1)?.operation !== 'rename') await new Promise(setImmediate)
  output.write({ key: 'a', text: 'a1' }, at(2))
  open()
  await first
  await output.commit()
  await output.close()
  await (await openOutput(memory)).close()
  expect(await linesByDirectory(memory)).toEqual({ a: ['a1'], b: ['b1'] })
})
