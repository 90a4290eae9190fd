// RENAME, plain and with options. A name moves, the inode stays: a lease, and an upload on its way, go with it.
import type { DirectoryInode, Inode } from './inode.js'
import { serverException } from './server-exception.js'
import { isWithin, link, notDirectory, type Tree, unlink } from './tree.js'

/** What RENAME is asked for. `option` is that of HDFS: `NONE` never replaces, `OVERWRITE` replaces a file or an empty directory. */
export interface RenameRequest {
  readonly source: string
  readonly destination: string
  readonly option: 'NONE' | 'OVERWRITE'
  readonly nowMs: number
}

/** RENAME with `renameoptions`: done, or an exception that says why not. */
export function renameWithOption(tree: Tree, { source, destination, option, nowMs }: RenameRequest): void {
  const inode = tree.find(source)
  if (inode === undefined) throw serverException('FileNotFoundException', `rename source /${source} is not found.`)
  if (source === destination) {
    throw serverException(
      'FileAlreadyExistsException',
      `The source /${source} and destination /${destination} are the same`,
    )
  }
  if (destination.startsWith(`${source}/`)) {
    throw serverException(
      'IOException',
      `Rename destination /${destination} is a directory or file under source /${source}`,
    )
  }
  const there = tree.find(destination)
  if (there !== undefined) requireReplaceable(inode, there, { source, destination, option, nowMs })
  const parent = destinationParent(tree, destination)
  if (there !== undefined) unlink(there, nowMs)
  move(inode, parent, destination, nowMs)
}

function requireReplaceable(inode: Inode, there: Inode, { source, destination, option }: RenameRequest): void {
  if (inode.kind !== there.kind) {
    const kind = inode.kind === 'directory' ? 'directories' : 'files'
    throw serverException('IOException', `Source /${source} and destination /${destination} must both be ${kind}`)
  }
  if (option === 'NONE')
    throw serverException('FileAlreadyExistsException', `rename destination /${destination} already exists`)
  if (there.kind === 'directory' && there.entries.size > 0) {
    throw serverException('IOException', `rename destination directory is not empty: /${destination}`)
  }
}

function destinationParent(tree: Tree, destination: string): DirectoryInode {
  const path = destination.slice(0, Math.max(0, destination.lastIndexOf('/')))
  if (tree.fileOnTheWay(destination) !== undefined) throw notDirectory(`rename destination parent /${path} is a file.`)
  const parent = tree.find(path)
  if (parent === undefined)
    throw serverException('FileNotFoundException', `rename destination parent /${path} not found.`)
  if (parent.kind === 'file') throw notDirectory(`rename destination parent /${path} is a file.`)
  return parent
}

/** RENAME without options: `false` where it is not done, and *into* the destination where that is a directory. */
export function renamePlainly(tree: Tree, { source, destination, nowMs }: Omit<RenameRequest, 'option'>): boolean {
  const inode = tree.find(source)
  if (inode === undefined || source === '') return false
  const into = tree.find(destination)
  const target =
    into?.kind === 'directory' ? (destination === '' ? inode.name : `${destination}/${inode.name}`) : destination
  if (target === source) return inode.kind === 'file'
  if (target.startsWith(`${source}/`) || tree.find(target) !== undefined) return false
  const parent = tree.find(target.slice(0, Math.max(0, target.lastIndexOf('/'))))
  if (parent?.kind !== 'directory' || isWithin(parent, inode)) return false
  move(inode, parent, target, nowMs)
  return true
}

function move(inode: Inode, parent: DirectoryInode, destination: string, nowMs: number): void {
  unlink(inode, nowMs)
  inode.name = destination.slice(destination.lastIndexOf('/') + 1)
  link(inode, parent, nowMs)
}
