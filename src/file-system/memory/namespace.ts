// A namenode in memory: HDFS's operations as synchronous steps on a tree of inodes, with HDFS's exceptions. Each method is one
// request at the moment when the server executes it; what comes before and after it, and whether it comes at all, is the
// business of whoever calls.

import { compareCodePoints } from '../name-order.js'
import { concatenate } from './concatenating.js'
import type { DirectoryInode, FileInode, Inode, Writer } from './inode.js'
import { recoverLease, settle } from './leases.js'
import { renamePlainly, renameWithOption } from './moving.js'
import { type NamespaceOptions, namespaceDefaults } from './namespace-options.js'
import { serverException } from './server-exception.js'
import { notDirectory, orderedNames, pathOf, Tree, unlink } from './tree.js'
import { truncateTo } from './truncating.js'
import type { CreateRequest } from './writing.js'
import {
  complete,
  connectionLost,
  holderDied,
  locateForAppend,
  openExisting,
  openNew,
  persist,
  readableBytes,
  receive,
  statBytes,
} from './writing.js'

/** One inode as GETFILESTATUS shows it. */
export interface NamespaceStatus {
  readonly path: string
  readonly type: 'file' | 'directory'
  readonly length: number
  readonly modifiedMs: number
  readonly fileId: string
}

/** One page of a directory. */
export interface NamespacePage {
  readonly entries: readonly NamespaceStatus[]
  /** Whether there are more after the last of these. */
  readonly isPartial: boolean
}

/** The state machine. Paths are relative, `/`-separated and already checked; `''` is the root. */
export class Namespace {
  readonly #tree: Tree
  readonly #options: NamespaceOptions

  constructor(options: Partial<NamespaceOptions> & Pick<NamespaceOptions, 'nowMs'>) {
    this.#options = { ...namespaceDefaults, ...options }
    this.#tree = new Tree(options.nowMs())
  }

