// Reclaiming a file, on a file system that tells what is open and on one that does not.
import { describe, expect, test } from 'vitest'
import type { Hooks } from '../../src/engine/hooks.js'
import type { Capabilities } from '../../src/file-system/file-system.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import type { Disturbance } from './faulty-file-system.js'
import { FaultyFileSystem, losesReply, neverArrives, refused } from './faulty-file-system.js'
import { at, dataFilesIn, linesByDirectory, openOutput } from './sample-output.js'

/** What a local disk is to the engine. */
const likeADisk: Partial<Capabilities> = { tellsOpen: false, renameFences: false, requestsEndWithProcess: true }

/** Hears how files were reclaimed. */
function listening(): { readonly how: string[]; readonly hooks: Hooks } {
  const how: string[] = []
  return { how, hooks: { reclaim: (event) => how.push(event.how) } }
}

/** A job whose file `a` holds a0 and 10 bytes that nobody committed; its owner vanished. */
async function taken(
  capabilities: Partial<Capabilities> = {},
): Promise<{ memory: MemoryFileSystem; fileSystem: FaultyFileSystem }> {
  const memory = new MemoryFileSystem()
  const output = await openOutput(memory)
  await output.write({ key: 'a', text: 'a0' }, at(0))
  await output.commit()
  const [name] = await dataFilesIn(memory, 'a')
  await memory.append(`a/${name}`, Buffer.from('half a rec'), { base: 3 })
  return { memory, fileSystem: new FaultyFileSystem(memory, capabilities) }
}

