import * as nodeFileSystem from 'node:fs/promises'
import { expect, test } from 'vitest'
import { diskWith, errno, openScratch, recordingDisk, scratchDirectory } from './scratch-location.js'

test('each directory is synced into its parent, those above the location included', async () => {
  const { disk, calls } = recordingDisk()
  const parent = await scratchDirectory()
  const fileSystem = await openScratch({ root: `${parent}/above/root`, disk })
  await fileSystem.mkdirs('a/b')
  const scratch = parent.slice(parent.lastIndexOf('/') + 1)
  expect(calls).toEqual([
    'mkdir above',
    `sync ${scratch}`,
    'mkdir root',
    'sync above',
    'mkdir a',
    'sync root',
    'mkdir b',
    'sync a',
    // The probe for hard links.
    'sync root',
  ])
})

test('a directory that is there is synced once, for its maker may have been killed before it did', async () => {
  const { disk, calls } = recordingDisk()
  const fileSystem = await openScratch({ disk })
  await nodeFileSystem.mkdir(`${fileSystem.root}/a`)
  await nodeFileSystem.mkdir(`${fileSystem.root}/a/b`)
  await fileSystem.delete('nothing')
  calls.length = 0
  await fileSystem.mkdirs('a/b')
  expect(calls.map((call) => call.split(' ')[0])).toEqual(['sync', 'sync'])
  calls.length = 0
  await fileSystem.mkdirs('a/b')
  expect(calls).toEqual([])
})

test('a directory that was deleted or renamed is made, and synced, anew', async () => {
  const { disk, calls } = recordingDisk()
  const fileSystem = await openScratch({ disk })
  await fileSystem.mkdirs('a/b')
  await fileSystem.delete('a', { recursive: 'all' })
  calls.length = 0
  await fileSystem.mkdirs('a/b')
  expect(calls).toEqual(['mkdir a', expect.stringMatching('^sync '), 'mkdir b', 'sync a'])
  await fileSystem.rename('a', 'c', { mode: 'move' })
  calls.length = 0
  await fileSystem.mkdirs('a')
  expect(calls).toEqual(['mkdir a', expect.stringMatching('^sync ')])
})

test('what a directory was made of before a failure leaves the outcome unknown, nothing leaves it not applied', async () => {
  const disk = diskWith({
    mkdir: async (path: string) => {
      if (path.endsWith('/b')) throw errno('ENOSPC')
      await nodeFileSystem.mkdir(path)
    },
  })
  const fileSystem = await openScratch({ disk })
  const failed = { code: 'NO_SPACE', operation: 'mkdirs', retry: 'later' }
  await expect(fileSystem.mkdirs('a/b')).rejects.toMatchObject({ ...failed, path: 'a/b', outcome: 'unknown' })
  await expect(fileSystem.mkdirs('a/b')).rejects.toMatchObject({ ...failed, outcome: 'not-applied' })
})

test('a parent that was made does not make the outcome of a create unknown', async () => {
  const disk = diskWith({
    open: async (path: string, ...rest: never[]) => {
      if (path.endsWith('/file')) throw errno('ENOSPC')
      return await nodeFileSystem.open(path, ...rest)
    },
  })
  const fileSystem = await openScratch({ disk })
  const creating = fileSystem.create('a/file', new Uint8Array(1), { parents: 'create' })
  await expect(creating).rejects.toMatchObject({ code: 'NO_SPACE', outcome: 'not-applied', operation: 'create' })
})
