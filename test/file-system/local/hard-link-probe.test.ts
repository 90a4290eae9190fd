import * as nodeFileSystem from 'node:fs/promises'
import { expect, test } from 'vitest'
import { mountOf } from '../../../src/file-system/local/hard-link-probe.js'
import { diskWith, errno, openScratch } from './scratch-location.js'

const bytes = new Uint8Array(1)

test.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
  'a disk that answers %s to link is refused before any change',
  async (code) => {
    const fileSystem = await openScratch({ disk: diskWith({ link: () => Promise.reject(errno(code)) }) })
    const refused = { code: 'UNSUPPORTED', outcome: 'not-applied', retry: 'never' }
    await expect(fileSystem.create('a', bytes)).rejects.toMatchObject({ ...refused, operation: 'create', path: 'a' })
    await expect(fileSystem.create('a', bytes)).rejects.toThrow(/hard links/)
    await expect(fileSystem.mkdirs('d')).rejects.toMatchObject({ ...refused, operation: 'mkdirs' })
    await expect(fileSystem.rename('a', 'b', { mode: 'claim' })).rejects.toMatchObject(refused)
    expect(await fileSystem.stat('a')).toBeUndefined()
    expect(await nodeFileSystem.readdir(fileSystem.root)).toEqual(['d'])
  },
)

test('the message names the file system and where it is mounted', async () => {
  const fileSystem = await openScratch({ disk: diskWith({ link: () => Promise.reject(errno('EPERM')) }) })
  const named = process.platform === 'linux' ? /: \w+, mounted at \/.*, has no hard links/ : /has no hard links/
  await expect(fileSystem.create('a', bytes)).rejects.toThrow(named)
})

test('a disk whose hard links do not show that they are one file is refused', async () => {
  let inode = 0n
  const disk = diskWith({
    lstat: async (path: string, options: never) =>
      Object.assign(await nodeFileSystem.lstat(path, options), { ino: ++inode }),
  })
  const fileSystem = await openScratch({ disk })
  await expect(fileSystem.create('a', bytes)).rejects.toThrow(/does not show that two hard links are one file/)
})

test('a disk without fsync of directories is refused', async () => {
  const disk = diskWith({
    open: async (...given: Parameters<typeof nodeFileSystem.open>) => {
      const handle = await nodeFileSystem.open(...given)
      if (typeof given[1] === 'number') handle.sync = () => Promise.reject(errno('EINVAL'))
      return handle
    },
  })
  const fileSystem = await openScratch({ disk })
  await expect(fileSystem.create('a', bytes)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
})

test('it asks once, leaves nothing behind, and asks nothing of a reader', async () => {
  let links = 0
  const disk = diskWith({
    link: async (from: string, to: string) => {
      links++
      await nodeFileSystem.link(from, to)
    },
  })
  const fileSystem = await openScratch({ disk })
  await fileSystem.stat('')
  for await (const entry of fileSystem.list('')) expect.unreachable(entry.path)
  expect(links).toBe(0)
  await Promise.all(['a', 'b', 'c'].map((path) => fileSystem.create(path, bytes)))
  await fileSystem.mkdirs('d')
  expect(links).toBe(1)
  expect((await nodeFileSystem.readdir(fileSystem.root)).sort()).toEqual(['a', 'b', 'c', 'd'])
})

test('what killed processes left of their probes goes, what others are at work with stays', async () => {
  const fileSystem = await openScratch()
  const write = async (name: string, ageMs: number) => {
    const time = new Date(Date.now() - ageMs)
    await nodeFileSystem.writeFile(`${fileSystem.root}/${name}`, '')
    await nodeFileSystem.utimes(`${fileSystem.root}/${name}`, time, time)
  }
  await write('.hard-link-probe-1', 3_600_000)
  await write('.hard-link-probe-1-link', 3_600_000)
  await write('.hard-link-probe-2', 0)
  await write('.other', 3_600_000)
  await fileSystem.create('a', bytes)
  expect((await nodeFileSystem.readdir(fileSystem.root)).sort()).toEqual(['.hard-link-probe-2', '.other', 'a'])
})

test('what it could not find out it asks again, and the change itself says what is wrong', async () => {
  let isFull = true
  const disk = diskWith({
    open: async (...given: Parameters<typeof nodeFileSystem.open>) => {
      if (isFull && given[1] !== undefined) throw errno('ENOSPC')
      return await nodeFileSystem.open(...given)
    },
  })
  const fileSystem = await openScratch({ disk })
  await expect(fileSystem.create('a', bytes)).rejects.toMatchObject({ code: 'NO_SPACE', outcome: 'not-applied' })
  isFull = false
  expect(await fileSystem.create('a', bytes)).toBe(1)
})

test('the mount of a path is the longest above it, and the last of several at one point', () => {
  const mountinfo = [
    '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
    '40 22 0:35 / /mnt rw shared:20 - tmpfs tmpfs rw',
    '41 40 8:1 / /mnt/usb\\040disk rw shared:21 master:1 - vfat /dev/sda1 rw',
    '42 40 8:2 / /mnt/usb\\040disk rw - exfat /dev/sda2 rw',
    '',
  ].join('\n')
  expect(mountOf('/mnt/usb disk/out', mountinfo)).toEqual({ type: 'exfat', point: '/mnt/usb disk' })
  expect(mountOf('/mnt/usb disk', mountinfo)?.type).toBe('exfat')
  expect(mountOf('/mnt/usb', mountinfo)?.type).toBe('tmpfs')
  expect(mountOf('/mntx', mountinfo)).toEqual({ type: 'ext4', point: '/' })
  expect(mountOf('/mnt', '')).toBeUndefined()
})
