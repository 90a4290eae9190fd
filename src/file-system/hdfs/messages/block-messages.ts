// Blocks and where they are (hdfs.proto, Security.proto).
import {
  amount,
  amountOrNone,
  bool,
  bytes,
  enumeration,
  identity,
  optional,
  repeated,
  required,
  string,
  uint32,
} from '../protobuf/field.js'
import { type MessageType, messageType } from '../protobuf/message.js'

/** A block of a block pool, in one of its generations. */
export interface ExtendedBlock {
  readonly poolId: string
  readonly blockId: bigint
  /** Raised whenever the pipeline is set up anew, so that replicas left behind are told apart. */
  readonly generationStamp: bigint
  readonly numBytes?: number
}

export const extendedBlock: MessageType<ExtendedBlock> = messageType('ExtendedBlockProto', {
  poolId: required(1, string),
  blockId: required(2, identity),
  generationStamp: required(3, identity),
  numBytes: optional(4, amount),
})

/** What a datanode wants to see, where the cluster has block tokens; handed on unread. */
export interface Token {
  readonly identifier: Uint8Array
  readonly password: Uint8Array
  readonly kind: string
  readonly service: string
}

export const token: MessageType<Token> = messageType('TokenProto', {
  identifier: required(1, bytes),
  password: required(2, bytes),
  kind: required(3, string),
  service: required(4, string),
})

/** Names and ports of a datanode. */
export interface DatanodeId {
  readonly ipAddr: string
  readonly hostName: string
  readonly datanodeUuid: string
  readonly xferPort: number
  readonly infoPort: number
  readonly ipcPort: number
  readonly infoSecurePort?: number
}

export const datanodeId: MessageType<DatanodeId> = messageType('DatanodeIDProto', {
  ipAddr: required(1, string),
  hostName: required(2, string),
  datanodeUuid: required(3, string),
  xferPort: required(4, uint32),
  infoPort: required(5, uint32),
  ipcPort: required(6, uint32),
  infoSecurePort: optional(7, uint32),
})

/** A datanode; its figures are left out. */
export interface DatanodeInfo {
  readonly id: DatanodeId
  /** Network topology: `/default-rack`. */
  readonly location?: string
}

export const datanodeInfo: MessageType<DatanodeInfo> = messageType('DatanodeInfoProto', {
  id: required(1, datanodeId),
  location: optional(8, string),
})

/** A block of a file, and the datanodes that have it. */
export interface LocatedBlock {
  readonly b: ExtendedBlock
  /** Of its first byte in the file; -1 where the namenode does not say. */
  readonly offset: number
  /** Nearest first. */
  readonly locs: readonly DatanodeInfo[]
  readonly corrupt: boolean
  readonly blockToken: Token
  readonly storageTypes: readonly number[]
  readonly storageIDs: readonly string[]
  /** Of erasure-coded files. */
  readonly blockIndices?: Uint8Array
}

export const locatedBlock: MessageType<LocatedBlock> = messageType('LocatedBlockProto', {
  b: required(1, extendedBlock),
  offset: required(2, amountOrNone),
  locs: repeated(3, datanodeInfo),
  corrupt: required(4, bool),
  blockToken: required(5, token),
  storageTypes: repeated(7, enumeration),
  storageIDs: repeated(8, string),
  blockIndices: optional(9, bytes),
})

/** The blocks of a file, or of a part of it. */
export interface LocatedBlocks {
  /** Of the finished blocks; what is in one that is being written does not count. */
  readonly fileLength: number
  readonly blocks: readonly LocatedBlock[]
  readonly underConstruction: boolean
  readonly lastBlock?: LocatedBlock
  readonly isLastBlockComplete: boolean
  /** There, where the file is encrypted. Its content is not looked at. */
  readonly fileEncryptionInfo?: Uint8Array
  /** There, where the file is erasure-coded. */
  readonly ecPolicy?: Uint8Array
}

export const locatedBlocks: MessageType<LocatedBlocks> = messageType('LocatedBlocksProto', {
  fileLength: required(1, amount),
  blocks: repeated(2, locatedBlock),
  underConstruction: required(3, bool),
  lastBlock: optional(4, locatedBlock),
  isLastBlockComplete: required(5, bool),
  fileEncryptionInfo: optional(6, bytes),
  ecPolicy: optional(7, bytes),
})
