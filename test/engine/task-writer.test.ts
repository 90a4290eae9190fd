// One task's writer: what may happen at the same time as a commit, an abort or an upload.
import { expect, test } from 'vitest'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { FaultyFileSystem, hold, losesReply, refused } from './faulty-file-system.js'
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
  const deciding = hold()
  fileSystem.disturb('rename', /log\//, deciding.disturbance)
  const first = output.commit()
  await deciding.reached
  await output.write({ key: 'a', text: 'a1' }, at(2))
  deciding.release()
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
  const first = hold()
  const second = hold()
  fileSystem.disturb('create', /data-/, first.disturbance)
  fileSystem.disturb('append', /data-/, second.disturbance)
  const relieved = output.write({ key: 'a', text: 'more than ten bytes' }, at(0))
  // Whoever waits longest goes on first: it writes on, and room is made once more before the commit goes on.
  const writing = relieved?.then(() => output.write({ key: 'a', text: 'and ten bytes more' }, at(1)))
  const committing = output.commit()
  first.release()
  await second.reached
  await new Promise(setImmediate)
  second.release()
  await writing
  const { offsets } = await committing
  expect(offsets.get('t')?.get(0)).toEqual({ from: 0n, until: 2n })
  expect(await linesByDirectory(memory)).toEqual({ a: ['more than ten bytes', 'and ten bytes more'] })
  await output.close()
})

test('nothing is taken in while an abort is under way, for it would be lost in silence', async () => {
  const memory = new MemoryFileSystem()
  const fileSystem = new FaultyFileSystem(memory)
  const output = await openOutput(fileSystem)
  await output.write({ key: 'a', text: 'a0' }, at(0))
  await output.commit()
  await output.write({ key: 'a', text: 'a1' }, at(1))
  const aborting = output.abort()
  expect(() => output.write({ key: 'a', text: 'a1' }, at(1))).toThrow(expect.objectContaining({ code: 'ABORTED' }))
  expect(() => output.advance({ topic: 't', partition: 0, until: 2n })).toThrow(
    expect.objectContaining({ code: 'ABORTED' }),
  )
  await aborting
  await output.write({ key: 'a', text: 'a1 again' }, at(1))
  await output.commit()
  expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1 again'] })
  await output.close()
})

test('an abort says how many records it discarded, those of a failed commit too and those of a decided one not', async () => {
  const memory = new MemoryFileSystem()
  const fileSystem = new FaultyFileSystem(memory)
  const told: number[] = []
  const output = await openOutput(fileSystem, { hooks: { abort: ({ records }) => told.push(records) } })
  await output.write({ key: 'a', text: 'a0' }, at(0))
  await output.write({ key: 'b', text: 'b1' }, at(1))
  fileSystem.disturb('create', /data-/, refused('NO_SPACE'))
  await expect(output.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
  await output.abort()
  await output.write({ key: 'a', text: 'a0' }, at(0))
  const deciding = hold(losesReply())
  fileSystem.disturb('rename', /log\//, deciding.disturbance)
  fileSystem.disturb('read', /log\//, refused('UNAVAILABLE'))
  const committing = output.commit()
  await deciding.reached
  await output.write({ key: 'b', text: 'b1' }, at(1))
  deciding.release()
  await expect(committing).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
  await output.abort()
  expect(told).toEqual([2, 1])
  expect(output.committed.offsets.get('t')?.get(0)?.until).toBe(1n)
  await output.close()
})

test('metadata is kept as it was when commit was called, and null is a value', async () => {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory)
  const metadata = { place: 'here' }
  const committing = output.commit({ metadata })
  metadata.place = 'there'
  await committing
  expect(output.committed.metadata).toEqual({ place: 'here' })
  await output.commit({ metadata: null })
  expect(output.committed.metadata).toBeNull()
  await output.close()
  const again = await openOutput(memory)
  expect(again.committed.metadata).toBeNull()
  await again.close()
})

test('metadata that JSON cannot hold is refused, and nothing else is', async () => {
  const output = await openOutput(new MemoryFileSystem())
  await output.write({ key: 'a', text: 'a0' }, at(0))
  await expect(output.commit({ metadata: 1n as never })).rejects.toMatchObject({ code: 'WRONG_OPTIONS' })
  await expect(output.commit({ metadata: (() => 1) as never })).rejects.toMatchObject({ code: 'WRONG_OPTIONS' })
  expect((await output.commit()).records).toBe(1)
  await output.close()
})
