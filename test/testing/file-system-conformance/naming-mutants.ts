// File systems that break a promise of names, listings and reads, and the case that has to notice.
import type { FileStatus, FileSystem } from '../../../src/file-system/file-system.js'
import { joinPath, nameOf, parentOf } from '../../../src/file-system/path.js'
import { ignoring, type Mutant, withError } from './mutant.js'

async function collectList(real: FileSystem, path: string): Promise<FileStatus[]> {
  const entries: FileStatus[] = []
  for await (const entry of real.list(path)) entries.push(entry)
  return entries
}

async function* changed(real: FileSystem, path: string, change: (entries: FileStatus[]) => FileStatus[]) {
  yield* change(await collectList(real, path))
}

export const namingMutants: readonly Mutant[] = [
  {
    name: 'claim replaces',
    caughtBy: /rename > claim: refuses a destination that exists/,
    overrides: (real) => ({
      rename: (source, destination, { mode }) =>
        real.rename(source, destination, { mode: mode === 'claim' ? 'replace' : mode }),
    }),
  },
  {
    name: 'claim looks first and then replaces',
    caughtBy: /rename > claim: of several at once exactly one wins/,
    overrides: (real) => ({
      rename: async (source, destination, { mode }) => {
        if (mode !== 'claim') return await real.rename(source, destination, { mode })
        const isThere = (await real.stat(source)) !== undefined && (await real.stat(destination)) !== undefined
        await new Promise((resolve) => setImmediate(resolve))
        return await real.rename(source, destination, { mode: isThere ? 'claim' : 'replace' })
      },
    }),
  },
  {
    name: 'a claim that lost says so with an unknown outcome',
    caughtBy: /rename > claim: /,
    overrides: (real) => ({
      rename: (source, destination, options) =>
        withError(real.rename(source, destination, options), () => ({ outcome: 'unknown' })),
    }),
  },
  {
    name: 'a rename that was not done is no error',
    caughtBy: /rename > move: says what is missing/,
    overrides: (real) => ({
      rename: (source, destination, options) =>
        options.mode === 'move'
          ? ignoring('NOT_FOUND', () => real.rename(source, destination, options))
          : real.rename(source, destination, options),
    }),
  },
  {
    name: 'a rename moves into a directory',
    caughtBy: /rename > move: refuses a destination that exists/,
    overrides: (real) => ({
      rename: async (source, destination, options) => {
        const isDirectory = options.mode === 'move' && (await real.stat(destination))?.type === 'directory'
        await real.rename(source, isDirectory ? joinPath(destination, nameOf(source)) : destination, options)
      },
    }),
  },
  {
    name: 'replace takes an empty directory away',
    caughtBy: /rename > replace: never replaces a directory/,
    overrides: (real) => ({
      rename: async (source, destination, options) => {
        if (options.mode === 'replace') await ignoring('NOT_EMPTY', async () => void (await real.delete(destination)))
        await real.rename(source, destination, options)
      },
    }),
  },
  {
    name: 'delete always says deleted',
    caughtBy: /delete > removes a file and says so/,
    overrides: (real) => ({
      delete: async (path, options) => {
        await real.delete(path, options)
        return 'deleted'
      },
    }),
  },
  {
    name: 'delete is recursive without being told',
    caughtBy: /delete > removes an empty directory, and no other/,
    overrides: (real) => ({ delete: (path) => real.delete(path, { recursive: 'all' }) }),
  },
  {
    name: 'mkdirs complains of a directory that is there',
    caughtBy: /mkdirs > makes a directory and those above it/,
    overrides: (real) => ({
      mkdirs: async (path) => {
        if ((await real.stat(path)) !== undefined) throw new Error(`${path} exists`)
        await real.mkdirs(path)
      },
    }),
  },
  {
    name: 'stat rejects for what is not there',
    caughtBy: /stat > answers undefined/,
    overrides: (real) => ({
      stat: async (path) => {
        const status = await real.stat(path)
        if (status === undefined) throw new Error(`no ${path}`)
        return status
      },
    }),
  },
  {
    name: 'a rename gives the file another id',
    caughtBy: /rename > move: gives a file another name/,
    overrides: (real) => ({
      stat: async (path) => {
        const status = await real.stat(path)
        return status === undefined ? undefined : { ...status, fileId: path }
      },
    }),
  },
  {
    name: 'list ignores startAfter',
    caughtBy: /list > goes in order of code points/,
    overrides: (real) => ({ list: (path) => real.list(path) }),
  },
  {
    name: 'list gives the first page only',
    caughtBy: /list > gives every one of/,
    overrides: (real) => ({ list: (path) => changed(real, path, (entries) => entries.slice(0, 1_000)) }),
  },
  {
    name: 'list sorts as JavaScript does',
    caughtBy: /list > goes in order of code points/,
    overrides: (real) => ({
      list: (path) => changed(real, path, (entries) => entries.sort((a, b) => (a.path < b.path ? -1 : 1))),
    }),
  },
  {
    name: 'list gives names without their directory',
    caughtBy: /list > tells files and directories/,
    overrides: (real) => ({
      list: (path) =>
        changed(real, path, (entries) => entries.map((entry) => ({ ...entry, path: nameOf(entry.path) }))),
    }),
  },
  {
    name: 'list lists a file as itself',
    caughtBy: /list > refuses a missing directory and a file/,
    overrides: (real) => ({
      list: async function* (path, options) {
        const status = await real.stat(path)
        if (status?.type === 'file') yield status
        else yield* real.list(path, options)
      },
    }),
  },
  {
    name: 'read takes the end for a length',
    caughtBy: /read > reads a file, and ranges of it/,
    overrides: (real) => ({
      read: (path, range) =>
        real.read(path, range?.end === undefined ? range : { ...range, end: (range.start ?? 0) + range.end }),
    }),
  },
  {
    name: 'read fails beyond the end',
    caughtBy: /read > reads a file, and ranges of it/,
    overrides: (real) => ({
      read: async (path, range) => {
        const content = await real.read(path, range)
        if (content.byteLength === 0 && (range?.start ?? 0) > 0) throw new Error('out of range')
        return content
      },
    }),
  },
  {
    name: 'nothing is ever open',
    caughtBy: /isOpenForWrite > is false for a closed file/,
    overrides: () => ({ isOpenForWrite: async () => false }),
  },
  {
    name: 'names are decoded once too often',
    caughtBy: /paths > keeps awkward names as they are: as directories/,
    overrides: (real) => ({ mkdirs: (path) => real.mkdirs(path.replaceAll('%25', '%')) }),
  },
  {
    name: 'a path may lead out',
    caughtBy: /paths > refuses paths that are absolute/,
    overrides: (real) => ({
      stat: (path) => real.stat(path.split('/').includes('..') ? parentOf(parentOf(path)) : path),
    }),
  },
  {
    name: 'a NUL is cut off',
    caughtBy: /paths > refuses paths that are absolute/,
    overrides: (real) => ({ delete: (path, options) => real.delete(path.replaceAll('\0', ''), options) }),
  },
  {
    name: 'a verb throws outright',
    caughtBy: /paths > refuses paths that are absolute/,
    overrides: (real) => ({
      mkdirs: (path) => {
        if (path.startsWith('/')) throw new Error('no')
        return real.mkdirs(path)
      },
    }),
  },
  {
    name: 'errors name another verb',
    caughtBy: /delete > removes an empty directory/,
    overrides: (real) => ({
      delete: (path, options) => withError(real.delete(path, options), () => ({ operation: 'stat' })),
    }),
  },
  {
    name: 'a closed file system goes on',
    caughtBy: /close > ends the file system/,
    overrides: () => ({ close: async () => undefined, [Symbol.asyncDispose]: async () => undefined }),
  },
]
