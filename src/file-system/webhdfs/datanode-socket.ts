// A connection to a datanode. Datanodes serve one request a connection, so these are not pooled.
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Server } from './connections.js'
import type { ResolvedOptions } from './options.js'

/** A socket that is connecting. */
export function connectToDatanode(options: ResolvedOptions, { secure, host, port }: Server): Socket {
  if (!secure) return connectTcp({ host, port, noDelay: true })
  const { servername = host, ...tls } = options.location.tls ?? {}
  // A server name must not be an IP address (RFC 6066).
  return connectTls({ host, port, ...tls, ...(isIP(servername) === 0 ? { servername } : {}) })
}
