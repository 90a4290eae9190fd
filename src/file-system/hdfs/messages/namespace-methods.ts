// The methods of ClientProtocol that are about names (ClientNamenodeProtocol.proto).
import { amount, bool, bytes, enumeration, identity, optional, repeated, required, string } from '../protobuf/field.js'
import { type MessageType, messageType } from '../protobuf/message.js'
import type { RpcMethod } from '../rpc/method.js'
import { type LocatedBlocks, locatedBlocks } from './block-messages.js'
import {
  type DirectoryListing,
  directoryListing,
  type FsServerDefaults,
  fsPermission,
  fsServerDefaults,
  type HdfsFileStatus,
  hdfsFileStatus,
} from './file-messages.js'

interface Source {
  readonly src: string
}

type Nothing = Readonly<Record<never, never>>

interface BooleanResult {
  readonly result: boolean
}

function nothing(typeName: string): MessageType<Nothing> {
  return messageType<Nothing>(typeName, {})
}

function booleanResult(typeName: string): MessageType<BooleanResult> {
  return messageType<BooleanResult>(typeName, { result: required(1, bool) })
}

export const getFileInfo: RpcMethod<Source, { readonly fs?: HdfsFileStatus }> = {
  name: 'getFileInfo',
  request: messageType('GetFileInfoRequestProto', { src: required(1, string) }),
  reply: messageType('GetFileInfoResponseProto', { fs: optional(1, hdfsFileStatus) }),
  afterLostReply: 'reads',
}

interface GetListing extends Source {
  readonly startAfter: Uint8Array
  readonly needLocation: boolean
}

export const getListing: RpcMethod<GetListing, { readonly dirList?: DirectoryListing }> = {
  name: 'getListing',
  request: messageType('GetListingRequestProto', {
    src: required(1, string),
    startAfter: required(2, bytes),
    needLocation: required(3, bool),
  }),
  reply: messageType('GetListingResponseProto', { dirList: optional(1, directoryListing) }),
  afterLostReply: 'reads',
}

interface Range extends Source {
  readonly offset: number
  readonly length: number
}

export const getBlockLocations: RpcMethod<Range, { readonly locations?: LocatedBlocks }> = {
  name: 'getBlockLocations',
  request: messageType('GetBlockLocationsRequestProto', {
    src: required(1, string),
    offset: required(2, amount),
    length: required(3, amount),
  }),
  reply: messageType('GetBlockLocationsResponseProto', { locations: optional(1, locatedBlocks) }),
  afterLostReply: 'reads',
}

export const getServerDefaults: RpcMethod<Nothing, { readonly serverDefaults: FsServerDefaults }> = {
  name: 'getServerDefaults',
  request: nothing('GetServerDefaultsRequestProto'),
  reply: messageType('GetServerDefaultsResponseProto', { serverDefaults: required(1, fsServerDefaults) }),
  afterLostReply: 'reads',
}

export const isFileClosed: RpcMethod<Source, BooleanResult> = {
  name: 'isFileClosed',
  request: messageType('IsFileClosedRequestProto', { src: required(1, string) }),
  reply: booleanResult('IsFileClosedResponseProto'),
  afterLostReply: 'reads',
}

interface Mkdirs extends Source {
  readonly masked: { readonly perm: number }
  readonly createParent: boolean
}

export const mkdirs: RpcMethod<Mkdirs, BooleanResult> = {
  name: 'mkdirs',
  request: messageType('MkdirsRequestProto', {
    src: required(1, string),
    masked: required(2, fsPermission),
    createParent: required(3, bool),
  }),
  reply: booleanResult('MkdirsResponseProto'),
  afterLostReply: 'idempotent',
}

interface Rename2 extends Source {
  readonly dst: string
  readonly overwriteDest: boolean
}

export const rename2: RpcMethod<Rename2, Nothing> = {
  name: 'rename2',
  request: messageType('Rename2RequestProto', {
    src: required(1, string),
    dst: required(2, string),
    overwriteDest: required(3, bool),
  }),
  reply: nothing('Rename2ResponseProto'),
  afterLostReply: 'retry-cache',
}

interface Delete extends Source {
  readonly recursive: boolean
}

export const deletePath: RpcMethod<Delete, BooleanResult> = {
  name: 'delete',
  request: messageType('DeleteRequestProto', { src: required(1, string), recursive: required(2, bool) }),
  reply: booleanResult('DeleteResponseProto'),
  afterLostReply: 'retry-cache',
}

interface Concat {
  readonly trg: string
  readonly srcs: readonly string[]
}

export const concat: RpcMethod<Concat, Nothing> = {
  name: 'concat',
  request: messageType('ConcatRequestProto', { trg: required(1, string), srcs: repeated(2, string) }),
  reply: nothing('ConcatResponseProto'),
  afterLostReply: 'retry-cache',
}

interface Truncate extends Source {
  readonly newLength: number
  readonly clientName: string
}

// ClientProtocol calls it idempotent, and it is, unless the first one comes late: then it cuts off what was appended since.
export const truncate: RpcMethod<Truncate, BooleanResult> = {
  name: 'truncate',
  request: messageType('TruncateRequestProto', {
    src: required(1, string),
    newLength: required(2, amount),
    clientName: required(3, string),
  }),
  reply: booleanResult('TruncateResponseProto'),
  afterLostReply: 'never',
}

interface SetTimes extends Source {
  /** Milliseconds since 1970, or -1 (as 64 bits) for unchanged. */
  readonly mtime: bigint
  readonly atime: bigint
}

export const setTimes: RpcMethod<SetTimes, Nothing> = {
  name: 'setTimes',
  request: messageType('SetTimesRequestProto', {
    src: required(1, string),
    mtime: required(2, identity),
    atime: required(3, identity),
  }),
  reply: nothing('SetTimesResponseProto'),
  afterLostReply: 'idempotent',
}

/** HAServiceStateProto. */
export const HA_STATE = { initializing: 0, active: 1, standby: 2, observer: 3 } as const

export const getHAServiceState: RpcMethod<Nothing, { readonly state: number }> = {
  name: 'getHAServiceState',
  request: nothing('HAServiceStateRequestProto'),
  reply: messageType('HAServiceStateResponseProto', { state: required(1, enumeration) }),
  afterLostReply: 'reads',
}
