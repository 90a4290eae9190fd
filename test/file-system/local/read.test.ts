import { execFileSync } from 'node:child_process'
import * as nodeFileSystem from 'node:fs/promises'
import { expect, test } from 'vitest'
import { diskWith, errno, openScratch } from './scratch-location.js'

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)

async function pathsIn(entries: AsyncIterable<{ path: string }>): Promise<string[]> {
  const found: string[] = []
  for await (const { path } of entries) found.push(path)
  return found
}

test('what is neither a file nor a directory does not hang, is not listed, and is refused', async () => {
  const fileSystem = await openScratch()
  execFileSync('mkfifo', [`${fileSystem.root}/fifo`])
  expect(await fileSystem.stat('fifo')).toBeUndefined()
  expect(await pathsIn(fileSystem.list(''))).toEqual([])
  await expect(fileSystem.read('fifo')).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  await expect(fileSystem.append('fifo', bytes('x'), { base: 0 })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  await expect(fileSystem.truncate('fifo', { length: 0, waitMs: 0 })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  await expect(fileSystem.rename('fifo', 'b', { mode: 'claim' })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  await expect(fileSystem.create('fifo', bytes('x'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  expect(await fileSystem.delete('fifo')).toBe('deleted')
})

test.skipIf(process.platform !== 'linux')('names that are not UTF-8 are left out', async () => {
  const fileSystem = await openScratch()
  const foreign = Buffer.concat([Buffer.from(`${fileSystem.root}/latin-`), Buffer.from([0xe9])])
  await nodeFileSystem.writeFile(foreign, 'x')
  await fileSystem.create('latin-é', bytes('x'))
  expect(await pathsIn(fileSystem.list(''))).toEqual(['latin-é'])
})

test('entries that vanish while they are listed are left out', async () => {
  const disk = diskWith({
    lstat: async (path: string, options: never) => {
      if (path.endsWith('/b')) throw errno('ENOENT')
      return await nodeFileSystem.lstat(path, options)
    },
  })
  const fileSystem = await openScratch({ disk })
  for (const path of ['a', 'b', 'c']) await fileSystem.create(path, bytes('x'))
  expect(await pathsIn(fileSystem.list(''))).toEqual(['a', 'c'])
})

test('an operating system that gives few bytes at a time is asked until there are no more', async () => {
  const disk = diskWith({
    open: async (...given: Parameters<typeof nodeFileSystem.open>) => {
      const handle = await nodeFileSystem.open(...given)
      const read = handle.read.bind(handle) as (...arguments_: unknown[]) => Promise<unknown>
      handle.read = ((buffer: Uint8Array, offset: number, length: number, position: number) =>
        read(buffer, offset, Math.min(length, 2), position)) as typeof handle.read
      return handle
    },
  })
  const fileSystem = await openScratch({ disk })
  await fileSystem.create('a', bytes('0123456789'))
  expect(await fileSystem.read('a', { start: 1, end: 8 })).toEqual(bytes('1234567'))
  const chunks: Uint8Array[] = []
  for await (const chunk of fileSystem.readStream('a', { start: 3 })) chunks.push(chunk)
  expect(Buffer.concat(chunks)).toEqual(Buffer.from('3456789'))
})

test('a file that is cut while it is read gives what is there', async () => {
  const disk = diskWith({
    open: async (...given: Parameters<typeof nodeFileSystem.open>) => {
      const handle = await nodeFileSystem.open(...given)
      const stat = handle.stat.bind(handle)
      handle.stat = (async () => Object.assign(await stat(), { size: 100 })) as typeof handle.stat
      return handle
    },
  })
  const fileSystem = await openScratch()
  await fileSystem.create('a', bytes('0123456789'))
  const deceived = await openScratch({ root: fileSystem.root, disk })
  expect(await deceived.read('a', { start: 5 })).toEqual(bytes('56789'))
})

test('a stream that is left open ends with the file system, as CLOSED', async () => {
  const fileSystem = await openScratch()
  await fileSystem.create('a', new Uint8Array(1_000_000))
  const stream = fileSystem.readStream('a')[Symbol.asyncIterator]()
  expect((await stream.next()).done).toBe(false)
  const entries = fileSystem.list('')[Symbol.asyncIterator]()
  await fileSystem.close()
  await expect(stream.next()).rejects.toMatchObject({ code: 'CLOSED', operation: 'read', outcome: 'not-applied' })
  await expect(entries.next()).rejects.toMatchObject({ code: 'CLOSED', operation: 'list' })
})