  /** CREATE, opened. */
  create(path: string, request: CreateRequest): Writer {
    return openNew(this.#tree, path, request, this.#options)
  }

  /** What the namenode looks at before it sends an APPEND to a datanode. */
  locateForAppend(path: string): void {
    locateForAppend(this.#tree, path)
  }

  /** APPEND, opened. */
  append(path: string, holder: string): Writer {
    return openExisting(this.#tree, path, holder, this.#options)
  }

  /** Bytes of an upload arrive. */
  receive(writer: Writer, chunk: Uint8Array): void {
    receive(writer, chunk, this.#options)
  }

  /** hsync: what arrived is known and readable, the file stays open. Answers its length. */
  persist(writer: Writer): number {
    return persist(writer)
  }

  /** An upload is over and its file closed. */
  complete(writer: Writer): void {
    complete(writer, this.#options)
  }

  /** An upload's client is gone: its file is closed with what arrived. */
  connectionLost(writer: Writer): void {
    connectionLost(writer, this.#options)
  }

  /** An upload's datanode is dead: the lease stays until somebody recovers it; the file will have `keptBytes` or a little more. */
  holderDied(writer: Writer, keptBytes: number): void {
    holderDied(writer, keptBytes, this.#options)
  }

  /** TRUNCATE: `false` while it goes on in the background. */
  truncate(path: string, lengthBytes: number): boolean {
    return truncateTo(this.#tree, path, lengthBytes, this.#options)
  }

  /** CONCAT. */
  concat(target: string, sources: readonly string[]): void {
    concatenate(this.#tree, target, sources, this.#options)
  }

  /** RENAME with `renameoptions`. */
  rename(source: string, destination: string, option: 'NONE' | 'OVERWRITE'): void {
    renameWithOption(this.#tree, { source, destination, option, nowMs: this.#options.nowMs() })
  }

  /** RENAME without: `false` for not done. */
  renamePlainly(source: string, destination: string): boolean {
    return renamePlainly(this.#tree, { source, destination, nowMs: this.#options.nowMs() })
  }

  /** DELETE: `false` where there was nothing. */
  delete(path: string, recursive: 'none' | 'all'): boolean {
    const inode = this.#tree.find(path)
    if (inode === undefined || path === '') return false
    if (inode.kind === 'directory' && inode.entries.size > 0 && recursive === 'none') {
      throw serverException('PathIsNotEmptyDirectoryException', `/${path} is non empty`)
    }
    this.#detach(inode)
    unlink(inode, this.#options.nowMs())
    return true
  }

  /** Whoever writes to a file below a deleted directory must find it gone. */
  #detach(inode: Inode): void {
    if (inode.kind === 'file') return
    for (const child of inode.entries.values()) {
      this.#detach(child)
      child.parent = undefined
    }
  }

  /** MKDIRS. */
  mkdirs(path: string): void {
    const there = this.#tree.find(path)
    if (there?.kind === 'file') throw serverException('FileAlreadyExistsException', `Path is not a directory: /${path}`)
    const onTheWay = this.#tree.fileOnTheWay(path)
    if (onTheWay !== undefined) throw notDirectory(`Parent path is not a directory: /${pathOf(onTheWay)}`)
    this.#tree.makeDirectories(path, this.#options.nowMs())
  }

  /** SETTIMES, to now. */
  setTimes(path: string): void {
    const inode = this.#tree.find(path)
    if (inode === undefined) throw serverException('FileNotFoundException', `File/Directory /${path} does not exist.`)
    inode.modifiedMs = this.#options.nowMs()
  }

  /** GETFILESTATUS; undefined for FileNotFoundException. */
  stat(path: string): NamespaceStatus | undefined {
    const inode = this.#tree.find(path)
    return inode === undefined ? undefined : this.#statusOf(inode, path)
  }

  #statusOf(inode: Inode, path: string): NamespaceStatus {
    const length = inode.kind === 'file' ? statBytes(this.#settled(inode)) : 0
    return { path, type: inode.kind, length, modifiedMs: inode.modifiedMs, fileId: String(inode.id) }
  }

  #settled(inode: FileInode): FileInode {
    settle(inode, this.#options.nowMs(), this.#options.leases)
    return inode
  }

  /** LISTSTATUS_BATCH: at most `entriesMax` entries after a name. */
  list(path: string, page: { readonly startAfter: string | undefined; readonly entriesMax: number }): NamespacePage {
    const inode = this.#tree.find(path)
    if (inode === undefined) throw serverException('FileNotFoundException', `File /${path} does not exist.`)
    if (inode.kind === 'file') return { entries: [this.#statusOf(inode, path)], isPartial: false }
    const names = orderedNames(inode)
    const { startAfter } = page
    const from = startAfter === undefined ? 0 : firstAfter(names, startAfter)
    const shown = names.slice(from, from + page.entriesMax)
    const entries = shown.map((name) =>
      this.#statusOf(inode.entries.get(name)!, path === '' ? name : `${path}/${name}`),
    )
    return { entries, isPartial: from + shown.length < names.length }
  }

  /** OPEN: what can be read of the range. */
  read(path: string, start: number, end: number | undefined): Uint8Array {
    const inode = this.#settled(this.#tree.file(path))
    const readable = readableBytes(inode, this.#options)
    return inode.bytes.copy(start, Math.max(start, Math.min(end ?? readable, readable)))
  }

  /** GET_BLOCK_LOCATIONS' `isUnderConstruction`. */
  isOpen(path: string): boolean {
    const inode = this.#settled(this.#tree.file(path))
    return inode.writer !== undefined || inode.recovery !== undefined
  }

  /** recoverLease of ClientProtocol: `true` where the file is closed. */
  recoverLease(path: string): boolean {
    return recoverLease(this.#tree.file(path), this.#options.nowMs(), this.#options.leases)
  }

  /** Every file, with its true bytes, in order of paths: for checkers that look from outside. */
  *files(): Generator<{ readonly path: string; readonly inode: FileInode }> {
    for (const { path, inode } of everyInode(this.#tree.root, '')) {
      if (inode.kind === 'file') yield { path, inode: this.#settled(inode) }
    }
  }

  /** The file at a path, with its true bytes. */
  fileAt(path: string): FileInode | undefined {
    const inode = this.#tree.find(path)
    return inode?.kind === 'file' ? this.#settled(inode) : undefined
  }

  /** The paths of all directories but the root. */
  *directories(): Generator<string> {
    for (const { path, inode } of everyInode(this.#tree.root, '')) if (inode.kind === 'directory') yield path
  }
}

function* everyInode(
  directory: DirectoryInode,
  path: string,
): Generator<{ readonly path: string; readonly inode: Inode }> {
  for (const name of orderedNames(directory)) {
    const inode = directory.entries.get(name)!
    const below = path === '' ? name : `${path}/${name}`
    yield { path: below, inode }
    if (inode.kind === 'directory') yield* everyInode(inode, below)
  }
}

function firstAfter(names: readonly string[], startAfter: string): number {
  let [from, to] = [0, names.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (compareCodePoints(names[middle]!, startAfter) <= 0) from = middle + 1
    else to = middle
  }
  return from
}
