import * as nodeFileSystem from 'node:fs/promises'
import { expect, test } from 'vitest'
import { FileSystemError } from '../../../src/file-system/file-system-error.js'
import { startChild } from './children/start-child.js'
import { diskWith, errno, openScratch, recordingDisk } from './scratch-location.js'

const CLAIMANTS = 4
const ROUNDS = 60
const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

async function names(
  fileSystem: { list(path: string): AsyncIterable<{ path: string }> },
  path: string,
): Promise<string[]> {
  const found: string[] = []
  for await (const entry of fileSystem.list(path)) found.push(entry.path)
  return found
}

test('of claimants in several processes exactly one wins each name, and nothing is replaced or left behind', async () => {
  const fileSystem = await openScratch()
  await fileSystem.mkdirs('tmp')
  await fileSystem.mkdirs('log')
  const children = Array.from({ length: CLAIMANTS }, (_, index) =>
    startChild('claimant', [fileSystem.root, `c${index}`]),
  )
  for (const child of children) expect(await child.next()).toBe('ready')
  const winners = new Set<number>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const child of children) child.send(round)
    const answers = await Promise.all(children.map((child) => child.next<string>()))
    expect(answers.filter((answer) => answer !== 'lost')).toEqual(['won'])
    const winner = answers.indexOf('won')
    winners.add(winner)
    expect(textOf(await fileSystem.read(`log/${round}`))).toBe(`c${winner} ${round}`)
    expect((await nodeFileSystem.stat(`${fileSystem.root}/log/${round}`)).nlink).toBe(1)
    expect(await fileSystem.stat(`tmp/c${winner}-${round}`)).toBeUndefined()
  }
  expect(await names(fileSystem, 'tmp')).toHaveLength(ROUNDS * (CLAIMANTS - 1))
  // Otherwise they did not run at once and the test shows nothing.
  expect(winners.size).toBeGreaterThan(1)
}, 60_000)

test('a claimant killed between link and unlink: the record is whole, and the next try finishes the claim', async () => {
  const fileSystem = await openScratch()
  await fileSystem.mkdirs('log')
  await fileSystem.create('temp', text('record'))
  await fileSystem.create('rival', text('another'))
  const child = startChild('half-claimant', [fileSystem.root, 'temp', 'log/7'])
  expect(await child.next()).toBe('linked')
  await child.kill()

  // What a reader sees meanwhile: the whole record under its name, and the temp as another name of the same file.
  const [temp, record] = await Promise.all([fileSystem.stat('temp'), fileSystem.stat('log/7')])
  expect(record).toMatchObject({ length: 6, fileId: temp?.fileId })
  expect(textOf(await fileSystem.read('log/7'))).toBe('record')
  await expect(fileSystem.rename('rival', 'log/7', { mode: 'claim' })).rejects.toMatchObject({
    code: 'ALREADY_EXISTS',
    outcome: 'not-applied',
  })
  expect(await names(fileSystem, '')).toEqual(['log', 'rival', 'temp'])

  await fileSystem.rename('temp', 'log/7', { mode: 'claim' })
  expect(await names(fileSystem, '')).toEqual(['log', 'rival'])
  expect(textOf(await fileSystem.read('log/7'))).toBe('record')
  expect((await nodeFileSystem.stat(`${fileSystem.root}/log/7`)).nlink).toBe(1)
})

test('replace finishes a claim that was cut short, where rename(2) would do nothing and say it had', async () => {
  const fileSystem = await openScratch()
  await fileSystem.create('temp', text('record'))
  await nodeFileSystem.link(`${fileSystem.root}/temp`, `${fileSystem.root}/final`)
  await fileSystem.rename('temp', 'final', { mode: 'replace' })
  expect(await names(fileSystem, '')).toEqual(['final'])
})

