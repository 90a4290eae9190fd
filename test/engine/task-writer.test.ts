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
  await output.write({ key: 'b', text: 'b1' }, at(1))
  const { opened, open } = gate()
  fileSystem.disturb('rename', /log\//, heldUntil(opened))
  const first = output.commit()
  while (fileSystem.calls.at(-1)?.operation !== 'rename') await new Promise(setImmediate)
  await output.write({ key: 'a', text: 'a1' }, at(2))
  open()
  await first
  await output.commit()
  await output.close()
  await (await openOutput(memory)).close()
  expect(await linesByDirectory(memory)).toEqual({ a: ['a1'], b: ['b1'] })
})

test('a commit counts on what is being uploaded to make room when it is called', async () => {
  const memory = new MemoryFileSystem()
  const fileSystem = new FaultyFileSystem(memory)
  const output = await openOutput(fileSystem, { bufferedBytesMax: 10 })
  const first = gate()
  const second = gate()
  fileSystem.disturb('create', /data-/, heldUntil(first.opened))
  fileSystem.disturb('append', /data-/, heldUntil(second.opened))
  const relieved = output.write({ key: 'a', text: 'more than ten bytes' }, at(0))
  // Whoever waits longest goes on first: it writes on, and room is made once more before the commit goes on.
  const writing = relieved?.then(() => output.write({ key: 'a', text: 'and ten bytes more' }, at(1)))
  const committing = output.commit()
  first.open()
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  second.open()
  await writing
  const { offsets } = await committing
  expect(offsets.get('t')?.get(0)).toEqual({ from: 0n, until: 2n })
  expect(await linesByDirectory(memory)).toEqual({ a: ['more than ten bytes', 'and ten bytes more'] })
  await output.close()
})
