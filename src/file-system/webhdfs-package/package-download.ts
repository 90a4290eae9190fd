// The bytes of a file through the package's createReadStream, which follows the redirect itself. It hands errors over as data, and
// takes a broken connection for the end of the file: both are seen here.
import type { IncomingMessage } from 'node:http'
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import { Deadline } from '../webhdfs-protocol/deadline.js'
import { type Bytes, errorOfReadAnswer, type ReadParameters } from '../webhdfs-protocol/read.js'
import { errorOfFailure, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { WireReply } from '../webhdfs-protocol/wire.js'
import type { WebHdfsPackageClient } from './client.js'
import type { ResolvedPackageOptions } from './options.js'
import { checkComplete, packageFailureOf, ReachOf } from './package-failure.js'
import { definedOf, type PackageWire } from './package-wire.js'
import type { UnderWay } from './under-way.js'

/** Resolves when an answer of success begins. */
export async function packageRead(
  client: WebHdfsPackageClient,
  options: ResolvedPackageOptions,
  { wire, underWay }: { readonly wire: PackageWire; readonly underWay: UnderWay },
  parameters: ReadParameters,
  attempt: Attempt,
): Promise<Bytes> {
  for (let tried = 1; ; tried += 1) {
    try {
      underWay.checkOpen()
      const request = client.createReadStream(wire.packagePath(attempt.path), definedOf({ ...parameters }))
      const secret = Object.keys(client._requestParams?.headers ?? {})
      request.on('redirect', () => {
        if (request.uri !== undefined && new URL(request.uri.href).origin === wire.baseUrl) return
        // They may hold secrets, which are no datanode's business; so may the URL that the package would give as its referer.
        for (const name of [...secret, 'referer']) request.removeHeader?.(name)
      })
      const download = new Download(request, options, underWay)
      const message = await download.answer
      // A namenode has no content: its 200 is some proxy's page. HttpFS may answer by itself.
      const hasContent = message.statusCode === 200 && (options.httpFs || download.redirected)
      if (hasContent) return download.chunks(message)
      throw errorOfReadAnswer(await download.whole(message), attempt)
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error
      const repeat = error.reason === 'reset' && tried < options.readAttemptsMax
      if (!repeat) throw errorOfFailure(error, attempt, 'not-applied')
    }
  }
}

class Download {
  readonly answer: Promise<IncomingMessage>
  readonly #request: ReturnType<WebHdfsPackageClient['createReadStream']>
  readonly #options: ResolvedPackageOptions
  readonly #reach: ReachOf
  readonly #deadline: Deadline
  readonly #untrack: () => void
  #failure: TransportFailure | undefined
  #message: IncomingMessage | undefined
  #redirected = false

  constructor(
    request: ReturnType<WebHdfsPackageClient['createReadStream']>,
    options: ResolvedPackageOptions,
    underWay: UnderWay,
  ) {
    this.#request = request
    this.#options = options
    this.#reach = new ReachOf(request)
    // Else the first bytes would be gone before anybody reads.
    request.pause()
    request.on('redirect', () => {
      this.#redirected = true
    })
    this.answer = new Promise((resolve, reject) => {
      request.once('response', (message: IncomingMessage) => {
        this.#message = message
        // What the package makes of an answer that is an error is not listened to.
        resolve(message)
      })
      request.on('error', (error: Error) => {
        reject(this.#failure ?? packageFailureOf(error, 'GET', this.#reach.reach))
      })
      request.once('abort', () => {
        if (this.#failure !== undefined) reject(this.#failure)
      })
    })
    this.answer.catch(() => undefined)
    this.#deadline = new Deadline((limitName, limitMs) => {
      const message = `GET: no byte within ${limitMs} ms (${limitName})`
      this.#fail(new TransportFailure(message, { reason: 'timeout', reach: this.#reach.reach }))
    })
    this.#untrack = underWay.track(({ message, reason }) => {
      this.#fail(new TransportFailure(message, { reason, reach: this.#reach.reach }))
    })
    this.#deadline.set('progressTimeoutMs', options.progressTimeoutMs)
  }

  /** Whether the answer is another server's than the one asked first. */
  get redirected(): boolean {
    return this.#redirected
  }

  async *chunks(message: IncomingMessage): Bytes {
    const { headers } = message
    try {
      // Where only the end of the connection tells the end of the file, a broken one would look like a short file.
      if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
        const complaint = 'the answer has neither a length nor chunks, so its end would prove nothing'
        throw new TransportFailure(complaint, { reason: 'garbage', reach: 'body' })
      }
      for await (const chunk of message) {
        this.#deadline.pause()
        yield chunk as Uint8Array
        this.#deadline.resume()
      }
      if (this.#failure === undefined) checkComplete(message, 'GET', this.#reach.reach)
      else throw this.#failure
    } catch (error) {
      throw this.#failure ?? packageFailureOf(error as Error, 'GET', this.#reach.reach)
    } finally {
      this.#end()
    }
  }

  /** The whole of an answer that is no success. */
  async whole(message: IncomingMessage): Promise<WireReply> {
    const chunks: Uint8Array[] = []
    let bytes = 0
    try {
      for await (const chunk of message) {
        bytes += (chunk as Buffer).byteLength
        if (bytes > this.#options.replyBytesMax) {
          const complaint = `the answer is longer than ${this.#options.replyBytesMax} bytes (replyBytesMax)`
          throw new TransportFailure(complaint, { reason: 'too-large', reach: 'body' })
        }
        chunks.push(chunk as Buffer)
      }
      return { status: message.statusCode ?? 0, location: undefined, body: Buffer.concat(chunks) }
    } catch (error) {
      throw this.#failure ?? packageFailureOf(error as Error, 'GET', this.#reach.reach)
    } finally {
      this.#end()
    }
  }

  #fail(failure: TransportFailure): void {
    this.#failure ??= failure
    this.#end()
    this.#message?.destroy(failure)
  }

  #end(): void {
    this.#deadline.clear()
    this.#untrack()
    // After a whole answer the connection is back in a pool, and may serve somebody else.
    if (this.#message?.complete === true && this.#message.readableEnded) return
    this.#request.abort()
    this.#reach.socket?.destroy()
  }
}
