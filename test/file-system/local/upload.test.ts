import type { FileHandle } from 'node:fs/promises'
import * as nodeFileSystem from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { diskWith, errno, onSync, openScratch } from './scratch-location.js'

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)
const textOf = async (fileSystem: FileSystem, path: string): Promise<string> =>
  new TextDecoder().decode(await fileSystem.read(path))

/** A disk whose files with this name are written by the given function. */
function diskWhere(name: string, change: (handle: FileHandle) => void): ReturnType<typeof diskWith> {
  return diskWith({
    open: async (...given: Parameters<typeof nodeFileSystem.open>) => {
      const handle = await nodeFileSystem.open(...given)
      if (String(given[0]).endsWith(`/${name}`)) change(handle)
      return handle
    },
  })
}

test('an operating system that takes few bytes at a time is asked until it took all, in order', async () => {
  const disk = diskWhere('file', (handle) => {
    const write = handle.write.bind(handle)
    handle.writev = async (buffers) => {
      const first = buffers[0] as Uint8Array
      const { bytesWritten } = await write(first, 0, Math.min(3, first.byteLength))
      return { bytesWritten, buffers }
    }
  })
  const fileSystem = await openScratch({ disk })
  const pieces = ['one', '', 'two and three', 'f', 'our'].map(bytes)
  expect(await fileSystem.create('file', pieces)).toBe(20)
  expect(await textOf(fileSystem, 'file')).toBe('onetwo and threefour')
})

test('an operating system that takes no byte and gives no reason is an error and no endless loop', async () => {
  const disk = diskWhere('file', (handle) => {
    handle.writev = async (buffers) => ({ bytesWritten: 0, buffers })
  })
  const fileSystem = await openScratch({ disk })
  await expect(fileSystem.create('file', bytes('x'))).rejects.toMatchObject({ code: 'UNEXPECTED', outcome: 'unknown' })
})

test('more chunks than one call takes arrive in order', async () => {
  const fileSystem = await openScratch()
  const pieces = Array.from({ length: 3_000 }, (_, index) => bytes(`${index},`))
  await fileSystem.create('file', pieces)
  expect(await textOf(fileSystem, 'file')).toBe(Buffer.concat(pieces).toString())
})

test('the outcome of an append is told by whether a byte was taken', async () => {
  let isFull = false
  const disk = diskWhere('file', (handle) => {
    const writev = handle.writev.bind(handle)
    handle.writev = async (...given) => {
      if (isFull) throw errno('ENOSPC')
      isFull = true
      return await writev(...given)
    }
  })
  const fileSystem = await openScratch({ disk })
  await fileSystem.create('file', bytes('base'))
  const full = { code: 'NO_SPACE', operation: 'append', retry: 'later' }
  await expect(fileSystem.append('file', bytes('x'), { base: 4 })).rejects.toMatchObject({
    ...full,
    outcome: 'not-applied',
  })
  isFull = false
  const many = Array.from({ length: 600 }, () => bytes('x'))
  await expect(fileSystem.append('file', many, { base: 4 })).rejects.toMatchObject({ ...full, outcome: 'unknown' })
})

test('a sync that fails leaves the outcome unknown, and every later call has the same failure', async () => {
  const disk = diskWhere('file', (handle) => {
    handle.sync = () => Promise.reject(errno('EIO'))
  })
  const fileSystem = await openScratch({ disk })
  const upload = await fileSystem.createUpload('file')
  await upload.write(bytes('x'))
  const failure = await upload.makeDurable().catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'CORRUPT', outcome: 'unknown', operation: 'create', path: 'file' })
  await expect(upload.write(bytes('y'))).rejects.toBe(failure)
  await expect(upload.end()).rejects.toBe(failure)
  await expect(upload.makeDurable()).rejects.toBe(failure)
  await upload.abort()
})

test('data are synced before the entry, and again only if there are new ones', async () => {
  const syncs: string[] = []
  const disk = diskWith({
    open: async (...given: Parameters<typeof nodeFileSystem.open>) => {
      const name = String(given[0]).endsWith('/file') ? 'file' : 'directory'
      return onSync(await nodeFileSystem.open(...given), () => syncs.push(name))
    },
  })
  const fileSystem = await openScratch({ disk })
  await fileSystem.mkdirs('')
  syncs.length = 0
  const upload = await fileSystem.createUpload('file')
  await upload.write(bytes('one'))
  expect(await upload.makeDurable()).toBe(3)
  expect(syncs).toEqual(['file', 'directory'])
  expect(await upload.makeDurable()).toBe(3)
  await upload.write(bytes('two'))
  expect(await upload.makeDurable()).toBe(6)
  expect(syncs).toEqual(['file', 'directory', 'file'])
  expect(await upload.end()).toBe(6)
  expect(syncs).toHaveLength(3)
  syncs.length = 0
  await fileSystem.append('file', bytes('!'), { base: 6 })
  expect(syncs).toEqual(['file'])
})

test('an upload whose file was deleted or replaced meanwhile ends in an error: nothing of it will ever appear', async () => {
  const fileSystem = await openScratch()
  await fileSystem.create('other', bytes('other'))
  for (const take of [() => fileSystem.delete('file'), () => fileSystem.rename('other', 'file', { mode: 'replace' })]) {
    const upload = await fileSystem.createUpload('file')
    await upload.write(bytes('x'))
    await take()
    await expect(upload.end()).rejects.toMatchObject({ code: 'NOT_FOUND', outcome: 'not-applied' })
  }
  expect(await textOf(fileSystem, 'file')).toBe('other')
})

