// One call to a datanode's own RPC port, over a connection of its own: they are rare.
import { randomBytes } from 'node:crypto'
import { TransportFailure } from '../../webhdfs-protocol/transport-failure.js'
import type { ResolvedOptions, RpcAddress } from '../options.js'
import { RpcConnection } from './connection.js'
import type { RpcMethod } from './method.js'
import { payloadOf, replyOf } from './payload.js'

const CLIENT_DATANODE_PROTOCOL = 'org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol'

/** Rejects with a `RemoteException`, a `TransportFailure` or a `MalformedMessage`. */
export async function callDatanode<Request, Reply>(
  options: ResolvedOptions,
  address: RpcAddress,
  method: RpcMethod<Request, Reply>,
  request: Request,
): Promise<Reply> {
  const settings = { ...options, protocol: CLIENT_DATANODE_PROTOCOL, clientId: randomBytes(16) }
  const connection = new RpcConnection(address, settings, () => {})
  try {
    const payload = payloadOf(CLIENT_DATANODE_PROTOCOL, method, request)
    return replyOf(method, await connection.call({ callId: 0, retryCount: 0, payload }))
  } finally {
    connection.close(new TransportFailure('the call is over', { reason: 'closed', reach: 'body' }))
  }
}
