// Asks a namenode where to send or fetch the bytes: by `noredirect=true`, or by the 307 where a proxy or an old server insists.
import { FileSystemError } from '../file-system-error.js'
import { parse, unintelligible } from '../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import { locationOf } from '../webhdfs-protocol/replies.js'
import type { WireReply } from '../webhdfs-protocol/wire.js'
import type { Place } from './connections.js'
import type { Namenodes } from './namenodes.js'

/** What to ask the place for. */
export interface RedirectRequest {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly op: 'OPEN' | 'CREATE' | 'APPEND'
  readonly path: string
  readonly parameters: Readonly<Record<string, string | number | undefined>>
  /** Datanodes that did not take a connection. A namenode knows them by their bare IP address only. */
  readonly excluded: ReadonlySet<string>
}

/** Resolves with the place. Nothing has happened to the file when it rejects. */
export async function askForPlace(
  namenodes: Namenodes,
  { method, op, path, parameters, excluded }: RedirectRequest,
  attempt: Attempt,
): Promise<Place> {
  const reply = await namenodes.ask(
    {
      method,
      op,
      path,
      parameters: {
        ...parameters,
        noredirect: 'true',
        excludedatanodes: excluded.size === 0 ? undefined : [...excluded].join(','),
      },
      effect: 'redirects',
    },
    attempt,
  )
  return placeOf(namenodes, reply, attempt)
}

/** The place that an answer names, in its body or its header. */
export function placeOf(namenodes: Namenodes, reply: WireReply, attempt: Attempt): Place {
  // Some proxy has followed the redirect itself: a 201 means that it has created the file.
  if (reply.status === 201) throw unintelligible(reply, attempt, 'unknown')
  const named = reply.location ?? parse(reply, locationOf, attempt, 'not-applied')
  const url = urlOf(named, namenodes.base)
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const { operation, path } = attempt
    throw new FileSystemError(
      `${operation} of ${JSON.stringify(path)}: redirected to ${JSON.stringify(named.slice(0, 200))}, which is no HTTP URL`,
      { code: 'PROTOCOL', outcome: 'not-applied', retry: 'never', operation, path },
    )
  }
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  // An IPv6 address goes without its brackets from here on.
  const server = { secure, host: url.hostname.replace(/^\[|\]$/g, ''), port }
  return { server, target: url.pathname + url.search, headers: namenodes.headersFor(server) }
}

function urlOf(text: string, base: string): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}