describe('taking over', () => {
  test('a closed file is cut where it is', async () => {
    const { memory, fileSystem } = await taken()
    const { how, hooks } = listening()
    await (await openOutput(fileSystem, { hooks })).close()
    expect(how).toEqual(['truncated'])
    expect(await dataFilesIn(memory, 'a')).toEqual(['part-00000-00000000-000002.000001.txt'])
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0'] })
  })

  test('a file of the right length is kept as it is', async () => {
    const { memory, fileSystem } = await taken()
    const [name] = await dataFilesIn(memory, 'a')
    await memory.truncate(`a/${name}`, { length: 3, waitMs: 1_000 })
    const { how, hooks } = listening()
    await (await openOutput(fileSystem, { hooks })).close()
    expect(how).toEqual(['kept'])
  })

  test.each<[string, Disturbance]>([
    ['refused', refused('LEASE_HELD')],
    ['not answered', neverArrives()],
    ['done and not answered', losesReply()],
  ])(
    'a truncate that is %s is not tried again: it may come late, so the file is left behind',
    async (what, disturbance) => {
      const { memory, fileSystem } = await taken()
      fileSystem.disturb('truncate', /^a\//, disturbance)
      const { how, hooks } = listening()
      const output = await openOutput(fileSystem, { hooks })
      expect(how).toEqual([what === 'done and not answered' ? 'kept' : 'copied'])
      expect(fileSystem.calls.filter(({ operation }) => operation === 'truncate')).toHaveLength(1)
      await output.close()
      // Late truncates name a path that is gone; still, nobody says that this epoch left nothing behind.
      const released = openOutput(memory, { takeover: 'ifReleased' }).then((next) => next.close())
      if (what === 'refused') await released
      else await expect(released).rejects.toMatchObject({ code: 'NOT_RELEASED' })
      expect(await linesByDirectory(memory)).toEqual({ a: ['a0'] })
    },
  )

  test('what a listing missed once is not lost', async () => {
    const { memory, fileSystem } = await taken()
    fileSystem.disturb('list', /^a$/, refused('NOT_FOUND'))
    await (await openOutput(fileSystem)).close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0'] })
  })

  test('a generation that a copy has replaced is deleted where it was left', async () => {
    const { memory, fileSystem } = await taken()
    await memory.create('a/part-00000-00000000-000000.000009.txt', Buffer.from('left behind\n'))
    await (await openOutput(fileSystem)).close()
    expect(await dataFilesIn(memory, 'a')).toEqual(['part-00000-00000000-000002.000001.txt'])
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0'] })
  })

  test('a generation of a later epoch: FENCED, and nothing is touched', async () => {
    const { memory, fileSystem } = await taken()
    const [name] = await dataFilesIn(memory, 'a')
    await memory.rename(`a/${name}`, 'a/part-00000-00000000-000009.000001.txt', { mode: 'move' })
    await expect(openOutput(fileSystem)).rejects.toMatchObject({
      code: 'FENCED',
      message: expect.stringMatching(/000009\.000001\.txt is of a later epoch/),
    })
    expect(await dataFilesIn(memory, 'a')).toEqual(['part-00000-00000000-000009.000001.txt'])
  })

  test.each<[string, Disturbance, number]>([
    ['was not answered', losesReply(), 1],
    ['never arrived', neverArrives(), 3],
  ])(
    'a fencing rename that %s is followed by another, from whatever name there is',
    async (_how, disturbance, times) => {
      const { memory, fileSystem } = await taken()
      fileSystem.disturb('rename', /^a\//, disturbance, times)
      await (await openOutput(fileSystem)).close()
      expect(await dataFilesIn(memory, 'a')).toHaveLength(1)
      expect(await linesByDirectory(memory)).toEqual({ a: ['a0'] })
    },
  )

  test('a file that never comes to rest is given up with words', async () => {
    const { fileSystem } = await taken()
    fileSystem.disturb('rename', /^a\//, neverArrives(), Number.POSITIVE_INFINITY)
    await expect(openOutput(fileSystem)).rejects.toMatchObject({
      code: 'OPEN_FAILED',
      message: expect.stringMatching(/^a\/part-.*not reclaimed within 30 rounds/),
    })
  })
})

describe('on a disk, where a rename does not fence', () => {
  test('files are copied, for the owner may have been stopped', async () => {
    const { memory, fileSystem } = await taken(likeADisk)
    const { how, hooks } = listening()
    await (await openOutput(fileSystem, { hooks })).close()
    expect(how).toEqual(['copied'])
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0'] })
  })

  test('unless every owner that was not fenced is surely gone', async () => {
    const { fileSystem } = await taken(likeADisk)
    const { how, hooks } = listening()
    await (await openOutput(fileSystem, { hooks }, { isSurelyGone: ({ pid }) => pid === 1 })).close()
    expect(how).toEqual(['truncated'])
  })

  test('of two owners before, one that may live is enough to copy', async () => {
    const { fileSystem } = await taken(likeADisk)
    // The second one claims, and dies before it fenced anything.
    fileSystem.disturb('list', /^a$/, refused('UNAVAILABLE'))
    const second = { host: 'host-b', bootId: '', pidNamespace: '', pid: 2, startTime: '' }
    await expect(openOutput(fileSystem, {}, { process: second })).rejects.toThrow()
    const { how, hooks } = listening()
    await (await openOutput(fileSystem, { hooks }, { isSurelyGone: ({ pid }) => pid === 2 })).close()
    expect(how).toEqual(['copied'])
  })
})

describe('within an attempt', () => {
  test.each<[string, Partial<Capabilities>, string, Disturbance, string[]]>([
    ['where renames fence, it is cut', {}, 'timed out', losesReply('TIMEOUT'), ['truncated']],
    ['on a disk, it is cut: the descriptor is closed', likeADisk, 'failed', losesReply('UNEXPECTED'), ['truncated']],
    ['on a disk, it is copied: it may still be writing', likeADisk, 'timed out', losesReply('TIMEOUT'), ['copied']],
  ])('%s, after an append that %s', async (_what, capabilities, _how, disturbance, expected) => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory, capabilities)
    const { how, hooks } = listening()
    const output = await openOutput(fileSystem, { hooks })
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.commit()
    await output.write({ key: 'a', text: 'a1' }, at(1))
    fileSystem.disturb('append', /^a\//, disturbance)
    await output.commit()
    expect(how).toEqual(expected)
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1'] })
  })

  test('what the attempt had uploaded before is kept', async () => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory)
    const output = await openOutput(fileSystem, { bufferedBytesMax: 4 })
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.commit()
    await output.write({ key: 'a', text: 'uploaded to make room' }, at(1))
    fileSystem.disturb('append', /^a\//, losesReply())
    await output.write({ key: 'a', text: 'and more of it' }, at(2))
    await output.commit()
    await output.close()
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'uploaded to make room', 'and more of it'] })
  })

  test('a copy that is in doubt is copied again', async () => {
    const memory = new MemoryFileSystem()
    const fileSystem = new FaultyFileSystem(memory, likeADisk)
    const output = await openOutput(fileSystem)
    await output.write({ key: 'a', text: 'a0' }, at(0))
    await output.commit()
    await output.write({ key: 'a', text: 'a1' }, at(1))
    fileSystem.disturb('append', /^a\//, losesReply('TIMEOUT'))
    fileSystem.disturb('append', /copy-/, losesReply())
    await output.commit()
    await output.close()
    expect(await dataFilesIn(memory, 'a')).toHaveLength(1)
    expect(await linesByDirectory(memory)).toEqual({ a: ['a0', 'a1'] })
  })
})
