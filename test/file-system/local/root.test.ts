// No path leaves the location through symbolic links, whatever the verb; links that stay inside are followed.
import * as nodeFileSystem from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { openScratch, scratchDirectory } from './scratch-location.js'

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)
const textOf = (content: Uint8Array): string => new TextDecoder().decode(content)

async function drain(entries: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const entry of entries) found.push(entry)
  return found
}

// Every verb on a path; those that change something change it so that a success would show.
function verbs(fileSystem: FileSystem, path: string): Record<string, () => Promise<unknown>> {
  return {
    create: () => fileSystem.create(path, bytes('x')),
    createWithParents: () => fileSystem.create(path, bytes('x'), { parents: 'create' }),
    createUpload: () => fileSystem.createUpload(path),
    append: () => fileSystem.append(path, bytes('x'), { base: 6 }),
    appendUpload: () => fileSystem.appendUpload(path, { base: 6 }),
    truncate: () => fileSystem.truncate(path, { length: 0, waitMs: 0 }),
    renameFrom: () => fileSystem.rename(path, 'stolen', { mode: 'move' }),
    renameTo: () => fileSystem.rename('own', path, { mode: 'replace' }),
    claim: () => fileSystem.rename('own', path, { mode: 'claim' }),
    delete: () => fileSystem.delete(path, { recursive: 'all' }),
    mkdirs: () => fileSystem.mkdirs(path),
    stat: () => fileSystem.stat(path),
    list: () => drain(fileSystem.list(path)),
    read: () => fileSystem.read(path),
    readStream: () => drain(fileSystem.readStream(path)),
  }
}

async function outsideAndIn(): Promise<{ outside: string; fileSystem: FileSystem & { root: string } }> {
  const outside = await scratchDirectory()
  await nodeFileSystem.writeFile(`${outside}/secret`, 'secret')
  await nodeFileSystem.mkdir(`${outside}/d`)
  const fileSystem = await openScratch()
  await fileSystem.create('own', bytes('own'))
  return { outside, fileSystem }
}

test('through a directory that is a link out of the location nothing can be reached, made or seen', async () => {
  const { outside, fileSystem } = await outsideAndIn()
  await nodeFileSystem.symlink(outside, `${fileSystem.root}/out`)
  await nodeFileSystem.symlink('..', `${fileSystem.root}/up`)
  for (const path of ['out/secret', 'out/new', 'out/d', 'out/d/new', 'out/no/such/new', 'up/anything']) {
    for (const [verb, call] of Object.entries(verbs(fileSystem, path))) {
      await expect(call(), `${verb} ${path}`).rejects.toMatchObject({ code: 'INVALID_PATH', outcome: 'not-applied' })
    }
  }
  expect((await nodeFileSystem.readdir(outside)).sort()).toEqual(['d', 'secret'])
  expect(await nodeFileSystem.readdir(`${outside}/d`)).toEqual([])
  expect(await nodeFileSystem.readFile(`${outside}/secret`, 'utf8')).toBe('secret')
})

test('a name that is itself a link out is not read, written or listed; renamed and deleted it is as a link', async () => {
  const { outside, fileSystem } = await outsideAndIn()
  await nodeFileSystem.symlink(`${outside}/secret`, `${fileSystem.root}/link`)
  await nodeFileSystem.symlink(`${outside}/d`, `${fileSystem.root}/linked-directory`)
  const touchesTheTarget = ['append', 'appendUpload', 'truncate', 'stat', 'read', 'readStream', 'list', 'mkdirs']
  for (const path of ['link', 'linked-directory']) {
    const calls = verbs(fileSystem, path)
    for (const verb of touchesTheTarget) {
      await expect(calls[verb]!(), `${verb} ${path}`).rejects.toMatchObject({ code: 'INVALID_PATH' })
    }
    await expect(fileSystem.create(path, bytes('x'))).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  }
  expect(await drain(fileSystem.list(''))).toMatchObject([{ path: 'own' }])
  await fileSystem.rename('link', 'other', { mode: 'move' })
  await fileSystem.rename('own', 'other', { mode: 'replace' })
  expect(await fileSystem.delete('linked-directory', { recursive: 'all' })).toBe('deleted')
  expect(await nodeFileSystem.readFile(`${outside}/secret`, 'utf8')).toBe('secret')
  expect(await nodeFileSystem.readdir(outside)).toContain('d')
})

