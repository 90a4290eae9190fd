// What HDFS itself can do, whatever protocol one speaks with it.
import type { Capabilities } from './file-system.js'

/** Of a namenode from 3.1 on, over a protocol that makes bytes durable by closing only. */
export const NAMENODE_CAPABILITIES: Capabilities = {
  append: true,
  truncate: true,
  concat: true,
  atomicRenameNoReplace: true,
  atomicRenameReplace: true,
  tellsOpen: true,
  renameFences: true,
  requestsEndWithProcess: false,
  durableWithoutClose: false,
  permission: true,
  replication: true,
  blockSize: true,
}
