// What is said to datanodes on their data port, before and beside the packets (datatransfer.proto).
import { amount, bool, enumeration, identity, optional, repeated, required, string, uint32 } from '../protobuf/field.js'
import { type MessageType, messageType } from '../protobuf/message.js'
import {
  type DatanodeInfo,
  datanodeInfo,
  type ExtendedBlock,
  extendedBlock,
  type Token,
  token,
} from './block-messages.js'

/** `Status` of datatransfer.proto, those that are told apart. */
export const STATUS = { success: 0, errorChecksum: 2, errorAccessToken: 5, checksumOk: 6 } as const

const STATUS_NAMES: readonly string[] = [
  'SUCCESS',
  'ERROR',
  'ERROR_CHECKSUM',
  'ERROR_INVALID',
  'ERROR_EXISTS',
  'ERROR_ACCESS_TOKEN',
  'CHECKSUM_OK',
  'ERROR_UNSUPPORTED',
  'OOB_RESTART',
]

/** As HDFS calls it. */
export function nameOfStatus(status: number): string {
  return STATUS_NAMES[status] ?? `status ${status}`
}

/** `ChecksumTypeProto` */
export const CHECKSUM_TYPE = { none: 0, crc32: 1, crc32c: 2 } as const

/** `OpWriteBlockProto.BlockConstructionStage` */
export const STAGE = {
  setupAppend: 0,
  setupAppendRecovery: 1,
  streamingRecovery: 3,
  closeRecovery: 5,
  setupCreate: 6,
} as const

interface BaseHeader {
  readonly block: ExtendedBlock
  readonly token?: Token
}

const baseHeader: MessageType<BaseHeader> = messageType('BaseHeaderProto', {
  block: required(1, extendedBlock),
  token: optional(2, token),
})

interface ClientOperationHeader {
  readonly baseHeader: BaseHeader
  readonly clientName: string
}

const clientOperationHeader: MessageType<ClientOperationHeader> = messageType('ClientOperationHeaderProto', {
  baseHeader: required(1, baseHeader),
  clientName: required(2, string),
})

/** The kind of checksums, and how many bytes each is of. */
export interface Checksum {
  readonly type: number
  readonly bytesPerChecksum: number
}

const checksum: MessageType<Checksum> = messageType('ChecksumProto', {
  type: required(1, enumeration),
  bytesPerChecksum: required(2, uint32),
})

interface OpWriteBlock {
  readonly header: ClientOperationHeader
  /** The datanodes behind the first. */
  readonly targets: readonly DatanodeInfo[]
  readonly stage: number
  readonly pipelineSize: number // foreign name
  readonly minBytesRcvd: number
  readonly maxBytesRcvd: number
  readonly latestGenerationStamp: bigint
  readonly requestedChecksum: Checksum
  readonly storageType?: number
  readonly targetStorageTypes: readonly number[]
  readonly storageId?: string
  readonly targetStorageIds: readonly string[]
}

export const opWriteBlock: MessageType<OpWriteBlock> = messageType('OpWriteBlockProto', {
  header: required(1, clientOperationHeader),
  targets: repeated(2, datanodeInfo),
  stage: required(4, enumeration),
  pipelineSize: required(5, uint32),
  minBytesRcvd: required(6, amount),
  maxBytesRcvd: required(7, amount),
  latestGenerationStamp: required(8, identity),
  requestedChecksum: required(9, checksum),
  storageType: optional(11, enumeration),
  targetStorageTypes: repeated(12, enumeration),
  storageId: optional(16, string),
  targetStorageIds: repeated(17, string),
})

interface OpReadBlock {
  readonly header: ClientOperationHeader
  readonly offset: number
  readonly len: number
  readonly sendChecksums?: boolean
}

export const opReadBlock: MessageType<OpReadBlock> = messageType('OpReadBlockProto', {
  header: required(1, clientOperationHeader),
  offset: required(2, amount),
  len: required(3, amount),
  sendChecksums: optional(4, bool),
})

interface ReadOpChecksumInfo {
  readonly checksum: Checksum
  /** Where in the block the first packet begins: at a chunk, so at or before what was asked for. */
  readonly chunkOffset: number
}

const readOpChecksumInfo: MessageType<ReadOpChecksumInfo> = messageType('ReadOpChecksumInfoProto', {
  checksum: required(1, checksum),
  chunkOffset: required(2, amount),
})

/** A datanode's answer to the request to read or write a block. */
export interface BlockOpResponse {
  readonly status: number
  /** The datanode further down the pipeline that could not be reached, as `host:port`. */
  readonly firstBadLink?: string
  readonly readOpChecksumInfo?: ReadOpChecksumInfo
  readonly message?: string
}

export const blockOpResponse: MessageType<BlockOpResponse> = messageType('BlockOpResponseProto', {
  status: required(1, enumeration),
  firstBadLink: optional(2, string),
  readOpChecksumInfo: optional(4, readOpChecksumInfo),
  message: optional(5, string),
})

interface ClientReadStatus {
  readonly status: number
}

export const clientReadStatus: MessageType<ClientReadStatus> = messageType('ClientReadStatusProto', {
  status: required(1, enumeration),
})
