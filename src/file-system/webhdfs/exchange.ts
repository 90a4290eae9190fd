// One request without content and its whole answer, over a kept-alive connection, within the limits.
//
// Thousands a second of these are usual, so there is one object and one timer for each and as few closures as can be.
import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { failureOf, type Reach, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { WireReply } from '../webhdfs-protocol/wire.js'
import { type Connections, type Endable, type Server, shownServer } from './connections.js'
import type { ResolvedOptions } from './options.js'

/** A request to a namenode. */
export interface PlainRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Path and query, encoded. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

/** The limits that a request is under, one after the other. */
type Phase = 'queueWaitMs' | 'connectTimeoutMs' | 'firstByteTimeoutMs' | 'replyTimeoutMs'

const EMPTY = new Uint8Array(0)

/** Sends it once. Rejects with a {@link TransportFailure}. */
export function exchange(
  connections: Connections,
  options: ResolvedOptions,
  server: Server,
  request: PlainRequest,
): Promise<WireReply> {
  return new Promise((resolve, reject) => {
    new Exchange(connections, options, server, request, resolve, reject).send()
  })
}

class Exchange implements Endable {
  readonly #connections: Connections
  readonly #options: ResolvedOptions
  readonly #server: Server
  readonly #request: PlainRequest
  readonly #resolve: (reply: WireReply) => void
  readonly #reject: (failure: TransportFailure) => void
  #sent: ClientRequest | undefined
  #reach: Reach = 'nothing'
  #phase: Phase = 'queueWaitMs'
  #phaseBeganMs = 0
  #timer: NodeJS.Timeout | undefined
  #watchedMs = 0
  #settled = false

  constructor(
    connections: Connections,
    options: ResolvedOptions,
    server: Server,
    request: PlainRequest,
    resolve: (reply: WireReply) => void,
    reject: (failure: TransportFailure) => void,
  ) {
    this.#connections = connections
    this.#options = options
    this.#server = server
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Throws when the file system is closed, or too many requests wait. */
  send(): void {
    const { secure, host, port } = this.#server
    const { method, target, headers } = this.#request
    this.#connections.admitRequest()
    try {
      this.#sent = (secure ? https : http).request({
        host,
        port,
        method,
        path: target,
        headers: method === 'GET' ? headers : { 'Content-Length': '0', ...headers },
        agent: this.#connections.agent,
      })
    } catch (error) {
      this.#connections.dismissRequest()
      throw error
    }
    this.#connections.track(this)
    this.#enter('queueWaitMs')
    this.#sent.on('socket', (socket) => this.#onSocket(socket))
    this.#sent.on('response', (message) => this.#onResponse(message))
    this.#sent.on('error', (error) => this.#fail(failureOf(error, this.#where, this.#reach)))
    this.#sent.end()
  }

  endWith(reason: TransportFailure): void {
    this.#fail(new TransportFailure(reason.message, { reason: reason.reason, reach: this.#reach }))
  }

  get #where(): string {
    return `${this.#request.method} at ${shownServer(this.#server)}`
  }

  /** The socket may be new, kept from an earlier request, or taken over from one that has just ended. */
  #onSocket(socket: Socket): void {
    if (this.#settled) return
    const { secure } = this.#server
    const { ready } = this.#connections
    // Only of a socket that is certainly not connected may it be said that nothing has left.
    if (ready.has(socket) || !socket.connecting) {
      this.#onConnected()
      return
    }
    this.#enter('connectTimeoutMs')
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      ready.add(socket)
      this.#onConnected()
    })
  }

  #onConnected(): void {
    this.#reach = 'headers'
    if (!this.#settled) this.#enter('firstByteTimeoutMs')
  }

  #onResponse(message: IncomingMessage): void {
    if (this.#settled) return
    this.#enter('replyTimeoutMs')
    collect(
      message,
      this.#options.replyBytesMax,
      (reply) => this.#succeed(reply),
      (error) => this.#fail(failureOf(error, this.#where, this.#reach)),
    )
  }

  /** The timer is not set anew for each phase: when it goes off, it looks which one it is and how much is left. */
  #enter(phase: Phase): void {
    this.#phase = phase
    this.#phaseBeganMs = performance.now()
    const limitMs = this.#options[phase]
    if (this.#timer === undefined) this.#watch(limitMs)
    else if (limitMs < this.#watchedMs) {
      clearTimeout(this.#timer)
      this.#watch(limitMs)
    }
  }

  #watch(durationMs: number): void {
    this.#watchedMs = durationMs
    this.#timer = setTimeout(() => this.#onTimer(), durationMs)
  }

  #onTimer(): void {
    const limitMs = this.#options[this.#phase]
    const leftMs = this.#phaseBeganMs + limitMs - performance.now()
    if (leftMs > 1) {
      this.#watch(leftMs)
      return
    }
    const reason = this.#phase === 'queueWaitMs' ? 'queue' : 'timeout'
    const message = `${this.#where}: no answer within ${limitMs} ms (${this.#phase})`
    this.#fail(new TransportFailure(message, { reason, reach: this.#reach }))
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    clearTimeout(this.#timer)
    this.#connections.untrack(this)
    this.#connections.dismissRequest()
    return true
  }

  #succeed(reply: WireReply): void {
    if (this.#settle()) this.#resolve(reply)
  }

  #fail(failure: TransportFailure): void {
    if (!this.#settle()) return
    this.#sent?.destroy()
    this.#reject(failure)
  }
}

/** Collects the whole body of an answer, up to a limit. Calls `succeed` or `fail`, maybe `fail` more than once. */
export function collect(
  message: IncomingMessage,
  bytesMax: number,
  succeed: (reply: WireReply) => void,
  fail: (error: Error) => void,
): void {
  let first: Buffer | undefined
  let more: Buffer[] | undefined
  let bytes = 0
  message.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength
    if (bytes > bytesMax) {
      message.destroy()
      const complaint = `the answer is longer than ${bytesMax} bytes (replyBytesMax)`
      fail(new TransportFailure(complaint, { reason: 'too-large', reach: 'body' }))
    } else if (first === undefined) first = chunk
    else if (more === undefined) more = [first, chunk]
    else more.push(chunk)
  })
  message.on('end', () => {
    const body = more === undefined ? (first ?? EMPTY) : Buffer.concat(more)
    const status = message.statusCode ?? 0
    // Node makes the object of all header fields when it is first asked for one.
    succeed({ status, location: status >= 300 && status < 400 ? message.headers.location : undefined, body })
  })
  message.on('error', fail)
  // A connection that ends in the middle of an answer: node says `aborted` by an error, but not for every framing.
  message.on('close', () => {
    if (!message.complete) fail(new Error('the connection ended in the middle of the answer'))
  })
}
