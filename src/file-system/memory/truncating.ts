// TRUNCATE: at once between two blocks, in the background inside one.
import { cutBlocks, endOfBlockAt } from './inode.js'
import { requireFree, settle } from './leases.js'
import type { NamespaceOptions } from './namespace-options.js'
import { serverException } from './server-exception.js'
import type { Tree } from './tree.js'

/** `true`: the file has that length. `false`: it will have, when the recovery of the block that was cut is over. */
export function truncateTo(tree: Tree, path: string, lengthBytes: number, options: NamespaceOptions): boolean {
  const inode = tree.file(path)
  const nowMs = options.nowMs()
  settle(inode, nowMs, options.leases)
  if (inode.recovery?.kind === 'truncate' && inode.recovery.lengthBytes === lengthBytes) return false
  requireFree(inode, nowMs, options.leases)
  const present = inode.bytes.lengthBytes
  if (lengthBytes === present) return true
  if (lengthBytes > present) {
    throw serverException(
      'HadoopIllegalArgumentException',
      `Cannot truncate to a larger file size. Current size: ${present}, truncate size: ${lengthBytes}.`,
    )
  }
  const end = endOfBlockAt(inode, lengthBytes)
  cutBlocks(inode, end)
  inode.modifiedMs = nowMs
  if (end === lengthBytes) return true
  inode.recovery = { kind: 'truncate', doneAtMs: nowMs + options.leases.recoveryMs, lengthBytes }
  return false
}
