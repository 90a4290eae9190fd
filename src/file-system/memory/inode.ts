// What the namespace is made of: directories, and files as sequences of blocks. Names are edges and may be moved.
import { ByteStore } from './byte-store.js'

/** A file. Its bytes, blocks and lease belong to the inode and follow it through renames. */
export interface FileInode {
  readonly kind: 'file'
  readonly id: number
  name: string
  /** Undefined once the file was deleted or overwritten: whoever still writes to it writes to nothing. */
  parent: DirectoryInode | undefined
  readonly bytes: ByteStore
  /** Lengths of the blocks, in order; they sum up to the bytes. All but the last are full unless a concat brought them. */
  blocks: number[]
  readonly blockSizeBytes: number
  readonly permission: string
  readonly replication: number
  modifiedMs: number
  /** Who has the file open for writing, if anybody. */
  writer: Writer | undefined
  /** A truncation or a recovery that runs in the background. */
  recovery: Recovery | undefined
}

/** A directory. */
export interface DirectoryInode {
  readonly kind: 'directory'
  readonly id: number
  name: string
  parent: DirectoryInode | undefined
  readonly entries: Map<string, Inode>
  /** The names in order; undefined when they changed since. */
  ordered: readonly string[] | undefined
  modifiedMs: number
}

export type Inode = FileInode | DirectoryInode

/** A file open for writing: the lease and what the holder may have sent of it. */
export interface Writer {
  readonly inode: FileInode
  readonly holder: string
  /** Length of the file when it was opened. */
  readonly baseBytes: number
  /** Length that the namenode was told of: by the opening, by a block that was finished, by a flush that asked for it. */
  persistedBytes: number
  /** Since when nobody renews the lease: the process that held it is dead. Undefined while it lives. */
  orphanedSinceMs: number | undefined
}

/** Runs in the background until `doneAtMs`; then the file is closed at `lengthBytes`. */
export interface Recovery {
  readonly kind: 'truncate' | 'lease'
  readonly doneAtMs: number
  readonly lengthBytes: number
}

export function newDirectory(
  id: number,
  name: string,
  parent: DirectoryInode | undefined,
  nowMs: number,
): DirectoryInode {
  return { kind: 'directory', id, name, parent, entries: new Map(), ordered: undefined, modifiedMs: nowMs }
}

/** What a new file is told. */
export interface NewFile {
  readonly id: number
  readonly name: string
  readonly parent: DirectoryInode
  readonly blockSizeBytes: number
  readonly permission: string
  readonly replication: number
  readonly nowMs: number
}

export function newFile({ nowMs, ...rest }: NewFile): FileInode {
  return {
    kind: 'file',
    ...rest,
    bytes: new ByteStore(),
    blocks: [],
    modifiedMs: nowMs,
    writer: undefined,
    recovery: undefined,
  }
}

/** Adds bytes at the end: the last block is filled, then new ones are begun. */
export function appendToBlocks(inode: FileInode, chunk: Uint8Array): void {
  inode.bytes.append(chunk)
  let rest = chunk.byteLength
  while (rest > 0) {
    const last = inode.blocks.at(-1)
    const room = last === undefined ? 0 : inode.blockSizeBytes - last
    if (room <= 0) inode.blocks.push(0)
    const added = Math.min(rest, room > 0 ? room : inode.blockSizeBytes)
    inode.blocks[inode.blocks.length - 1]! += added
    rest -= added
  }
}

/** Cuts bytes and blocks to a length. */
export function cutBlocks(inode: FileInode, lengthBytes: number): void {
  inode.bytes.cut(lengthBytes)
  let before = 0
  const kept: number[] = []
  for (const block of inode.blocks) {
    if (before >= lengthBytes) break
    kept.push(Math.min(block, lengthBytes - before))
    before += block
  }
  inode.blocks = kept
}

/** Where the block ends that holds the byte before `lengthBytes`. */
export function endOfBlockAt(inode: FileInode, lengthBytes: number): number {
  let end = 0
  for (const block of inode.blocks) {
    if (end >= lengthBytes) break
    end += block
  }
  return end
}
