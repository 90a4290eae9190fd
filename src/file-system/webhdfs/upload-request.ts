// The request that carries an upload's bytes to a datanode: connects, hands over chunks under back-pressure, and gives back
// the answer, be it early or late. Knows HTTP and nothing of files.
import http, { type ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { Deadline } from '../webhdfs-protocol/deadline.js'
import { holdBackWriteErrors } from '../webhdfs-protocol/reply-first.js'
import { failureOf, type Reach, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { ContentRequest } from '../webhdfs-protocol/upload.js'
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
export class UploadRequest implements ContentRequest, Endable {
  readonly #options: ResolvedOptions
  readonly #where: string
  readonly #request: ClientRequest
  readonly #deadline: Deadline
  readonly #connections: Connections
  readonly #closed: Promise<void>
  readonly #answer: Promise<WireReply>
  #giveAnswer: (reply: WireReply) => void = () => undefined
  #refuseAnswer: (failure: TransportFailure) => void = () => undefined
  readonly #streamed: boolean
  #reach: Reach = 'nothing'
  #failure: TransportFailure | undefined
  #reply: WireReply | undefined
  #settled = false
  /** Ends a wait for room, in success or failure. */
  #wake: (() => void) | undefined

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
    this.#connections = connections
    this.#options = options
    this.#where = `${method} at ${shownServer(server)}`
    this.#answer = new Promise((resolve, reject) => {
      this.#giveAnswer = resolve
      this.#refuseAnswer = reject
    })
    // It may be settled long before anybody asks.
    this.#answer.catch(() => undefined)
    this.#deadline = new Deadline((limitName, limitMs) => {
      const message = `${this.#where}: no progress within ${limitMs} ms (${limitName})`
      this.#fail(new TransportFailure(message, { reason: 'timeout', reach: this.#reach }))
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
    this.#deadline.set('connectTimeoutMs', options.connectTimeoutMs)
    this.#streamed = contentBytes === undefined
    this.#closed = new Promise((resolve) => {
      this.#request.once('close', () => {
        release()
        resolve()
      })
    })
    this.#request.on('error', (error) => this.#fail(failureOf(error, this.#where, this.#reach)))
    this.#request.on('drain', () => this.#progress())
    this.#request.on('finish', () => this.#progress())
    this.#request.on('response', (message) => {
      this.#deadline.set('progressTimeoutMs', options.progressTimeoutMs)
      collect(
        message,
        options.replyBytesMax,
        (reply) => this.#succeed(reply),
        (error) => this.#fail(failureOf(error, this.#where, this.#reach)),
      )
    })
  }

  endWith({ message, reason }: TransportFailure): void {
    this.#fail(new TransportFailure(message, { reason, reach: this.#reach }))
  }

  /** What the server said, if it has. */
  get reply(): WireReply | undefined {
    return this.#reply
  }

  get failure(): TransportFailure | undefined {
    return this.#failure
  }

  /** Hands bytes over. A promise only where they have to wait; throws or rejects when the request is over, be it by an answer or a failure. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    const { uploadBufferBytes } = this.#options
    for (let from = 0; from < chunk.byteLength; from += uploadBufferBytes) {
      const end = Math.min(from + uploadBufferBytes, chunk.byteLength)
      if (!this.#send(from === 0 && end === chunk.byteLength ? chunk : chunk.subarray(from, end))) {
        return end === chunk.byteLength ? this.#room() : this.#writeRest(chunk.subarray(end))
      }
    }
    return undefined
  }

  /** No more bytes. Resolves with the answer. */
  async end(): Promise<WireReply> {
    if (!this.#settled) {
      this.#reach = 'body'
      this.#request.end()
      this.#deadline.set('progressTimeoutMs', this.#options.progressTimeoutMs)
    }
    return this.answer()
  }

  /** The answer, once it is there; rejects when there will be none. */
  async answer(): Promise<WireReply> {
    const reply = await this.#answer
    this.#request.destroy()
    return reply
  }

  /** Breaks the connection off, and waits until it is closed. Never rejects. */
  async destroy(): Promise<void> {
    this.#fail(new TransportFailure(`${this.#where}: given up`, { reason: 'closed', reach: this.#reach }))
    this.#request.destroy()
    await this.#closed
  }

  async #connected(server: Server): Promise<void> {
    const socket = await new Promise<Socket>((resolve) => {
      this.#request.once('socket', resolve)
      this.#request.once('close', () => resolve(this.#request.socket as Socket))
    })
    await new Promise<void>((resolve) => {
      const event = server.secure ? 'secureConnect' : 'connect'
      this.#wake = resolve
      socket?.once(event, () => {
        if (this.#settled) return
        this.#reach = 'headers'
        this.#deadline.clear()
        // Content that is at hand goes out with the headers.
        if (this.#streamed) this.#request.flushHeaders()
        resolve()
      })
      if (this.#settled) resolve()
    })
    this.#wake = undefined
    if (this.#failure !== undefined) {
      await this.#closed
      throw this.#failure
    }
  }

  /** False when the next bytes have to wait. */
  #send(chunk: Uint8Array): boolean {
    if (this.#settled) throw this.#over()
    if (chunk.byteLength === 0) return true
    this.#reach = 'body'
    return this.#request.write(chunk) || this.#request.writableLength < this.#options.uploadBufferBytes
  }

  async #writeRest(rest: Uint8Array): Promise<void> {
    await this.#room()
    await this.write(rest)
  }

  /** Waits until buffered bytes have gone, or the request is over. */
  async #room(): Promise<void> {
    if (this.#settled) throw this.#over()
    this.#deadline.set('progressTimeoutMs', this.#options.progressTimeoutMs)
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = undefined
    if (this.#settled) throw this.#over()
    this.#deadline.clear()
  }

  #over(): TransportFailure {
    if (this.#failure !== undefined) return this.#failure
    const message = `${this.#where}: answered before all bytes were sent`
    return new TransportFailure(message, { reason: 'reset', reach: this.#reach })
  }

  #progress(): void {
    if (this.#settled) return
    if (this.#request.writableEnded) this.#deadline.set('progressTimeoutMs', this.#options.progressTimeoutMs)
    this.#wake?.()
  }

  #succeed(reply: WireReply): void {
    if (!this.#settle()) return
    this.#reply = reply
    this.#giveAnswer(reply)
    this.#wake?.()
  }

  #fail(failure: TransportFailure): void {
    if (!this.#settle()) return
    this.#failure = failure
    this.#refuseAnswer(failure)
    this.#wake?.()
    this.#request.destroy()
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.#deadline.clear()
    this.#connections.untrack(this)
    return true
  }
}
