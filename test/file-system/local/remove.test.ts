import * as nodeFileSystem from 'node:fs/promises'
import { expect, test } from 'vitest'
import { diskWith, errno, openScratch, recordingDisk } from './scratch-location.js'

const bytes = new Uint8Array(1)

test('an absence is durable before it is reported, one that was found included', async () => {
  const { disk, calls } = recordingDisk()
  const fileSystem = await openScratch({ disk })
  await fileSystem.create('d/a', bytes, { parents: 'create' })
  calls.length = 0
  expect(await fileSystem.delete('d/a')).toBe('deleted')
  expect(calls).toEqual(['unlink a', 'sync d'])
  expect(await fileSystem.delete('d/a')).toBe('absent')
  expect(calls).toEqual(['unlink a', 'sync d', 'sync d'])
})

test('a directory with entries is NOT_EMPTY in both of the words that POSIX has for it', async () => {
  for (const code of ['ENOTEMPTY', 'EEXIST']) {
    const fileSystem = await openScratch({ disk: diskWith({ rmdir: () => Promise.reject(errno(code)) }) })
    await fileSystem.create('d/a', bytes, { parents: 'create' })
    await expect(fileSystem.delete('d')).rejects.toMatchObject({ code: 'NOT_EMPTY', outcome: 'not-applied', path: 'd' })
  }
})

test('what another deletes first is absent', async () => {
  const disk = diskWith({
    unlink: async (path: string) => {
      await nodeFileSystem.unlink(path)
      if (path.endsWith('/a')) throw errno('ENOENT')
    },
  })
  const fileSystem = await openScratch({ disk })
  await fileSystem.create('a', bytes)
  expect(await fileSystem.delete('a')).toBe('absent')
  expect(await fileSystem.delete('a/below')).toBe('absent')
})

test('a removal that cannot be synced is unknown', async () => {
  const disk = diskWith({})
  const fileSystem = await openScratch({ disk })
  await fileSystem.create('a', bytes)
  Object.assign(disk, { open: () => Promise.reject(errno('EMFILE')) })
  await expect(fileSystem.delete('a')).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    outcome: 'unknown',
    retry: 'later',
  })
})

test('a directory goes as a whole while somebody still creates entries in it', async () => {
  const fileSystem = await openScratch()
  let stopped = false
  async function keepCreating(): Promise<void> {
    for (let number = 0; !stopped; number++) {
      await fileSystem.create(`d/inner/${number}`, bytes, { parents: 'create' }).catch(() => undefined)
    }
  }
  const creating = [keepCreating(), keepCreating()]
  for (let round = 0; round < 50; round++) {
    expect(['deleted', 'absent']).toContain(await fileSystem.delete('d', { recursive: 'all' }))
  }
  stopped = true
  await Promise.all(creating)
})