test('two names that are one entry of the disk are never taken for a claim cut short', async () => {
  // A disk that ignores case says of both spellings that they are the same file, with one link.
  const asGiven = (path: string): string => path.replace(/TEMP$/, 'temp')
  const disk = diskWith({
    lstat: (path: string, options: never) => nodeFileSystem.lstat(asGiven(path), options),
    link: (from: string, to: string) => nodeFileSystem.link(from, asGiven(to)),
  })
  const fileSystem = await openScratch({ disk })
  await fileSystem.create('temp', text('record'))
  for (const mode of ['claim', 'move'] as const) {
    await expect(fileSystem.rename('temp', 'TEMP', { mode })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  }
  expect(textOf(await fileSystem.read('temp'))).toBe('record')
})

test('a source with a further hard link (a backup) loses a claim like any other, and stays', async () => {
  const fileSystem = await openScratch()
  await fileSystem.create('temp', text('mine'))
  await fileSystem.create('final', text('theirs'))
  await nodeFileSystem.link(`${fileSystem.root}/temp`, `${fileSystem.root}/backup`)
  await expect(fileSystem.rename('temp', 'final', { mode: 'claim' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  expect(textOf(await fileSystem.read('temp'))).toBe('mine')
  expect(textOf(await fileSystem.read('final'))).toBe('theirs')
  await fileSystem.rename('temp', 'final', { mode: 'replace' })
  expect(textOf(await fileSystem.read('final'))).toBe('mine')
})

test('a claim is durable before the source goes, a move before it is reported', async () => {
  const { disk, calls } = recordingDisk()
  const fileSystem = await openScratch({ disk })
  await fileSystem.mkdirs('log')
  await fileSystem.mkdirs('tmp')
  await fileSystem.create('tmp/a', text('a'))
  calls.length = 0
  await fileSystem.rename('tmp/a', 'log/1', { mode: 'claim' })
  expect(calls).toEqual(['link a 1', 'sync log', 'unlink a', 'sync tmp'])
  calls.length = 0
  await fileSystem.rename('log/1', 'tmp/b', { mode: 'move' })
  expect(calls).toEqual(['rename 1 b', 'sync tmp', 'sync log'])
  calls.length = 0
  await fileSystem.rename('tmp/b', 'tmp/c', { mode: 'replace' })
  expect(calls).toEqual(['rename b c', 'sync tmp'])
})

test('what a caller concludes from is durable: the absence of a source, the name that another holds', async () => {
  const { disk, calls } = recordingDisk()
  const fileSystem = await openScratch({ disk })
  await fileSystem.mkdirs('log')
  await fileSystem.mkdirs('tmp')
  await fileSystem.create('log/1', text('1'))
  await fileSystem.create('tmp/a', text('a'))
  calls.length = 0
  await expect(fileSystem.rename('tmp/gone', 'log/2', { mode: 'move' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(calls).toEqual(['sync log', 'sync tmp'])
  calls.length = 0
  await expect(fileSystem.rename('tmp/a', 'log/1', { mode: 'claim' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  expect(calls).toEqual(['sync log'])
})

test.each(['claim', 'move', 'replace'] as const)(
  '%s: when the directory cannot be synced the outcome is unknown',
  async (mode) => {
    const disk = diskWith({})
    const fileSystem = await openScratch({ disk })
    await fileSystem.mkdirs('log')
    await fileSystem.create('a', text('a'))
    Object.assign(disk, {
      open: async (path: string, ...rest: never[]) => {
        if (path.endsWith('/log')) throw errno('EIO')
        return await nodeFileSystem.open(path, ...rest)
      },
    })
    await expect(fileSystem.rename('a', 'log/1', { mode })).rejects.toMatchObject({
      code: 'CORRUPT',
      outcome: 'unknown',
    })
  },
)

test('a claim whose source another took to another name meanwhile is in doubt, not won', async () => {
  const disk = diskWith({
    link: async (from: string, to: string) => {
      await nodeFileSystem.link(from, to)
      if (from.endsWith('/temp')) await nodeFileSystem.rename(from, `${from}-elsewhere`)
    },
  })
  const fileSystem = await openScratch({ disk })
  await fileSystem.create('temp', text('a'))
  await expect(fileSystem.rename('temp', 'final', { mode: 'claim' })).rejects.toMatchObject({
    code: 'UNEXPECTED',
    outcome: 'unknown',
  })
})

test('a claim that another process finishes meanwhile is won', async () => {
  const disk = diskWith({
    link: async (from: string, to: string) => {
      await nodeFileSystem.link(from, to)
      if (from.endsWith('/temp')) await nodeFileSystem.unlink(from)
    },
  })
  const fileSystem = await openScratch({ disk })
  await fileSystem.create('temp', text('a'))
  await fileSystem.rename('temp', 'final', { mode: 'claim' })
  expect(textOf(await fileSystem.read('final'))).toBe('a')
})

test('a directory cannot be claimed, and says so', async () => {
  const fileSystem = await openScratch()
  await fileSystem.mkdirs('d')
  const refused = fileSystem.rename('d', 'e', { mode: 'claim' })
  await expect(refused).rejects.toMatchObject({ code: 'UNSUPPORTED', outcome: 'not-applied' })
  await expect(refused).rejects.toThrow(/hard link/)
})

test.each([
  ['EPERM', 'link', 'PERMISSION'],
  ['EXDEV', 'link', 'UNSUPPORTED'],
  ['EROFS', 'rename', 'PERMISSION'],
  ['EXDEV', 'rename', 'UNSUPPORTED'],
  ['ENOSPC', 'rename', 'NO_SPACE'],
])('%s of %s is %s, and nothing happened', async (code, call, expected) => {
  const disk = diskWith({})
  const fileSystem = await openScratch({ disk })
  await fileSystem.create('a', text('a'))
  Object.assign(disk, { [call]: () => Promise.reject(errno(code)) })
  const mode = call === 'link' ? 'claim' : 'move'
  const error = await fileSystem.rename('a', 'b', { mode }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(FileSystemError)
  expect(error).toMatchObject({ code: expected, outcome: 'not-applied', operation: 'rename', path: 'a' })
})

test('names are blamed for what is wrong with them', async () => {
  const fileSystem = await openScratch()
  await fileSystem.create('a', text('a'))
  await fileSystem.create('b', text('b'))
  const blamed = async (source: string, destination: string, mode: 'claim' | 'move' | 'replace'): Promise<unknown> => {
    const error = await fileSystem.rename(source, destination, { mode }).catch((reason: unknown) => reason)
    return error instanceof FileSystemError ? [error.code, error.path] : error
  }
  expect(await blamed('x', 'y', 'move')).toEqual(['NOT_FOUND', 'x'])
  expect(await blamed('a', 'no/y', 'move')).toEqual(['PARENT_NOT_FOUND', 'no/y'])
  expect(await blamed('a', 'b/y', 'claim')).toEqual(['NOT_A_DIRECTORY', 'b/y'])
  expect(await blamed('b/x', 'y', 'claim')).toEqual(['NOT_FOUND', 'b/x'])
  expect(await blamed('a', 'b', 'claim')).toEqual(['ALREADY_EXISTS', 'b'])
  expect(await blamed('a', 'a', 'replace')).toEqual(['ALREADY_EXISTS', 'a'])
})
