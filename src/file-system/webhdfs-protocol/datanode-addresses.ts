// The IP addresses of a place, because `excludedatanodes` takes nothing else.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'

/** The host of a URL as node's sockets want it: an IPv6 address without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** The addresses that a place was tried at; empty where its name means nothing. */
export async function addressesOf(place: URL): Promise<string[]> {
  const host = hostOf(place)
  if (isIP(host) !== 0) return [host]
  // Node has asked the same a moment ago, to connect. That it now fails is no new trouble: nothing is excluded then.
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.map(({ address }) => address)
}