test('bytes of a foreign writer show in the length', async () => {
  const fileSystem = await openScratch()
  await fileSystem.create('file', bytes('base'))
  const upload = await fileSystem.appendUpload('file', { base: 4 })
  await upload.write(bytes('ours'))
  await nodeFileSystem.appendFile(`${fileSystem.root}/file`, 'foreign')
  await expect(upload.end()).rejects.toMatchObject({ code: 'WRONG_LENGTH', outcome: 'applied', retry: 'never' })
})

test('a writer that is ahead of the disk is asked to wait, and only then', async () => {
  let letGo: () => void = () => {}
  const disk = diskWhere('file', (handle) => {
    const writev = handle.writev.bind(handle)
    handle.writev = async (...given) => {
      await new Promise<void>((resolve) => {
        letGo = resolve
      })
      return await writev(...given)
    }
  })
  const fileSystem = await openScratch({ disk })
  const upload = await fileSystem.createUpload('file')
  const chunk = new Uint8Array(256 * 1024)
  for (let index = 0; index < 4; index++) expect(upload.write(chunk)).toBeUndefined()
  const wait = upload.write(chunk)
  expect(wait).toBeInstanceOf(Promise)
  letGo()
  await new Promise((resolve) => setImmediate(resolve))
  const pending = setInterval(() => letGo(), 1)
  await wait
  expect(await upload.end()).toBe(5 * chunk.byteLength)
  clearInterval(pending)
})

test('close gives up the uploads that are open and waits for what is running', async () => {
  const fileSystem = await openScratch()
  const upload = await fileSystem.createUpload('file')
  await upload.write(bytes('x'))
  const creating = fileSystem.create('other', bytes('other'))
  await fileSystem.close()
  expect(await nodeFileSystem.readFile(`${fileSystem.root}/other`, 'utf8')).toBe('other')
  expect(await creating).toBe(5)
  await expect(upload.write(bytes('y'))).rejects.toMatchObject({ code: 'CLOSED', outcome: 'unknown' })
  await expect(upload.end()).rejects.toMatchObject({ code: 'CLOSED' })
})

test('an aborted upload refuses what follows as CLOSED; an ended one surely took nothing of it', async () => {
  const fileSystem = await openScratch()
  const aborted = await fileSystem.createUpload('aborted')
  await aborted.abort()
  await aborted.abort()
  await expect(aborted.end()).rejects.toMatchObject({ code: 'CLOSED', outcome: 'unknown' })
  const ended = await fileSystem.createUpload('ended')
  await ended.write(bytes('x'))
  expect(await ended.end()).toBe(1)
  await expect(ended.write(bytes('y'))).rejects.toMatchObject({ code: 'CLOSED', outcome: 'not-applied' })
  await ended.abort()
  expect(await textOf(fileSystem, 'ended')).toBe('x')
})

test('every handle is closed, whatever became of the upload', async () => {
  const open = new Set<FileHandle>()
  const disk = diskWith({
    open: async (...given: Parameters<typeof nodeFileSystem.open>) => {
      const handle = await nodeFileSystem.open(...given)
      open.add(handle)
      const close = handle.close.bind(handle)
      handle.close = async () => {
        await close()
        open.delete(handle)
      }
      return handle
    },
  })
  const fileSystem = await openScratch({ disk })
  await fileSystem.create('a', bytes('a'))
  await fileSystem.append('a', bytes('b'), { base: 1 })
  await expect(fileSystem.append('a', bytes('b'), { base: 1 })).rejects.toMatchObject({ code: 'WRONG_LENGTH' })
  await expect(fileSystem.truncate('a', { length: 9, waitMs: 0 })).rejects.toMatchObject({ code: 'WRONG_LENGTH' })
  await fileSystem.truncate('a', { length: 0, waitMs: 0 })
  await expect(fileSystem.read('')).rejects.toMatchObject({ code: 'INVALID_PATH' })
  await fileSystem.mkdirs('d')
  await expect(fileSystem.read('d')).rejects.toMatchObject({ code: 'IS_DIRECTORY' })
  for await (const chunk of fileSystem.readStream('a')) expect.unreachable(String(chunk))
  const lost = await fileSystem.createUpload('lost')
  await fileSystem.delete('lost')
  await expect(lost.end()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const aborted = await fileSystem.appendUpload('a', { base: 0 })
  await aborted.abort()
  expect(open.size).toBe(0)
})

test("a permission is the file's whatever the umask, and bits that HDFS has no word for are refused", async () => {
  const fileSystem = await openScratch()
  const before = process.umask(0o077)
  try {
    await fileSystem.create('file', bytes('x'), { permission: '664' })
    expect((await nodeFileSystem.stat(`${fileSystem.root}/file`)).mode & 0o7777).toBe(0o664)
  } finally {
    process.umask(before)
  }
  for (const permission of ['4755', '64', '0o644', '-rw-r--r--', '888', '']) {
    await expect(fileSystem.create('other', bytes('x'), { permission })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    })
  }
  expect(await fileSystem.stat('other')).toBeUndefined()
})