test('deleting a directory deletes the links in it and not what they lead to', async () => {
  const { outside, fileSystem } = await outsideAndIn()
  await fileSystem.mkdirs('a/b')
  await nodeFileSystem.symlink(outside, `${fileSystem.root}/a/b/out`)
  expect(await fileSystem.delete('a', { recursive: 'all' })).toBe('deleted')
  expect(await nodeFileSystem.readFile(`${outside}/secret`, 'utf8')).toBe('secret')
})

test('links that stay inside are followed, and listed as what they lead to', async () => {
  const fileSystem = await openScratch()
  await fileSystem.create('real/file', bytes('text'), { parents: 'create' })
  await nodeFileSystem.symlink('real', `${fileSystem.root}/alias`)
  await nodeFileSystem.symlink('file', `${fileSystem.root}/real/link`)
  expect(textOf(await fileSystem.read('alias/link'))).toBe('text')
  expect(await fileSystem.append('alias/link', bytes('!'), { base: 4 })).toBe(5)
  await fileSystem.create('alias/new', bytes('new'))
  await fileSystem.mkdirs('alias/sub')
  expect(await drain(fileSystem.list('alias'))).toMatchObject([
    { path: 'alias/file', type: 'file', length: 5 },
    { path: 'alias/link', type: 'file', length: 5 },
    { path: 'alias/new', type: 'file', length: 3 },
    { path: 'alias/sub', type: 'directory' },
  ])
})

test('links that lead nowhere, or in circles, are refused and left out', async () => {
  const fileSystem = await openScratch()
  await nodeFileSystem.symlink('missing', `${fileSystem.root}/dangling`)
  await nodeFileSystem.symlink('b', `${fileSystem.root}/a`)
  await nodeFileSystem.symlink('a', `${fileSystem.root}/b`)
  for (const path of ['dangling', 'a']) {
    for (const verb of ['stat', 'read', 'append', 'truncate', 'list', 'mkdirs'] as const) {
      await expect(verbs(fileSystem, path)[verb]!(), `${verb} ${path}`).rejects.toMatchObject({ code: 'INVALID_PATH' })
    }
  }
  expect(await fileSystem.stat('dangling/below')).toBeUndefined()
  await expect(fileSystem.mkdirs('dangling/below')).rejects.toMatchObject({ code: 'INVALID_PATH' })
  expect(await drain(fileSystem.list(''))).toEqual([])
})

test('a location that is itself reached by a link is fine, also one that does not exist yet', async () => {
  const directory = await scratchDirectory()
  await nodeFileSystem.mkdir(`${directory}/real`)
  await nodeFileSystem.symlink('real', `${directory}/link`)
  const fileSystem = await openScratch({ root: `${directory}/link/new/location` })
  expect(await fileSystem.stat('')).toBeUndefined()
  await expect(drain(fileSystem.list(''))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(fileSystem.create('a', bytes('a'))).rejects.toMatchObject({ code: 'PARENT_NOT_FOUND' })
  await expect(fileSystem.rename('a', 'b', { mode: 'move' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await fileSystem.delete('a')).toBe('absent')
  await fileSystem.create('sub/a', bytes('a'), { parents: 'create' })
  expect(await nodeFileSystem.readFile(`${directory}/real/new/location/sub/a`, 'utf8')).toBe('a')
})

test('a location that is a file is refused', async () => {
  const directory = await scratchDirectory()
  await nodeFileSystem.writeFile(`${directory}/file`, '')
  for (const root of [`${directory}/file`, `${directory}/file/below`]) {
    const fileSystem = await openScratch({ root })
    await expect(fileSystem.mkdirs('')).rejects.toMatchObject({ code: 'NOT_A_DIRECTORY' })
    await expect(fileSystem.create('a', bytes('a'), { parents: 'create' })).rejects.toMatchObject({
      code: 'NOT_A_DIRECTORY',
    })
  }
})
