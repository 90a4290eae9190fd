// Files open for writing. An upload has phases, and others may act between any two of them: the file is opened under a
// lease, bytes arrive, the file is completed; or the connection is lost, or the process that held the lease dies.
import type { FileInode, Writer } from './inode.js'
import { appendToBlocks, cutBlocks, newFile } from './inode.js'
import { requireFree, requireHeld, settle } from './leases.js'
import type { NamespaceOptions } from './namespace-options.js'
import { serverException } from './server-exception.js'
import { link, notDirectory, pathOf, type Tree } from './tree.js'

/** What a file is created with. */
export interface CreateRequest {
  readonly holder: string
  readonly parents: 'require' | 'create'
  readonly blockSizeBytes?: number
  readonly permission?: string
  readonly replication?: number
}

/** CREATE without overwriting: the name is there at once, empty; content follows. */
export function openNew(tree: Tree, path: string, request: CreateRequest, options: NamespaceOptions): Writer {
  const nowMs = options.nowMs()
  const there = tree.find(path)
  if (there?.kind === 'directory')
    throw serverException('FileAlreadyExistsException', `/${path} already exists as a directory`)
  if (there !== undefined) {
    requireFree(there, nowMs, options.leases)
    throw serverException('FileAlreadyExistsException', `/${path} already exists`)
  }
  const parentPath = path.slice(0, Math.max(0, path.lastIndexOf('/')))
  const onTheWay = tree.fileOnTheWay(path)
  if (onTheWay !== undefined) throw notDirectory(`Parent path is not a directory: /${pathOf(onTheWay)}`)
  let parent = tree.find(parentPath)
  if (parent === undefined && request.parents === 'require') {
    throw serverException('FileNotFoundException', `Parent directory doesn't exist: /${parentPath}`)
  }
  parent ??= tree.makeDirectories(parentPath, nowMs)
  if (parent.kind === 'file') throw notDirectory(`Parent path is not a directory: /${parentPath}`)
  const inode = newFile({
    id: tree.nextId(),
    name: path.slice(path.lastIndexOf('/') + 1),
    parent,
    blockSizeBytes: request.blockSizeBytes ?? options.blockSizeBytes,
    permission: request.permission ?? '644',
    replication: request.replication ?? 3,
    nowMs,
  })
  link(inode, parent, nowMs)
  return openWriter(inode, request.holder)
}

/** What the namenode checks of an APPEND before it names a datanode: that something stands there. */
export function locateForAppend(tree: Tree, path: string): void {
  if (tree.find(path) === undefined) throw serverException('FileNotFoundException', `File /${path} not found.`)
}

/** APPEND: the file is opened at its present length, whatever that is. */
export function openExisting(tree: Tree, path: string, holder: string, options: NamespaceOptions): Writer {
  if (tree.find(path)?.kind === 'directory') {
    throw serverException(
      'FileAlreadyExistsException',
      `Cannot append to directory /${path}; already exists as a directory.`,
    )
  }
  const inode = tree.file(path)
  requireFree(inode, options.nowMs(), options.leases)
  return openWriter(inode, holder)
}

function openWriter(inode: FileInode, holder: string): Writer {
  const { lengthBytes } = inode.bytes
  const writer: Writer = {
    inode,
    holder,
    baseBytes: lengthBytes,
    persistedBytes: lengthBytes,
    orphanedSinceMs: undefined,
  }
  inode.writer = writer
  return writer
}

/** Bytes arrive at the datanodes. Of a deleted file this shows only where a new block must be asked for. */
export function receive(writer: Writer, chunk: Uint8Array, options: NamespaceOptions): void {
  const { inode } = writer
  if (chunk.byteLength === 0) return
  if (inode.parent !== undefined) settle(inode, options.nowMs(), options.leases)
  const [blocks, gone] = [inode.blocks.length, inode.parent === undefined]
  if (!gone) requireHeld(writer)
  if (options.appendAfterConcat === 'breaks' && writer.baseBytes > 0 && hasShortBlockInside(inode)) {
    throw serverException('IOException', `All datanodes [of inode ${inode.id}] are bad. Aborting...`)
  }
  appendToBlocks(inode, chunk)
  if (gone && inode.blocks.length > blocks) requireHeld(writer)
}

function hasShortBlockInside(inode: FileInode): boolean {
  return inode.blocks.slice(0, -1).some((block) => block < inode.blockSizeBytes)
}

/** Everything received so far is readable and its length known, and the file stays open (hsync with UPDATE_LENGTH). */
export function persist(writer: Writer): number {
  requireHeld(writer)
  writer.persistedBytes = writer.inode.bytes.lengthBytes
  return writer.persistedBytes
}

/** The file is closed with all that was received. */
export function complete(writer: Writer, options: NamespaceOptions): void {
  if (writer.inode.parent !== undefined) settle(writer.inode, options.nowMs(), options.leases)
  requireHeld(writer)
  writer.inode.writer = undefined
  writer.inode.modifiedMs = options.nowMs()
}

/** The client's connection is lost: the datanode closes the file with whatever arrived. */
export function connectionLost(writer: Writer, options: NamespaceOptions): void {
  if (holds(writer)) complete(writer, options)
}

function holds(writer: Writer): boolean {
  const { inode } = writer
  return inode.parent !== undefined && inode.writer === writer && inode.recovery === undefined
}

/**
 * The datanode that held the lease dies: nobody renews it, and the file stays open until somebody recovers it. Of what
 * it had not yet passed on nothing is left: the file keeps `keptBytes`, at least what the namenode knew of.
 */
export function holderDied(writer: Writer, keptBytes: number, options: NamespaceOptions): void {
  const { inode } = writer
  if (!holds(writer)) return
  cutBlocks(inode, Math.max(writer.persistedBytes, keptBytes))
  writer.orphanedSinceMs = options.nowMs()
}

/** What readers see of a file: all of a closed one, of an open one whole packets. */
export function readableBytes(inode: FileInode, options: NamespaceOptions): number {
  const { writer } = inode
  const { lengthBytes } = inode.bytes
  if (writer === undefined) return lengthBytes
  const packets = Math.floor((lengthBytes - writer.baseBytes) / options.packetBytes)
  return Math.max(statBytes(inode), writer.baseBytes + packets * options.packetBytes)
}

/** What GETFILESTATUS says: of an open file, without the bytes of its last block that came since it was opened. */
export function statBytes(inode: FileInode): number {
  const { writer } = inode
  if (writer === undefined) return inode.bytes.lengthBytes
  return Math.max(writer.persistedBytes, inode.bytes.lengthBytes - (inode.blocks.at(-1) ?? 0))
}
