// A request without content, sent by the package, and its whole answer: status, class and body, none of which the package's own
// methods give.
import type { IncomingMessage } from 'node:http'
import { Deadline } from '../webhdfs-protocol/deadline.js'
import { type Reach, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { WireReply } from '../webhdfs-protocol/wire.js'
import type { WebHdfsPackageClient } from './client.js'
import type { ResolvedPackageOptions } from './options.js'
import { checkComplete, packageFailureOf, ReachOf } from './package-failure.js'
import type { UnderWay } from './under-way.js'

/** The settings that make the package leave an answer as it is. */
export const PLAIN_ANSWER = { json: false, encoding: null, followRedirect: false } as const

/** Sends it once. Rejects with a {@link TransportFailure}. */
export function wholeReply(
  client: WebHdfsPackageClient,
  options: ResolvedPackageOptions,
  underWay: UnderWay,
  { method, url }: { readonly method: string; readonly url: string },
): Promise<WireReply> {
  return new Promise((resolve, reject) => {
    underWay.checkOpen()
    const where = `${method} at ${new URL(url).host}`
    const request = client._sendRequest(method, url, PLAIN_ANSWER, () => undefined)
    const reach = new ReachOf(request)
    let settled = false
    let bytes = 0
    const settle = (): boolean => {
      if (settled) return false
      settled = true
      deadline.clear()
      untrack()
      return true
    }
    const fail = (failure: TransportFailure): void => {
      if (!settle()) return
      request.abort()
      reject(failure)
    }
    const untrack = underWay.track(({ message, reason }) => {
      fail(new TransportFailure(message, { reason, reach: reach.reach }))
    })
    const deadline = new Deadline((limitName, limitMs) => {
      const message = `${where}: no answer within ${limitMs} ms (${limitName})`
      fail(new TransportFailure(message, { reason: 'timeout', reach: reach.reach }))
    })
    deadline.set('requestTimeoutMs', options.requestTimeoutMs)
    // It stays, because the package may report more than one failure.
    request.on('error', (error: Error) => fail(packageFailureOf(error, where, reach.reach)))
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes <= options.replyBytesMax) return
      const message = `${where}: the answer is longer than ${options.replyBytesMax} bytes (replyBytesMax)`
      fail(new TransportFailure(message, { reason: 'too-large', reach: reach.reach }))
    })
    request.on('complete', (message: IncomingMessage, body: Uint8Array) => {
      try {
        const reply = replyOf(message, body, where, reach.reach)
        if (settle()) resolve(reply)
      } catch (error) {
        fail(error as TransportFailure)
      }
    })
  })
}

/** What `request` gives with its event `complete`. */
export function replyOf(message: IncomingMessage, body: Uint8Array, where: string, reach: Reach): WireReply {
  checkComplete(message, where, reach)
  const status = message.statusCode ?? 0
  return { status, location: status >= 300 && status < 400 ? message.headers.location : undefined, body }
}
