// The server, reached through a client of the package webhdfs.
import { Refused, unintelligible } from '../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import { verdictOn } from '../webhdfs-protocol/exceptions.js'
import { absolutePath, encodePath } from '../webhdfs-protocol/hdfs-path.js'
import { remoteExceptionOf } from '../webhdfs-protocol/replies.js'
import { errorOfFailure, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { Wire, WireReply, WireRequest } from '../webhdfs-protocol/wire.js'
import type { WebHdfsPackageClient } from './client.js'
import type { ResolvedPackageOptions } from './options.js'
import type { UnderWay } from './under-way.js'
import { wholeReply } from './whole-reply.js'

/** See the head of the file. The client knows one server: there is no failover. */
export class PackageWire implements Wire {
  readonly root: string
  readonly httpFs: boolean
  readonly truncatePollMs: number
  readonly #client: WebHdfsPackageClient
  readonly #options: ResolvedPackageOptions
  readonly #underWay: UnderWay

  constructor(client: WebHdfsPackageClient, options: ResolvedPackageOptions, underWay: UnderWay) {
    this.root = options.root
    this.httpFs = options.httpFs
    this.truncatePollMs = options.truncatePollMs
    this.#client = client
    this.#options = options
    this.#underWay = underWay
  }

  get baseUrl(): string {
    return new URL(this.#client._getOperationEndpoint('GETHOMEDIRECTORY', '/')).origin
  }

  /** The path as the package wants it: it encodes none. */
  packagePath(path: string): string {
    return encodePath(absolutePath(this.root, path))
  }

  async ask(request: WireRequest, attempt: Attempt): Promise<WireReply> {
    const { method, op, path, parameters = {}, effect } = request
    const outcome = effect === 'mutates' ? 'unknown' : 'not-applied'
    const url = this.#client._getOperationEndpoint(op, this.packagePath(path), definedOf(parameters))
    for (let asked = 1; ; asked += 1) {
      let reply: WireReply
      try {
        reply = await wholeReply(this.#client, this.#options, this.#underWay, { method, url })
      } catch (error) {
        if (!(error instanceof TransportFailure)) throw error
        const repeat = error.reason === 'reset' && effect !== 'mutates' && asked < this.#options.readAttemptsMax
        if (repeat) continue
        throw errorOfFailure(error, attempt, outcome)
      }
      const { status } = reply
      if (status >= 200 && status < 300) return reply
      if (effect === 'redirects' && status >= 300 && status < 400) return reply
      const exception = status >= 400 ? remoteExceptionOf(reply) : undefined
      if (exception !== undefined) throw new Refused(exception, verdictOn(exception))
      throw unintelligible(reply, attempt, outcome)
    }
  }

  async pause(durationMs: number, attempt: Attempt): Promise<void> {
    try {
      await this.#underWay.pause(durationMs)
    } catch (error) {
      throw error instanceof TransportFailure ? errorOfFailure(error, attempt, 'not-applied') : error
    }
  }
}

/** The package would send `undefined` as an empty value. */
export function definedOf(parameters: Readonly<Record<string, string | number | undefined>>): object {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
}
