// A connection to a datanode. Datanodes serve one request a connection, so these are not pooled.
import { lookup } from 'node:dns/promises'
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

/** The IP addresses that a host was tried at: `excludedatanodes` takes nothing else. Empty where the name means nothing. */
export async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host]
  // Node has asked the same a moment ago, to connect. That it now fails is no new trouble: nothing is excluded then.
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.map(({ address }) => address)
}
