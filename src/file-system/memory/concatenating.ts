// CONCAT: moves the blocks of the sources to the target, under the namenode's lock, and removes the sources.
import type { FileInode } from './inode.js'
import { settle } from './leases.js'
import type { NamespaceOptions } from './namespace-options.js'
import { serverException } from './server-exception.js'
import { type Tree, unlink } from './tree.js'

/** CONCAT of HDFS, with its conditions and its words. */
export function concatenate(tree: Tree, target: string, sources: readonly string[], options: NamespaceOptions): void {
  const nowMs = options.nowMs()
  if (sources.length === 0) throw illegal('concat: no sources given')
  const into = tree.file(target)
  settle(into, nowMs, options.leases)
  if (into.writer !== undefined || into.recovery !== undefined)
    throw illegal(`concat: target file /${target} is under construction`)
  const files = sources.map((source) => checkedSource(tree.file(source), source, into, options))
  if (new Set(files).size < files.length) throw illegal('concat: at least two of the source files are the same')
  for (const file of files) {
    into.bytes.append(file.bytes.copy())
    into.blocks.push(...file.blocks)
    unlink(file, nowMs)
  }
  into.modifiedMs = nowMs
}

function checkedSource(file: FileInode, path: string, into: FileInode, options: NamespaceOptions): FileInode {
  settle(file, options.nowMs(), options.leases)
  if (file.parent !== into.parent) {
    throw illegal(`Source file /${path} is not in the same directory with the target`)
  }
  if (file === into) throw illegal(`concat: the src file /${path} is the same with target file`)
  if (file.writer !== undefined || file.recovery !== undefined || file.blocks.length === 0) {
    throw illegal(`concat: source file /${path} is invalid or empty or underConstruction`)
  }
  if (file.blockSizeBytes > into.blockSizeBytes) {
    throw illegal(`concat: source file /${path} has preferred block size greater than the target's`)
  }
  return file
}

function illegal(message: string): Error {
  return serverException('HadoopIllegalArgumentException', message)
}
