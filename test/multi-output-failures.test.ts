// What MultiOutput does when the file system fails, is away or full, or somebody else has been there.
import { describe, expect, test } from 'vitest'
import type { FileSystemErrorCode } from '../src/file-system/file-system-error.js'
import { MultiOutputError } from '../src/index.js'
import { MemoryFileSystem } from '../src/testing/index.js'
import type { Disturbance } from './engine/faulty-file-system.js'
import {
  arrivesLate,
  everythingBelow,
  FaultyFileSystem,
  hold,
  losesReply,
  neverArrives,
  refused,
} from './engine/faulty-file-system.js'
import { all, writeRest, written } from './engine/half-written-output.js'
import { at, dataFilesIn, linesByDirectory, openOutput } from './engine/sample-output.js'

const LOG = /task-00000\/log\//

/** No hidden leftovers: a data file a key, nothing but this epoch's temps. */
async function expectTidy(memory: MemoryFileSystem): Promise<void> {
  expect(await dataFilesIn(memory, 'a')).toHaveLength(1)
  expect(await dataFilesIn(memory, 'b')).toHaveLength(1)
}

describe('an upload that is not answered is settled within the commit', () => {
  const unanswered: readonly (readonly [string, () => Disturbance])[] = [
    ['never arrived', () => neverArrives()],
    ['happened', () => losesReply()],
    ['happened, after which the lease was lost', () => losesReply('NOT_FOUND')],
  ]
  test.each(unanswered)('an append that %s', async (_how, disturbance) => {
    const { memory, fileSystem, output } = await written()
    fileSystem.disturb('append', /^a\//, disturbance())
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual(all)
    await expectTidy(memory)
    await output.close()
  })

  test.each(unanswered.slice(0, 2))('a create that %s', async (_how, disturbance) => {
    const { memory, fileSystem, output } = await written()
    fileSystem.disturb('create', /data-/, disturbance())
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual(all)
    await output.close()
  })

  test('an append that arrives after its file was reclaimed finds no file', async () => {
    const { memory, fileSystem, output } = await written()
    const late: (() => Promise<unknown>)[] = []
    fileSystem.disturb('append', /^a\//, arrivesLate(late))
    await output.commit()
    await output.close()
    expect(await late[0]!()).toMatchObject({ code: 'NOT_FOUND' })
    expect(await linesByDirectory(memory)).toEqual(all)
  })

  test('a task with a request that nobody answered is not released, and the next open fences', async () => {
    const { memory, fileSystem, output } = await written()
    fileSystem.disturb('append', /^a\//, neverArrives())
    await output.commit()
    await output.close()
    await expect(openOutput(memory, { takeover: 'ifReleased' })).rejects.toMatchObject({
      code: 'NOT_RELEASED',
      message: expect.stringMatching(/epoch 1, pid 1 on host-a.*takeover 'always'/),
    })
    const next = await openOutput(memory)
    expect(await dataFilesIn(memory, 'a')).toEqual(['part-00000-00000000-000002.000001.txt'])
    await next.close()
  })

  test('an append that is never answered, however often, fails the commit', async () => {
    const { memory, fileSystem, output } = await written()
    fileSystem.disturb('append', /^a\//, losesReply(), Number.POSITIVE_INFINITY)
    await expect(output.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    fileSystem.heal()
    await output.abort()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0'] })
    await writeRest(output)
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual(all)
    await output.close()
  })
})

describe('a commit that fails', () => {
  const failures: readonly (readonly [string, (fileSystem: FaultyFileSystem) => void])[] = [
    ['a full disk at an append', (fs) => fs.disturb('append', /^a\//, refused('NO_SPACE'))],
    ['a quota that shows when bytes were sent', (fs) => fs.disturb('append', /^a\//, losesReply('QUOTA'))],
    ['a full disk at a new file', (fs) => fs.disturb('create', /data-/, refused('NO_SPACE'))],
    ['a quota at a directory', (fs) => fs.disturb('mkdirs', /^b$/, refused('QUOTA'))],
    ['a full disk at the record', (fs) => fs.disturb('create', /record-/, refused('NO_SPACE'))],
    ['no permission for the log', (fs) => fs.disturb('rename', LOG, refused('PERMISSION'))],
    [
      'nobody there to ask what became of the record',
      (fs) => {
        fs.disturb('rename', LOG, neverArrives())
        fs.disturb('read', LOG, refused('UNAVAILABLE'))
      },
    ],
    [
      'a record that is there, and nobody to ask',
      (fs) => {
        fs.disturb('rename', LOG, losesReply())
        fs.disturb('read', LOG, refused('UNAVAILABLE'))
      },
    ],
    ['nobody there to list the log after the record', (fs) => fs.disturb('list', /\/log$/, refused('UNAVAILABLE'))],
    ['no permission to publish', (fs) => fs.disturb('rename', /^b\//, refused('PERMISSION'))],
    [
      'a publish that is never answered',
      (fs) => {
        fs.disturb('rename', /^b\//, neverArrives())
        fs.disturb('stat', /data-/, refused('UNAVAILABLE'))
      },
    ],
  ]

  test.each(failures)('%s: aborted and replayed, every record is there once', async (_what, arrange) => {
    const { memory, fileSystem, output } = await written()
    arrange(fileSystem)
    const error: unknown = await output.commit().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'COMMIT_FAILED', message: expect.stringMatching(/abort\(\)/) })
    expect((error as Error).cause).toBeInstanceOf(Error)
    expect(() => output.write({ key: 'a', text: 'x' }, at(9))).toThrow(
      expect.objectContaining({ code: 'ABORTED', message: expect.stringMatching(/Call abort\(\), then replay/) }),
    )
    await expect(output.commit()).rejects.toMatchObject({ code: 'ABORTED' })
    fileSystem.heal()
    await output.abort()
    await writeRest(output)
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual(all)
    await expectTidy(memory)
    await output.close()
    const next = await openOutput(memory)
    expect(next.committed.offsets.get('t')?.get(0)?.until).toBe(3n)
    await next.close()
    expect(await linesByDirectory(memory)).toEqual(all)
  })

  test.each(failures)('%s: closed and opened again, every record is there once', async (_what, arrange) => {
    const { memory, fileSystem, output } = await written()
    arrange(fileSystem)
    await expect(output.commit()).rejects.toThrow()
    await output.close().catch(() => undefined)
    fileSystem.heal()
    const next = await openOutput(memory)
    await writeRest(next)
    await next.commit()
    await next.close()
    expect(await linesByDirectory(memory)).toEqual(all)
    await expectTidy(memory)
    const tmp = (await everythingBelow(memory, '_multi_output/task-00000/tmp')).filter(
      ({ type }) => type === 'directory',
    )
    expect(tmp.map(({ path }) => path).filter((path) => path.endsWith('000001'))).toEqual([])
  })

  test.each(failures)('%s: the process dies, another opens, every record is there once', async (_what, arrange) => {
    const { memory, fileSystem, output } = await written()
    arrange(fileSystem)
    await expect(output.commit()).rejects.toThrow()
    const next = await openOutput(memory)
    await writeRest(next)
    await next.commit()
    expect(await linesByDirectory(memory)).toEqual(all)
    await next.close()
    fileSystem.heal()
    // One whose commit was decided may find that out; it is fenced by what it does next.
    await output.abort().catch((error: unknown) => expect(error).toMatchObject({ code: 'FENCED' }))
    await expect(output.commit({ metadata: 1 })).rejects.toMatchObject({ code: 'FENCED' })
  })
})

test('a record that was taken back never lands, however late its rename', async () => {
  const { memory, fileSystem, output } = await written()
  const late: (() => Promise<unknown>)[] = []
  fileSystem.disturb('rename', LOG, arrivesLate(late))
  fileSystem.disturb('read', LOG, refused('UNAVAILABLE'))
  await expect(output.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
  await output.abort()
  expect(await late[0]!()).toMatchObject({ code: 'NOT_FOUND' })
  await writeRest(output)
  await output.commit()
  await output.close()
  expect(await linesByDirectory(memory)).toEqual(all)
})

test.each(['create', 'append'] as const)('what a failed %s held in memory is free again', async (operation) => {
  const fileSystem = new FaultyFileSystem(new MemoryFileSystem())
  const output = await openOutput(fileSystem, { bufferedBytesMax: 100 })
  await output.write({ key: 'a', text: 'a0' }, at(0))
  await output.commit()
  for (let round = 0; round < 3; round++) {
    expect(output.write({ key: 'a', text: 'x'.repeat(40) }, at(1))).toBeUndefined()
    expect(output.write({ key: 'b', text: 'x'.repeat(40) }, at(2))).toBeUndefined()
    fileSystem.disturb(operation, /^a\/|data-/, refused('NO_SPACE'), 2)
    await expect(output.commit()).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    fileSystem.heal()
    await output.abort()
  }
  expect(output.write({ key: 'a', text: 'x'.repeat(90) }, at(1))).toBeUndefined()
  await output.abort()
  expect(output.write({ key: 'a', text: 'x'.repeat(90) }, at(1))).toBeUndefined()
  await output.close()
})

describe('an abort that fails may be called again', () => {
  test.each<[string, (fileSystem: FaultyFileSystem) => void]>([
    ['the file system is away when it looks for its files', (fs) => fs.disturb('list', /^a$/, refused('UNAVAILABLE'))],
    ['a full disk at its record', (fs) => fs.disturb('create', /record-/, refused('NO_SPACE'))],
    [
      'its record is not answered',
      (fs) => {
        fs.disturb('rename', LOG, losesReply())
        fs.disturb('read', LOG, refused('UNAVAILABLE'))
      },
    ],
  ])('%s', async (_what, arrange) => {
    const { memory, fileSystem, output } = await written()
    fileSystem.disturb('create', /data-/, refused('NO_SPACE'))
    await expect(output.commit()).rejects.toThrow()
    arrange(fileSystem)
    await expect(output.abort()).rejects.toBeInstanceOf(MultiOutputError)
    expect(() => output.write({ key: 'a', text: 'x' }, at(9))).toThrow(expect.objectContaining({ code: 'ABORTED' }))
    fileSystem.heal()
    await output.abort()
    await writeRest(output)
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual(all)
    await output.close()
  })
})

describe('writes while a commit is in hand', () => {
  test('are lost with it when it fails, and come again', async () => {
    const { memory, fileSystem, output } = await written()
    const appending = hold(refused('NO_SPACE'))
    fileSystem.disturb('append', /^a\//, appending.disturbance)
    const committing = output.commit()
    await appending.reached
    await output.write({ key: 'a', text: 'a3' }, at(3))
    appending.release()
    await expect(committing).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    await output.abort()
    await writeRest(output)
    await output.write({ key: 'a', text: 'a3' }, at(3))
    await output.commit()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1', 'a3'], b: ['b2'] })
    await output.close()
  })

  test('whoever waits for room learns that the commit failed', async () => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    const output = await openOutput(fileSystem, { bufferedBytesMax: 10 })
    await output.write({ key: 'a', text: 'a0' }, at(0))
    const creating = hold(refused('NO_SPACE'))
    fileSystem.disturb('create', /data-/, creating.disturbance)
    const committing = output.commit()
    await creating.reached
    const waiting = output.write({ key: 'b', text: 'more than ten bytes' }, at(1))
    creating.release()
    await expect(committing).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
    await output.abort()
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({})
  })

  test('the next file of a key that the commit seals is another one, whether the commit succeeds or not', async () => {
    for (const code of [undefined, 'NO_SPACE'] as (FileSystemErrorCode | undefined)[]) {
      const memory = new MemoryFileSystem()
      const fileSystem = new FaultyFileSystem(memory)
      const output = await openOutput(fileSystem, { mode: 'new-file' })
      await output.write({ key: 'a', text: 'a0' }, at(0))
      const creating = hold(code === undefined ? undefined : refused(code))
      fileSystem.disturb('create', /data-/, creating.disturbance)
      const committing = output.commit()
      await creating.reached
      await output.write({ key: 'a', text: 'a1' }, at(1))
      creating.release()
      if (code === undefined) await committing
      else {
        await expect(committing).rejects.toThrow()
        await output.abort()
        await output.write({ key: 'a', text: 'a0' }, at(0))
        await output.commit()
        await output.write({ key: 'a', text: 'a1' }, at(1))
      }
      await output.commit()
      expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1'] })
      expect(await dataFilesIn(memory, 'a')).toHaveLength(2)
      await output.close()
    }
  })
})
