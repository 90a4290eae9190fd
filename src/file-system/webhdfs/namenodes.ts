// Asks the namenodes: finds the one that serves, remembers it, and turns what they refuse into the port's errors.

import { Refused, unintelligible } from '../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import { hostOf } from '../webhdfs-protocol/datanode-addresses.js'
import { verdictOn } from '../webhdfs-protocol/exceptions.js'
import { absolutePath, encodePath, encodeQuery } from '../webhdfs-protocol/hdfs-path.js'
import { remoteExceptionOf } from '../webhdfs-protocol/replies.js'
import { errorOfFailure, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { Wire, WireReply, WireRequest } from '../webhdfs-protocol/wire.js'
import type { Connections, Place, Server } from './connections.js'
import { exchange, type PlainRequest } from './exchange.js'
import type { ResolvedOptions } from './options.js'

/** Below the location, where nobody has a file: with a name that nothing of ours has. */
const PROBED_PATH = '.is-this-the-active-namenode'

/** See the head of the file. */
export class Namenodes implements Wire {
  readonly #connections: Connections
  readonly #options: ResolvedOptions
  readonly #servers: readonly Server[]
  readonly #identity: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #readHeaders: Readonly<Record<string, string>>
  #active = 0
  /** The one that took a request which only the active namenode takes, when we last turned to another. */
  #proved: number | undefined

  readonly root: string
  readonly httpFs: boolean
  readonly truncatePollMs: number

  constructor(connections: Connections, options: ResolvedOptions) {
    this.root = options.root
    this.httpFs = options.httpFs
    this.truncatePollMs = options.truncatePollMs
    this.#connections = connections
    this.#options = options
    const { namenodes, user, doas, delegationToken, headers } = options.location
    this.#servers = namenodes.map(({ host, port }) => ({ secure: options.secure, host, port }))
    this.#identity = encodeQuery({
      'user.name': delegationToken === undefined ? user : undefined,
      doas,
      delegation: delegationToken,
    })
    this.#headers = headersFor(headers)
    this.#readHeaders = headers ?? {}
  }

  /** The place under a URL. The user's own header fields go along only where it is one of the namenodes. */
  placeUnder(url: URL): Place {
    const secure = url.protocol === 'https:'
    const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
    const host = hostOf(url)
    const own = this.#servers.some((each) => each.host === host && each.port === port && each.secure === secure)
    const headers = own ? this.#headers : headersFor(undefined)
    return { server: { secure, host, port }, target: url.pathname + url.search, headers }
  }

  /** Where a request to the active namenode goes, for HttpFS, which serves the bytes itself. */
  placeFor(request: Omit<WireRequest, 'effect'>): Place {
    const { target, headers } = this.#wireForm(request)
    return { server: this.#servers[this.#active]!, target, headers }
  }

  /** The server did not take a connection: the next request goes elsewhere, unless another one has found that out already. */
  leave(server: Server): void {
    this.#leave(this.#servers.indexOf(server))
  }

  get baseUrl(): string {
    const { secure, host, port } = this.#servers[this.#active]!
    return `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}/`
  }

  /**
   * Sends the request to the active namenode and resolves with its answer, a 2xx or, for `redirects`, a 3xx. Rejects with
   * {@link Refused} for what the server refuses in words, and with a `FileSystemError` for everything else.
   */
  async ask(request: WireRequest, attempt: Attempt): Promise<WireReply> {
    const wire = this.#wireForm(request)
    const search: Search = { giveUpMs: undefined, pauseMs: this.#options.failoverPauseMs }
    let lostConnections = 0
    for (let asked = 1; ; asked += 1) {
      const tried = this.#active
      let result: WireReply | Refused | TransportFailure
      try {
        // An observer answers reads with what it has heard of so far, which may be old: docs/decisions/observers.md.
        const isUnproved = this.#proved !== tried && request.effect !== 'mutates' && this.#hasStandbys
        const standby = isUnproved ? await this.#prove(tried) : undefined
        const reply = standby ?? (await exchange(this.#connections, this.#options, this.#servers[tried]!, wire))
        if (reply.status >= 200 && reply.status < 300) {
          if (request.effect === 'mutates') this.#proved = tried
          return reply
        }
        result = refusalOf(reply) ?? reply
      } catch (error) {
        if (!(error instanceof TransportFailure)) throw error
        result = error
      }
      if (mayServeElsewhere(result)) {
        this.#leave(tried)
        // A round is over and nobody serves. A single server is not waited for: layers do that.
        const roundIsOver = asked % this.#servers.length === 0
        if (roundIsOver && !(await this.#mayLookOn(search, attempt))) return this.#judge(result, request, attempt)
        continue
      }
      if (result instanceof TransportFailure) {
        if (result.reason === 'timeout') this.#leave(tried)
        lostConnections += 1
        const repeat = result.reason === 'reset' && request.effect !== 'mutates'
        if (repeat && lostConnections < this.#options.readAttemptsMax) continue
      }
      return this.#judge(result, request, attempt)
    }
  }

  /** Pauses before another round of looking for the active namenode; false when `failoverWaitMs` are over. */
  async #mayLookOn(search: Search, attempt: Attempt): Promise<boolean> {
    const { failoverWaitMs, failoverPauseMs } = this.#options
    if (this.#servers.length === 1) return false
    search.giveUpMs ??= performance.now() + failoverWaitMs
    if (performance.now() + search.pauseMs > search.giveUpMs) return false
    await this.pause(search.pauseMs, attempt)
    search.pauseMs = Math.min(search.pauseMs * 2, failoverPauseMs * 10)
    return true
  }

  /** A pause that `close()` ends with `CLOSED`. */
  async pause(durationMs: number, attempt: Attempt): Promise<void> {
    try {
      await this.#connections.pause(durationMs)
    } catch (error) {
      if (error instanceof TransportFailure) throw errorOfFailure(error, attempt, 'not-applied')
      throw error
    }
  }

  #wireForm({ method, op, path, parameters }: Omit<WireRequest, 'effect'>): PlainRequest {
    const absolute = encodePath(absolutePath(this.#options.root, path))
    const identity = this.#identity === '' ? '' : `&${this.#identity}`
    const rest = parameters === undefined ? '' : encodeQuery(parameters)
    const target = `${this.#options.prefix}/webhdfs/v1${absolute}?op=${op}${identity}${rest === '' ? '' : `&${rest}`}`
    return { method, target, headers: method === 'GET' ? this.#readHeaders : this.#headers }
  }

  #leave(tried: number): void {
    if (this.#proved === tried) this.#proved = undefined
    if (this.#active === tried) this.#active = (tried + 1) % this.#servers.length
  }

  /** HttpFS servers are clients of HDFS themselves. */
  get #hasStandbys(): boolean {
    return this.#servers.length > 1 && !this.httpFs
  }

  /** Asks for what only the active namenode does, of a path that is not there, so that it does nothing. Answers its refusal if it is not the active one. */
  async #prove(tried: number): Promise<WireReply | undefined> {
    const probe = this.#wireForm({
      method: 'PUT',
      op: 'SETTIMES',
      path: PROBED_PATH,
      parameters: { modificationtime: 0 },
    })
    const reply = await exchange(this.#connections, this.#options, this.#servers[tried]!, probe)
    const refusal = refusalOf(reply)
    if (refusal?.verdict.code === 'STANDBY') return reply
    if (refusal !== undefined || reply.status < 300) this.#proved = tried
    return undefined
  }

  /** What stays of a request that was not answered by a 2xx. */
  #judge(result: WireReply | Refused | TransportFailure, request: WireRequest, attempt: Attempt): WireReply {
    if (result instanceof Refused) throw result
    const outcome = request.effect === 'mutates' ? 'unknown' : 'not-applied'
    if (result instanceof TransportFailure) throw errorOfFailure(result, attempt, outcome)
    const { status } = result
    if (request.effect === 'redirects' && status >= 300 && status < 400) return result
    throw unintelligible(result, attempt, outcome)
  }
}

/** Looking for the active one among several namenodes: until when, and how long the next pause is. */
interface Search {
  giveUpMs: number | undefined
  pauseMs: number
}

function refusalOf(reply: WireReply): Refused | undefined {
  const exception = reply.status >= 400 ? remoteExceptionOf(reply) : undefined
  return exception === undefined ? undefined : new Refused(exception, verdictOn(exception))
}

/** Refused by a standby, or never reached: another namenode may serve. */
function mayServeElsewhere(result: WireReply | Refused | TransportFailure): boolean {
  if (result instanceof Refused) return result.verdict.code === 'STANDBY'
  return result instanceof TransportFailure && result.reason === 'connect'
}

/**
 * Cross-site request forgery protection of HDFS asks for this header (`dfs.webhdfs.rest-csrf.custom-header`), with any value, where
 * the method is not GET.
 */
function headersFor(own: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  return { 'X-XSRF-HEADER': '1', ...own }
}
