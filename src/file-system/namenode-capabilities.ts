// What HDFS itself can do, whatever protocol one speaks with it.
import type { Capabilities } from './file-system.js'

/** Of a namenode from 3.1 on, over a protocol that makes bytes durable by closing only and has no word for recovering a lease. */
export const NAMENODE_CAPABILITIES: Capabilities = {
  append: true,
  truncate: true,
  concat: true,
  atomicRenameNoReplace: true,
  atomicRenameReplace: true,
  tellsOpen: true,
  recoverLease: false,
  renameFences: true,
  requestsEndWithProcess: false,
  durableWithoutClose: false,
  permission: true,
  replication: true,
  blockSize: true,
}
