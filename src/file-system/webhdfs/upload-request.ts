// The request that carries an upload's bytes to a datanode: connects, hands over chunks under back-pressure, and gives back
// the answer, be it early or late. Knows HTTP and nothing of files.
import http, { type ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { Deadline } from '../webhdfs-protocol/deadline.js'
import { PacedRequest } from '../webhdfs-protocol/paced-request.js'
import { holdBackWriteErrors } from '../webhdfs-protocol/reply-first.js'
import { failureOf, type Reach, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { WireReply } from '../webhdfs-protocol/wire.js'
import { type Connections, type Endable, type Server, shownServer } from './connections.js'
import { connectToDatanode } from './datanode-socket.js'
import { collect } from './exchange.js'
import type { ResolvedOptions } from './options.js'

/** Where an upload goes, and how it begins. */
export interface UploadTarget {
  readonly method: 'PUT' | 'POST'
  readonly server: Server
  /** Path and query, as the namenode gave them. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  /** Bytes in all, where that is known: `Content-Length` is safer than chunks, whose damage a datanode takes for the end. */
  readonly contentBytes?: number
}

/** One request on a connection of its own. Everything rejects with a {@link TransportFailure}. */
export class UploadRequest extends PacedRequest implements Endable {
  readonly #options: ResolvedOptions
  readonly #request: ClientRequest
  protected readonly deadline: Deadline
  readonly #connections: Connections
  readonly #closed: Promise<void>
  readonly #streamed: boolean
  protected reach: Reach = 'nothing'

  /** Resolves when the connection stands and the headers are sent. `release` is called once the connection is closed. */
  static async open(connections: Connections, options: ResolvedOptions, target: UploadTarget): Promise<UploadRequest> {
    const release = await connections.takeSlot(target.server)
    let request: UploadRequest
    try {
      request = new UploadRequest(connections, options, target, release)
    } catch (error) {
      release()
      throw error
    }
    await request.#connected(target.server)
    return request
  }

  private constructor(
    connections: Connections,
    options: ResolvedOptions,
    { method, server, target, headers, contentBytes }: UploadTarget,
    release: () => void,
  ) {
    super(`${method} at ${shownServer(server)}`, options)
    this.#connections = connections
    this.#options = options
    this.deadline = new Deadline((limitName, limitMs) => {
      const message = `${this.where}: no progress within ${limitMs} ms (${limitName})`
      this.fail(new TransportFailure(message, { reason: 'timeout', reach: this.reach }))
    })
    connections.checkOpen()
    this.#request = http.request({
      method,
      path: target,
      headers: {
        Host: shownServer(server),
        'Content-Type': 'application/octet-stream',
        ...headers,
        ...(contentBytes === undefined ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': contentBytes }),
        Connection: 'close',
      },
      createConnection: () => {
        const socket = connectToDatanode(options, server)
        holdBackWriteErrors(socket, options.lateReplyWaitMs)
        return socket
      },
    })
    // From here on nothing throws.
    connections.track(this)
    this.deadline.set('connectTimeoutMs', options.connectTimeoutMs)
    this.#streamed = contentBytes === undefined
    this.#closed = new Promise((resolve) => {
      this.#request.once('close', () => {
        release()
        resolve()
      })
    })
    this.#listen()
  }

  #listen(): void {
    const { progressTimeoutMs, replyBytesMax } = this.#options
    const failed = (error: Error): void => this.fail(failureOf(error, this.where, this.reach))
    this.#request.on('error', failed)
    this.#request.on('drain', () => this.#progress())
    this.#request.on('finish', () => this.#progress())
    this.#request.on('response', (message) => {
      this.deadline.set('progressTimeoutMs', progressTimeoutMs)
      collect(message, replyBytesMax, (reply) => this.succeed(reply), failed)
    })
  }

  endWith({ message, reason }: TransportFailure): void {
    this.fail(new TransportFailure(message, { reason, reach: this.reach }))
  }

  override async end(): Promise<WireReply> {
    const reply = await super.end()
    this.#request.destroy()
    return reply
  }

  /** Breaks the connection off, and waits until it is closed. Never rejects. */
  async destroy(): Promise<void> {
    this.fail(new TransportFailure(`${this.where}: given up`, { reason: 'closed', reach: this.reach }))
    this.#request.destroy()
    await this.#closed
  }

  async #connected(server: Server): Promise<void> {
    const socket = await new Promise<Socket>((resolve) => {
      this.#request.once('socket', resolve)
      this.#request.once('close', () => resolve(this.#request.socket as Socket))
    })
    socket?.once(server.secure ? 'secureConnect' : 'connect', () => {
      if (this.settled) return
      this.reach = 'headers'
      this.deadline.clear()
      // Content that is at hand goes out with the headers.
      if (this.#streamed) this.#request.flushHeaders()
      this.wake()
    })
    await this.woken()
    if (this.failure === undefined) return
    await this.#closed
    throw this.failure
  }

  protected send(chunk: Uint8Array): boolean {
    this.reach = 'body'
    return this.#request.write(chunk) || this.#request.writableLength < this.#options.uploadBufferBytes
  }

  protected finish(): void {
    this.reach = 'body'
    this.#request.end()
  }

  #progress(): void {
    if (this.settled) return
    if (this.#request.writableEnded) this.deadline.set('progressTimeoutMs', this.#options.progressTimeoutMs)
    this.wake()
  }

  protected settle(): void {
    this.#connections.untrack(this)
  }

  protected breakOff(): void {
    this.#request.destroy()
  }
}
