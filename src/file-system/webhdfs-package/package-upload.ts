// The request that carries an upload's bytes, sent by the package. Its createWriteStream is no Writable, takes errors for success and
// hangs; what it is made of can be used.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { Deadline } from '../webhdfs-protocol/deadline.js'
import { holdBackWriteErrors } from '../webhdfs-protocol/reply-first.js'
import { TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { ContentRequest } from '../webhdfs-protocol/upload.js'
import type { WireReply } from '../webhdfs-protocol/wire.js'
import type { PackageRequest, WebHdfsPackageClient } from './client.js'
import type { ResolvedPackageOptions } from './options.js'
import { packageFailureOf, ReachOf } from './package-failure.js'
import type { UnderWay } from './under-way.js'
import { PLAIN_ANSWER, replyOf } from './whole-reply.js'

/** After the connection refuses more bytes: how long to read on for the reason. */
const LATE_REPLY_WAIT_MS = 1_000

/** Where an upload goes, and how it begins. */
export interface PackageUploadTarget {
  readonly method: 'PUT' | 'POST'
  readonly url: URL
  /** The user's own, where the place is the server that the client was made for. */
  readonly headers: Readonly<Record<string, string>>
  readonly contentBytes?: number
}

/** See the head of the file. */
export class PackageUpload implements ContentRequest {
  readonly #options: ResolvedPackageOptions
  readonly #where: string
  readonly #request: PackageRequest
  readonly #source: PassThrough
  readonly #reach: ReachOf
  readonly #deadline: Deadline
  readonly #untrack: () => void
  readonly #answer: Promise<WireReply>
  #giveAnswer: (reply: WireReply) => void = () => undefined
  #refuseAnswer: (failure: TransportFailure) => void = () => undefined
  #reply: WireReply | undefined
  #failure: TransportFailure | undefined
  #settled = false
  #wake: (() => void) | undefined

  /** Resolves when the connection stands. Rejects with a {@link TransportFailure}. */
  static async open(
    client: WebHdfsPackageClient,
    options: ResolvedPackageOptions,
    underWay: UnderWay,
    target: PackageUploadTarget,
  ): Promise<PackageUpload> {
    const upload = new PackageUpload(client, options, underWay, target)
    await upload.#connected()
    return upload
  }

  private constructor(
    client: WebHdfsPackageClient,
    options: ResolvedPackageOptions,
    underWay: UnderWay,
    { method, url, headers, contentBytes }: PackageUploadTarget,
  ) {
    underWay.checkOpen()
    this.#options = options
    this.#where = `${method} at ${url.host}`
    this.#source = new PassThrough({ highWaterMark: options.uploadBufferBytes })
    const length = contentBytes === undefined ? {} : { 'content-length': contentBytes }
    const settings = {
      ...PLAIN_ANSWER,
      headers: { ...headers, 'content-type': 'application/octet-stream', ...length },
    }
    this.#answer = new Promise((resolve, reject) => {
      this.#giveAnswer = resolve
      this.#refuseAnswer = reject
    })
    this.#answer.catch(() => undefined)
    this.#request = client._sendRequest(method, url.href, settings, () => undefined)
    this.#reach = new ReachOf(this.#request, () => this.#wake?.())
    this.#deadline = new Deadline((limitName, limitMs) => {
      const message = `${this.#where}: no progress within ${limitMs} ms (${limitName})`
      this.#fail(new TransportFailure(message, { reason: 'timeout', reach: this.#reach.reach }))
    })
    this.#untrack = underWay.track(({ message, reason }) => {
      this.#fail(new TransportFailure(message, { reason, reach: this.#reach.reach }))
    })
    this.#listen()
    // In this turn, or the package ends the request by itself; and it would connect with the first byte only.
    this.#source.pipe(this.#request)
    this.#request.start?.()
  }

  #listen(): void {
    this.#source.on('drain', () => this.#wake?.())
    this.#request.once('socket', (socket: Socket) => holdBackWriteErrors(socket, LATE_REPLY_WAIT_MS))
    this.#request.on('complete', (message: IncomingMessage, body: Uint8Array) => {
      try {
        this.#succeed(replyOf(message, body, this.#where, this.#reach.reach))
      } catch (error) {
        this.#fail(error as TransportFailure)
      }
    })
    this.#request.on('error', (error: Error) => this.#fail(packageFailureOf(error, this.#where, this.#reach.reach)))
  }

  get reply(): WireReply | undefined {
    return this.#reply
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const { uploadBufferBytes } = this.#options
    for (let from = 0; from < chunk.byteLength; from += uploadBufferBytes) {
      if (this.#settled) throw this.#over()
      this.#reach.body()
      const end = Math.min(from + uploadBufferBytes, chunk.byteLength)
      if (this.#source.write(chunk.subarray(from, end))) continue
      return end === chunk.byteLength ? this.#room() : this.#writeRest(chunk.subarray(end))
    }
    if (this.#settled) throw this.#over()
    return undefined
  }

  async end(): Promise<WireReply> {
    if (!this.#settled) {
      this.#reach.body()
      this.#source.end()
      this.#deadline.set('progressTimeoutMs', this.#options.progressTimeoutMs)
    }
    return this.#answer
  }

  async destroy(): Promise<void> {
    this.#fail(new TransportFailure(`${this.#where}: given up`, { reason: 'closed', reach: this.#reach.reach }))
    // After a whole answer the connection is back in a pool, and may serve somebody else.
    if (this.#reply !== undefined && this.#source.readableEnded) return
    this.#request.abort()
    this.#source.destroy()
    const { socket } = this.#reach
    if (socket === undefined || socket.closed) return
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve())
      socket.destroy()
    })
  }

  async #connected(): Promise<void> {
    this.#deadline.set('connectTimeoutMs', this.#options.connectTimeoutMs)
    if (this.#reach.reach === 'nothing' && !this.#settled) await this.#woken()
    this.#deadline.clear()
    if (this.#failure !== undefined) throw this.#failure
  }

  async #writeRest(rest: Uint8Array): Promise<void> {
    await this.#room()
    await this.write(rest)
  }

  async #room(): Promise<void> {
    this.#deadline.set('progressTimeoutMs', this.#options.progressTimeoutMs)
    await this.#woken()
    if (this.#settled) throw this.#over()
    this.#deadline.clear()
  }

  async #woken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = undefined
  }

  #over(): TransportFailure {
    if (this.#failure !== undefined) return this.#failure
    const message = `${this.#where}: answered before all bytes were sent`
    return new TransportFailure(message, { reason: 'reset', reach: this.#reach.reach })
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
    this.#request.abort()
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.#deadline.clear()
    this.#untrack()
    return true
  }
}
