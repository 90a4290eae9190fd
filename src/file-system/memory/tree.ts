// Finding, linking and unlinking of inodes by path. Paths are those of the port: relative, checked before they come here.

import { compareCodePoints } from '../name-order.js'
import type { DirectoryInode, FileInode, Inode } from './inode.js'
import { newDirectory } from './inode.js'
import { serverException } from './server-exception.js'

/** The tree of a namespace: its root, and the counter of inode ids. */
export class Tree {
  readonly root: DirectoryInode
  #nextId = 16_386

  constructor(nowMs: number) {
    this.root = newDirectory(16_385, '', undefined, nowMs)
  }

  nextId(): number {
    return this.#nextId++
  }

  /** What stands at the path; undefined where nothing does, also below a file. */
  find(path: string): Inode | undefined {
    if (path === '') return this.root
    let inode: Inode = this.root
    for (const name of path.split('/')) {
      if (inode.kind === 'file') return undefined
      const next = inode.entries.get(name)
      if (next === undefined) return undefined
      inode = next
    }
    return inode
  }

  /** The file at the path, or the exception that HDFS has for each other case. */
  file(path: string): FileInode {
    const inode = this.find(path)
    if (inode === undefined) throw serverException('FileNotFoundException', `File does not exist: /${path}`)
    if (inode.kind === 'directory') throw serverException('FileNotFoundException', `Path is not a file: /${path}`)
    return inode
  }

  /** The directory, made with those above it where they are missing. */
  makeDirectories(path: string, nowMs: number): DirectoryInode {
    let directory = this.root
    if (path === '') return directory
    for (const name of path.split('/')) {
      const next: Inode | undefined = directory.entries.get(name)
      if (next?.kind === 'file') throw notDirectory(`${pathOf(next)} (is not a directory)`)
      directory = next ?? this.#makeDirectory(directory, name, nowMs)
    }
    return directory
  }

  #makeDirectory(parent: DirectoryInode, name: string, nowMs: number): DirectoryInode {
    const made = newDirectory(this.nextId(), name, parent, nowMs)
    link(made, parent, nowMs)
    return made
  }

  /** The first file on the way to the path, itself excluded: what makes the path impossible. */
  fileOnTheWay(path: string): FileInode | undefined {
    let inode: Inode = this.root
    for (const name of path.split('/').slice(0, -1)) {
      if (inode.kind === 'file') return inode
      const next = inode.entries.get(name)
      if (next === undefined) return undefined
      inode = next
    }
    return inode.kind === 'file' ? inode : undefined
  }
}

export function notDirectory(message: string): Error {
  return serverException('ParentNotDirectoryException', message)
}

/** Puts an inode into a directory under its name. */
export function link(inode: Inode, parent: DirectoryInode, nowMs: number): void {
  inode.parent = parent
  parent.entries.set(inode.name, inode)
  parent.ordered = undefined
  parent.modifiedMs = nowMs
}

/** Takes an inode out of its directory. */
export function unlink(inode: Inode, nowMs: number): void {
  const { parent } = inode
  if (parent === undefined) return
  parent.entries.delete(inode.name)
  parent.ordered = undefined
  parent.modifiedMs = nowMs
  inode.parent = undefined
}

/** Names in the order of HDFS, kept until the directory changes. */
export function orderedNames(directory: DirectoryInode): readonly string[] {
  directory.ordered ??= [...directory.entries.keys()].sort(compareCodePoints)
  return directory.ordered
}

/** The path from the root of an inode that is linked. */
export function pathOf(inode: Inode): string {
  const names: string[] = []
  for (let at: Inode | undefined = inode; at?.parent !== undefined; at = at.parent) names.unshift(at.name)
  return names.join('/')
}

/** Whether `inode` stands below `ancestor`, or is it. */
export function isWithin(inode: Inode, ancestor: Inode): boolean {
  for (let at: Inode | undefined = inode; at !== undefined; at = at.parent) if (at === ancestor) return true
  return false
}
