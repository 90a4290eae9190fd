// What a call carries behind its header, and what comes back.
import { requestHeader } from '../messages/rpc-messages.js'
import { delimited } from '../protobuf/message.js'
import { WireReader } from '../protobuf/wire-reader.js'
import type { RpcMethod } from './method.js'

/** All of HDFS's protocols are at version 1; they grow by fields. */
const PROTOCOL_VERSION = 1n

/** Which method of which protocol, and the request. */
export function payloadOf<Request, Reply>(
  protocol: string,
  method: RpcMethod<Request, Reply>,
  request: Request,
): Buffer {
  const header = {
    methodName: method.name,
    declaringClassProtocolName: protocol,
    clientProtocolVersion: PROTOCOL_VERSION,
  }
  return Buffer.concat([delimited(requestHeader, header), delimited(method.request, request)])
}

/** The reply, which stands behind its length. Throws `MalformedMessage`. */
export function replyOf<Request, Reply>(method: RpcMethod<Request, Reply>, bytes: Uint8Array): Reply {
  return method.reply.decode(new WireReader(bytes).bytes())
}
