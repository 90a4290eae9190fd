// Hadoop IPC's own messages: what stands before a request and before an answer (RpcHeader, ProtobufRpcEngine2, IpcConnectionContext).
import {
  bytes,
  enumeration,
  identity,
  optional,
  repeated,
  required,
  sint32,
  string,
  uint32,
} from '../protobuf/field.js'
import { type MessageType, messageType } from '../protobuf/message.js'

interface RpcRequestHeader {
  /** 2: protobuf. */
  readonly rpcKind?: number
  /** 0: this is all of the request. */
  readonly rpcOp?: number
  readonly callId: number
  readonly clientId: Uint8Array
  /** -1: for the protocol of connections; else how often the call was sent before. */
  readonly retryCount?: number
}

export const rpcRequestHeader: MessageType<RpcRequestHeader> = messageType('RpcRequestHeaderProto', {
  rpcKind: optional(1, enumeration),
  rpcOp: optional(2, enumeration),
  callId: required(3, sint32),
  clientId: required(4, bytes),
  retryCount: optional(5, sint32),
})

/** `RpcResponseHeader.status`. ERROR is the answer to a call; FATAL ends the connection. */
export const RPC_STATUS = { success: 0, error: 1, fatal: 2 } as const

interface RpcResponseHeader {
  /** Signed in truth: take it `| 0`. */
  readonly callId: number
  readonly status: number
  readonly exceptionClassName?: string
  readonly errorMsg?: string
}

export const rpcResponseHeader: MessageType<RpcResponseHeader> = messageType('RpcResponseHeaderProto', {
  callId: required(1, uint32),
  status: required(2, enumeration),
  exceptionClassName: optional(4, string),
  errorMsg: optional(5, string),
})

interface RequestHeader {
  readonly methodName: string
  readonly declaringClassProtocolName: string
  readonly clientProtocolVersion: bigint
}

export const requestHeader: MessageType<RequestHeader> = messageType('RequestHeaderProto', {
  methodName: required(1, string),
  declaringClassProtocolName: required(2, string),
  clientProtocolVersion: required(3, identity),
})

interface UserInformation {
  readonly effectiveUser?: string
  readonly realUser?: string
}

const userInformation: MessageType<UserInformation> = messageType('UserInformationProto', {
  effectiveUser: optional(1, string),
  realUser: optional(2, string),
})

interface IpcConnectionContext {
  readonly userInfo?: UserInformation
  readonly protocol?: string
}

export const ipcConnectionContext: MessageType<IpcConnectionContext> = messageType('IpcConnectionContextProto', {
  userInfo: optional(2, userInformation),
  protocol: optional(3, string),
})

interface SaslAuth {
  readonly method: string
  readonly mechanism: string
}

const saslAuth: MessageType<SaslAuth> = messageType('SaslAuth', {
  method: required(1, string),
  mechanism: required(2, string),
})

interface RpcSasl {
  readonly state: number
  readonly auths: readonly SaslAuth[]
}

/** What a secured server answers instead of a reply. */
export const rpcSasl: MessageType<RpcSasl> = messageType('RpcSaslProto', {
  state: required(2, enumeration),
  auths: repeated(4, saslAuth),
})
