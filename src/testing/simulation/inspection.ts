// A look at the simulated file system from outside, past every fault: for checkers, and to spoil files on purpose.
import { appendToBlocks, cutBlocks, type FileInode } from '../../file-system/memory/inode.js'
import type { Namespace } from '../../file-system/memory/namespace.js'

/** A file as it is, whatever its readers may see. */
export interface InspectedFile {
  readonly path: string
  /** All bytes that have arrived. */
  readonly bytes: Uint8Array
  /** Somebody has it open for writing, or it is being recovered. */
  readonly isOpen: boolean
  /** Lengths of its blocks. */
  readonly blocks: readonly number[]
  readonly fileId: string
  readonly permission: string
  readonly replication: number
}

/** Every file by its path, in the order of paths. Copies: nothing that happens later changes them. */
export function inspectNamespace(namespace: Namespace): Map<string, InspectedFile> {
  const files = new Map<string, InspectedFile>()
  for (const { path, inode } of namespace.files()) files.set(path, inspected(path, inode))
  return files
}

/** One file; undefined where there is none. A copy. */
export function inspectFile(namespace: Namespace, path: string): InspectedFile | undefined {
  const inode = namespace.fileAt(path)
  return inode === undefined ? undefined : inspected(path, inode)
}

function inspected(path: string, inode: FileInode): InspectedFile {
  return {
    path,
    bytes: inode.bytes.copy(),
    isOpen: inode.writer !== undefined || inode.recovery !== undefined,
    blocks: [...inode.blocks],
    fileId: String(inode.id),
    permission: inode.permission,
    replication: inode.replication,
  }
}

/** Puts a file there, with its parents; what stood there is gone. */
export function plantFile(namespace: Namespace, path: string, bytes: Uint8Array): void {
  namespace.delete(path, 'all')
  const writer = namespace.create(path, { holder: 'planted', parents: 'create' })
  namespace.receive(writer, bytes)
  namespace.complete(writer)
}

/** Gives a file other bytes. It stays the same file, open if it was open. */
export function alterFile(namespace: Namespace, path: string, alter: (bytes: Uint8Array) => Uint8Array): void {
  for (const found of namespace.files()) {
    if (found.path !== path) continue
    const bytes = alter(found.inode.bytes.copy())
    cutBlocks(found.inode, 0)
    appendToBlocks(found.inode, bytes)
    return
  }
  throw new TypeError(`there is no file ${path} to alter`)
}
