// The request that carries an upload's bytes, sent by the package. Its createWriteStream is no Writable, takes errors for success and
// hangs; what it is made of can be used.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { Deadline } from '../webhdfs-protocol/deadline.js'
import { PacedRequest } from '../webhdfs-protocol/paced-request.js'
import { holdBackWriteErrors } from '../webhdfs-protocol/reply-first.js'
import { type Reach, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { PackageRequest, WebHdfsPackageClient } from './client.js'
import type { ResolvedPackageOptions } from './options.js'
import { packageFailureOf, ReachOf } from './package-failure.js'
import type { UnderWay } from './under-way.js'
import { PLAIN_ANSWER, replyOf } from './whole-reply.js'

/** Where an upload goes, and how it begins. */
export interface PackageUploadTarget {
  readonly method: 'PUT' | 'POST'
  readonly url: URL
  /** The user's own, where the place is the server that the client was made for. */
  readonly headers: Readonly<Record<string, string>>
  readonly contentBytes?: number
}

/** See the head of the file. */
export class PackageUpload extends PacedRequest {
  readonly #options: ResolvedPackageOptions
  readonly #request: PackageRequest
  readonly #source: PassThrough
  readonly #reach: ReachOf
  protected readonly deadline: Deadline
  readonly #untrack: () => void

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
    super(`${method} at ${url.host}`, options)
    this.#options = options
    this.#source = new PassThrough({ highWaterMark: options.uploadBufferBytes })
    const length = contentBytes === undefined ? {} : { 'content-length': contentBytes }
    const settings = {
      ...PLAIN_ANSWER,
      headers: { ...headers, 'content-type': 'application/octet-stream', ...length },
    }
    this.#request = client._sendRequest(method, url.href, settings, () => undefined)
    this.#reach = new ReachOf(this.#request, () => this.wake())
    this.deadline = new Deadline((limitName, limitMs) => {
      const message = `${this.where}: no progress within ${limitMs} ms (${limitName})`
      this.fail(new TransportFailure(message, { reason: 'timeout', reach: this.reach }))
    })
    this.#untrack = underWay.track(({ message, reason }) => {
      this.fail(new TransportFailure(message, { reason, reach: this.reach }))
    })
    this.#listen()
    // In this turn, or the package ends the request by itself; and it would connect with the first byte only.
    this.#source.pipe(this.#request)
    this.#request.start?.()
  }

  #listen(): void {
    this.#source.on('drain', () => this.wake())
    this.#request.once('socket', (socket: Socket) => holdBackWriteErrors(socket, this.#options.lateReplyWaitMs))
    this.#request.on('complete', (message: IncomingMessage, body: Uint8Array) => {
      try {
        this.succeed(replyOf(message, body, this.where, this.reach))
      } catch (error) {
        this.fail(error as TransportFailure)
      }
    })
    this.#request.on('error', (error: Error) => this.fail(packageFailureOf(error, this.where, this.reach)))
  }

  async destroy(): Promise<void> {
    this.fail(new TransportFailure(`${this.where}: given up`, { reason: 'closed', reach: this.reach }))
    // After a whole answer the connection is back in a pool, and may serve somebody else.
    if (this.reply !== undefined && this.#source.readableEnded) return
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
    this.deadline.set('connectTimeoutMs', this.#options.connectTimeoutMs)
    if (this.reach === 'nothing') await this.woken()
    this.deadline.clear()
    if (this.failure !== undefined) throw this.failure
  }

  protected get reach(): Reach {
    return this.#reach.reach
  }

  protected send(chunk: Uint8Array): boolean {
    this.#reach.body()
    return this.#source.write(chunk)
  }

  protected finish(): void {
    this.#reach.body()
    this.#source.end()
  }

  protected settle(): void {
    this.#untrack()
  }

  protected breakOff(): void {
    this.#request.abort()
  }
}
