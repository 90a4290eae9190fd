// The methods of ClientProtocol by which files are written (ClientNamenodeProtocol.proto), and the one of a datanode's own
// interface that tells how much of a block being written can be read.
import {
  amount,
  bool,
  enumeration,
  identity,
  optional,
  repeated,
  required,
  sint64,
  string,
  uint32,
} from '../protobuf/field.js'
import { type MessageType, messageType } from '../protobuf/message.js'
import type { RpcMethod } from '../rpc/method.js'
import {
  type DatanodeId,
  type DatanodeInfo,
  datanodeId,
  datanodeInfo,
  type ExtendedBlock,
  extendedBlock,
  type LocatedBlock,
  locatedBlock,
} from './block-messages.js'
import { fsPermission, type HdfsFileStatus, hdfsFileStatus } from './file-messages.js'

type Nothing = Readonly<Record<never, never>>

interface BooleanResult {
  readonly result: boolean
}

function booleanResult(typeName: string): MessageType<BooleanResult> {
  return messageType<BooleanResult>(typeName, { result: required(1, bool) })
}

/** Bits of `createFlag` and `flag`. */
export const CREATE_FLAG = { create: 1, append: 4 } as const

interface Create {
  readonly src: string
  readonly masked: { readonly perm: number }
  readonly clientName: string
  readonly createFlag: number
  readonly createParent: boolean
  readonly replication: number
  // foreign name
  readonly blockSize: number
  /** None: we could not encrypt, and the namenode says so where it would have to be done. */
  readonly cryptoProtocolVersion: readonly number[]
}

export const createFile: RpcMethod<Create, { readonly fs?: HdfsFileStatus }> = {
  name: 'create',
  request: messageType('CreateRequestProto', {
    src: required(1, string),
    masked: required(2, fsPermission),
    clientName: required(3, string),
    createFlag: required(4, uint32),
    createParent: required(5, bool),
    replication: required(6, uint32),
    blockSize: required(7, amount),
    cryptoProtocolVersion: repeated(8, enumeration),
  }),
  reply: messageType('CreateResponseProto', { fs: optional(1, hdfsFileStatus) }),
  afterLostReply: 'retry-cache',
}

interface Append {
  readonly src: string
  readonly clientName: string
  readonly flag?: number
}

interface Appended {
  /** The last block, where it has room. */
  readonly block?: LocatedBlock
  readonly stat?: HdfsFileStatus
}

export const appendFile: RpcMethod<Append, Appended> = {
  name: 'append',
  request: messageType('AppendRequestProto', {
    src: required(1, string),
    clientName: required(2, string),
    flag: optional(3, uint32),
  }),
  reply: messageType('AppendResponseProto', { block: optional(1, locatedBlock), stat: optional(2, hdfsFileStatus) }),
  afterLostReply: 'retry-cache',
}

interface AddBlock {
  readonly src: string
  readonly clientName: string
  readonly previous?: ExtendedBlock
  readonly excludeNodes: readonly DatanodeInfo[]
  readonly fileId?: bigint
}

export const addBlock: RpcMethod<AddBlock, { readonly block: LocatedBlock }> = {
  name: 'addBlock',
  request: messageType('AddBlockRequestProto', {
    src: required(1, string),
    clientName: required(2, string),
    previous: optional(3, extendedBlock),
    excludeNodes: repeated(4, datanodeInfo),
    fileId: optional(5, identity),
  }),
  reply: messageType('AddBlockResponseProto', { block: required(1, locatedBlock) }),
  afterLostReply: 'idempotent',
}

interface AbandonBlock {
  readonly b: ExtendedBlock
  readonly src: string
  readonly holder: string
  readonly fileId?: bigint
}

export const abandonBlock: RpcMethod<AbandonBlock, Nothing> = {
  name: 'abandonBlock',
  request: messageType('AbandonBlockRequestProto', {
    b: required(1, extendedBlock),
    src: required(2, string),
    holder: required(3, string),
    fileId: optional(4, identity),
  }),
  reply: messageType<Nothing>('AbandonBlockResponseProto', {}),
  afterLostReply: 'idempotent',
}

