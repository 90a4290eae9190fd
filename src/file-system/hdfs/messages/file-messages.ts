// Files and directories as the namenode tells of them (hdfs.proto).
import { amount, bool, bytes, enumeration, identity, optional, repeated, required, uint32 } from '../protobuf/field.js'
import { type MessageType, messageType } from '../protobuf/message.js'

interface FsPermission {
  /** As `chmod` has it: 0o644. */
  readonly perm: number
}

export const fsPermission: MessageType<FsPermission> = messageType('FsPermissionProto', { perm: required(1, uint32) })

/** `HdfsFileStatus.fileType`. */
export const FILE_TYPE = { directory: 1, file: 2, symlink: 3 } as const

/** What stands at a path. */
export interface HdfsFileStatus {
  readonly fileType: number
  /** The name within the directory listed, as bytes; empty for the path asked about. */
  readonly path: Uint8Array
  readonly length: number
  // Milliseconds since 1970. The name is protobuf's.
  readonly modificationTime: number
  readonly blockReplication?: number
  readonly blocksize?: number
  readonly fileId?: bigint
  /** There, where the file is encrypted. */
  readonly fileEncryptionInfo?: Uint8Array
  /** There, where the file is erasure-coded. */
  readonly ecPolicy?: Uint8Array
}

export const hdfsFileStatus: MessageType<HdfsFileStatus> = messageType('HdfsFileStatusProto', {
  fileType: required(1, enumeration),
  path: required(2, bytes),
  length: required(3, amount),
  modificationTime: required(7, amount),
  blockReplication: optional(10, uint32),
  blocksize: optional(11, amount),
  fileId: optional(13, identity),
  fileEncryptionInfo: optional(15, bytes),
  ecPolicy: optional(17, bytes),
})

/** One page of a directory. */
export interface DirectoryListing {
  readonly partialListing: readonly HdfsFileStatus[]
  readonly remainingEntries: number
}

export const directoryListing: MessageType<DirectoryListing> = messageType('DirectoryListingProto', {
  partialListing: repeated(1, hdfsFileStatus),
  remainingEntries: required(2, uint32),
})

/** The cluster's defaults for files. */
export interface FsServerDefaults {
  // foreign name
  readonly blockSize: number
  readonly bytesPerChecksum: number
  readonly replication: number
  readonly encryptDataTransfer?: boolean
}

export const fsServerDefaults: MessageType<FsServerDefaults> = messageType('FsServerDefaultsProto', {
  blockSize: required(1, amount),
  bytesPerChecksum: required(2, uint32),
  replication: required(4, uint32),
  encryptDataTransfer: optional(6, bool),
})
