import type { FileHandle } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { DirectorySync } from '../../../src/file-system/local/directory-sync.js'
import { diskWith, errno } from './scratch-location.js'

// A disk whose syncs end when the test says so.
function heldDisk(): { syncs: { directory: string; end(error?: Error): void }[]; sync: DirectorySync } {
  const syncs: { directory: string; end(error?: Error): void }[] = []
  const disk = diskWith({
    open: async (directory: string) => {
      const sync = (): Promise<void> =>
        new Promise<void>((resolve, reject) => {
          syncs.push({ directory, end: (error) => (error === undefined ? resolve() : reject(error)) })
        })
      return { sync, close: async () => {} } as unknown as FileHandle
    },
  })
  return { syncs, sync: new DirectorySync(disk) }
}

// Lets everything run that waits for nothing but promises that are settled.
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('callers who come while a sync is running share the next one, never the running one', async () => {
  const { syncs, sync } = heldDisk()
  const done: number[] = []
  const first = sync.sync('/d').then(() => done.push(0))
  await settled()
  expect(syncs).toHaveLength(1)
  const others = [1, 2, 3].map((index) => sync.sync('/d').then(() => done.push(index)))
  await settled()
  expect(syncs).toHaveLength(1)
  syncs[0]!.end()
  await first
  await settled()
  expect(done).toEqual([0])
  expect(syncs).toHaveLength(2)
  const last = sync.sync('/d').then(() => done.push(4))
  syncs[1]!.end()
  await Promise.all(others)
  await settled()
  expect(done).toEqual([0, 1, 2, 3])
  expect(syncs).toHaveLength(3)
  syncs[2]!.end()
  await last
  // Nobody waits: the next call begins at once.
  const again = sync.sync('/d')
  await settled()
  expect(syncs).toHaveLength(4)
  syncs[3]!.end()
  await again
})

test('directories do not wait for each other', async () => {
  const { syncs, sync } = heldDisk()
  const both = [sync.sync('/a'), sync.sync('/b')]
  await settled()
  expect(syncs.map(({ directory }) => directory)).toEqual(['/a', '/b'])
  for (const each of syncs) each.end()
  await Promise.all(both)
})

test('a failed sync is a failure of those who shared it, and of nobody after them', async () => {
  const { syncs, sync } = heldDisk()
  const first = sync.sync('/d')
  await settled()
  const second = sync.sync('/d')
  syncs[0]!.end(errno('EIO'))
  await expect(first).rejects.toMatchObject({ code: 'EIO' })
  await settled()
  expect(syncs).toHaveLength(2)
  syncs[1]!.end()
  await second
})

test('a directory that is gone has nothing to keep, where the caller says so', async () => {
  const sync = new DirectorySync(diskWith({ open: () => Promise.reject(errno('ENOENT')) }))
  await sync.syncIfThere('/gone')
  await expect(sync.sync('/gone')).rejects.toMatchObject({ code: 'ENOENT' })
  const locked = new DirectorySync(diskWith({ open: () => Promise.reject(errno('EACCES')) }))
  await expect(locked.syncIfThere('/locked')).rejects.toMatchObject({ code: 'EACCES' })
})

test('what is remembered as durable is forgotten with the directory above it, and has a limit', () => {
  const sync = new DirectorySync(diskWith({}))
  for (const directory of ['/a', '/a/b', '/ab']) sync.markDurable(directory)
  sync.forget('/a')
  expect(['/a', '/a/b', '/ab'].map((directory) => sync.isDurable(directory))).toEqual([false, false, true])
  for (let index = 0; index < 10_000; index++) sync.markDurable(`/many/${index}`)
  expect(sync.isDurable('/ab')).toBe(false)
  expect(sync.isDurable('/many/9999')).toBe(true)
})