interface Complete {
  readonly src: string
  readonly clientName: string
  readonly last?: ExtendedBlock
  readonly fileId?: bigint
}

export const complete: RpcMethod<Complete, BooleanResult> = {
  name: 'complete',
  request: messageType('CompleteRequestProto', {
    src: required(1, string),
    clientName: required(2, string),
    last: optional(3, extendedBlock),
    fileId: optional(4, identity),
  }),
  reply: booleanResult('CompleteResponseProto'),
  afterLostReply: 'idempotent',
}

interface Fsync {
  readonly src: string
  readonly client: string
  readonly lastBlockLength?: number
  readonly fileId?: bigint
}

export const fsync: RpcMethod<Fsync, Nothing> = {
  name: 'fsync',
  request: messageType('FsyncRequestProto', {
    src: required(1, string),
    client: required(2, string),
    lastBlockLength: optional(3, sint64),
    fileId: optional(4, identity),
  }),
  reply: messageType<Nothing>('FsyncResponseProto', {}),
  afterLostReply: 'idempotent',
}

interface UpdateBlockForPipeline {
  readonly block: ExtendedBlock
  readonly clientName: string
}

export const updateBlockForPipeline: RpcMethod<UpdateBlockForPipeline, { readonly block: LocatedBlock }> = {
  name: 'updateBlockForPipeline',
  request: messageType('UpdateBlockForPipelineRequestProto', {
    block: required(1, extendedBlock),
    clientName: required(2, string),
  }),
  reply: messageType('UpdateBlockForPipelineResponseProto', { block: required(1, locatedBlock) }),
  afterLostReply: 'idempotent',
}

interface UpdatePipeline {
  readonly clientName: string
  readonly oldBlock: ExtendedBlock
  readonly newBlock: ExtendedBlock
  readonly newNodes: readonly DatanodeId[]
  readonly storageIDs: readonly string[]
}

export const updatePipeline: RpcMethod<UpdatePipeline, Nothing> = {
  name: 'updatePipeline',
  request: messageType('UpdatePipelineRequestProto', {
    clientName: required(1, string),
    oldBlock: required(2, extendedBlock),
    newBlock: required(3, extendedBlock),
    newNodes: repeated(4, datanodeId),
    storageIDs: repeated(5, string),
  }),
  reply: messageType<Nothing>('UpdatePipelineResponseProto', {}),
  afterLostReply: 'retry-cache',
}

interface RenewLease {
  readonly clientName: string
}

export const renewLease: RpcMethod<RenewLease, Nothing> = {
  name: 'renewLease',
  request: messageType('RenewLeaseRequestProto', { clientName: required(1, string) }),
  reply: messageType<Nothing>('RenewLeaseResponseProto', {}),
  afterLostReply: 'idempotent',
}

interface RecoverLease {
  readonly src: string
  readonly clientName: string
}

export const recoverLease: RpcMethod<RecoverLease, BooleanResult> = {
  name: 'recoverLease',
  request: messageType('RecoverLeaseRequestProto', { src: required(1, string), clientName: required(2, string) }),
  reply: booleanResult('RecoverLeaseResponseProto'),
  afterLostReply: 'idempotent',
}

interface ReplicaVisibleLength {
  readonly block: ExtendedBlock
}

/** Of ClientDatanodeProtocol. */
export const getReplicaVisibleLength: RpcMethod<ReplicaVisibleLength, { readonly length: number }> = {
  name: 'getReplicaVisibleLength',
  request: messageType('GetReplicaVisibleLengthRequestProto', { block: required(1, extendedBlock) }),
  reply: messageType('GetReplicaVisibleLengthResponseProto', { length: required(1, amount) }),
  afterLostReply: 'reads',
}
