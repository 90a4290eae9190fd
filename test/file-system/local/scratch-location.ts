// Directories for one test, and a disk that tells what it is asked or fails where a test wants it to.
import type { FileHandle } from 'node:fs/promises'
import * as nodeFileSystem from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import type { Disk } from '../../../src/file-system/local/disk.js'
import { createLocalFileSystem } from '../../../src/file-system/local/local-file-system.js'

/** A new directory, removed after the test; its real path. */
export async function scratchDirectory(): Promise<string> {
  const directory = await nodeFileSystem.realpath(await nodeFileSystem.mkdtemp(join(tmpdir(), 'local-file-system-')))
  onTestFinished(() => nodeFileSystem.rm(directory, { recursive: true, force: true }))
  return directory
}

/** A file system in the directory, or in a new one, closed after the test. */
export async function openScratch(
  options: { root?: string; disk?: Disk } = {},
): Promise<FileSystem & { root: string }> {
  const root = options.root ?? (await scratchDirectory())
  const fileSystem = createLocalFileSystem({ root, ...(options.disk === undefined ? {} : { disk: options.disk }) })
  onTestFinished(() => fileSystem.close())
  return Object.assign(fileSystem, { root })
}

/** An error as Node makes them of the operating system's. */
export function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by a test`), { code })
}

/** The operating system's calls, some of them replaced. */
export function diskWith(replaced: { [Name in keyof Disk]?: (...given: never[]) => unknown }): Disk {
  return Object.assign({ ...nodeFileSystem }, replaced) as unknown as Disk
}

/** A disk that notes the changes and syncs in the order in which they were done, by the names of files and directories. */
export function recordingDisk(): { readonly disk: Disk; readonly calls: string[] } {
  const calls: string[] = []
  const disk = diskWith({
    link: async (from: string, to: string) => {
      await nodeFileSystem.link(from, to)
      note('link', from, to)
    },
    rename: async (from: string, to: string) => {
      await nodeFileSystem.rename(from, to)
      note('rename', from, to)
    },
    unlink: async (path: string) => {
      await nodeFileSystem.unlink(path)
      note('unlink', path)
    },
    mkdir: async (path: string) => {
      await nodeFileSystem.mkdir(path)
      note('mkdir', path)
    },
    open: async (...given: Parameters<Disk['open']>) => {
      return onSync(await nodeFileSystem.open(...given), () => note('sync', String(given[0])))
    },
  })
  return { disk, calls }

  function note(call: string, ...paths: string[]): void {
    if (!paths.some((path) => path.includes('.hard-link-probe-')))
      calls.push([call, ...paths.map((path) => basename(path))].join(' '))
  }
}

/** The handle, telling of each sync that is done. */
export function onSync(handle: FileHandle, tell: () => void): FileHandle {
  const sync = handle.sync.bind(handle)
  handle.sync = async () => {
    await sync()
    tell()
  }
  return handle
}
