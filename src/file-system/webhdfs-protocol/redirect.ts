// Asks a namenode where to send or fetch the bytes: by `noredirect=true`, or by the 307 where a proxy or an old server insists.
import { FileSystemError } from '../file-system-error.js'
import { errorOfRefusal, parse, Refused, unintelligible } from './answer-errors.js'
import type { Attempt } from './arguments.js'
import { locationOf } from './replies.js'
import type { Wire, WireReply } from './wire.js'

/** What to ask the place for. */
export interface RedirectRequest {
  readonly op: 'OPEN' | 'CREATE' | 'APPEND'
  readonly parameters: Readonly<Record<string, string | number | undefined>>
}

/** The methods that these operations go by. */
export const CONTENT_METHODS = { OPEN: 'GET', CREATE: 'PUT', APPEND: 'POST' } as const

/**
 * Resolves with the URL of the place. `excluded`: datanodes that did not take a connection; a namenode knows them by their bare IP
 * address only. Nothing has happened to the file when it rejects, which it does with a `FileSystemError`.
 */
export async function askForPlace(
  wire: Wire,
  { op, parameters }: RedirectRequest,
  excluded: ReadonlySet<string>,
  attempt: Attempt,
): Promise<URL> {
  const excludedatanodes = excluded.size === 0 ? undefined : [...excluded].join(',')
  const request = {
    method: CONTENT_METHODS[op],
    op,
    path: attempt.path,
    parameters: { ...parameters, noredirect: 'true', excludedatanodes },
    effect: 'redirects',
  } as const
  let reply: WireReply
  try {
    reply = await wire.ask(request, attempt)
  } catch (error) {
    throw error instanceof Refused ? errorOfRefusal(error, attempt, 'not-applied') : error
  }
  return placeIn(wire, reply, attempt)
}

/** The place that an answer names, in its body or its header. */
export function placeIn(wire: Wire, reply: WireReply, attempt: Attempt): URL {
  // Some proxy has followed the redirect itself: a 201 means that it has created the file.
  if (reply.status === 201) throw unintelligible(reply, attempt, 'unknown')
  const named = reply.location ?? parse(reply, locationOf, attempt, 'not-applied')
  const url = urlOf(named, wire.baseUrl)
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  const { operation, path } = attempt
  throw new FileSystemError(
    `${operation} of ${JSON.stringify(path)}: redirected to ${JSON.stringify(named.slice(0, 200))}, which is no HTTP URL`,
    { code: 'PROTOCOL', outcome: 'not-applied', retry: 'never', operation, path },
  )
}

function urlOf(text: string, base: string): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}
