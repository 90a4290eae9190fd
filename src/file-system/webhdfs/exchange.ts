// One request without content and its whole answer, over a kept-alive connection, within the limits.
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { type Connections, type Server, shownServer } from './connections.js'
import { Deadline } from './deadline.js'
import type { ResolvedOptions } from './options.js'
import { failureOf, type Reach, TransportFailure } from './transport-failure.js'

/** A request to a namenode. */
export interface PlainRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Path and query, encoded. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

/** The whole answer. */
export interface HttpReply {
  readonly status: number
  /** Of the header `Location`. */
  readonly location: string | undefined
  readonly body: Uint8Array
}

const EMPTY = new Uint8Array(0)

/** Sends it once. Rejects with a {@link TransportFailure}. */
export function exchange(
  connections: Connections,
  options: ResolvedOptions,
  server: Server,
  request: PlainRequest,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const where = `${request.method} at ${shownServer(server)}`
    let reach: Reach = 'nothing'
    let settled = false
    const leave = connections.admitRequest()
    const untrack = connections.track((failure) =>
      fail(new TransportFailure(failure.message, { reason: 'closed', reach })),
    )
    const deadline = new Deadline((limitName, limitMs) => {
      const reason = limitName === 'queueWaitMs' ? 'queue' : 'timeout'
      fail(new TransportFailure(`${where}: no answer within ${limitMs} ms (${limitName})`, { reason, reach }))
    })

    const sent = (server.secure ? https : http).request({
      host: server.host,
      port: server.port,
      method: request.method,
      path: request.target,
      headers: request.method === 'GET' ? request.headers : { 'Content-Length': '0', ...request.headers },
      agent: connections.agent,
    })
    deadline.set('queueWaitMs', options.queueWaitMs)
    sent.on('socket', (socket) => {
      const begin = (): void => {
        reach = 'headers'
        if (!settled) deadline.set('firstByteTimeoutMs', options.firstByteTimeoutMs)
      }
      if (!socket.connecting && sent.reusedSocket) return begin()
      deadline.set('connectTimeoutMs', options.connectTimeoutMs)
      socket.once(server.secure ? 'secureConnect' : 'connect', begin)
    })
    sent.on('error', (error) => fail(failureOf(error, where, reach)))
    sent.on('response', (message) => {
      deadline.set('replyTimeoutMs', options.replyTimeoutMs)
      collect(message, options.replyBytesMax).then(succeed, (error: Error) => fail(failureOf(error, where, reach)))
    })
    sent.end()

    function settle(): boolean {
      if (settled) return false
      settled = true
      deadline.clear()
      untrack()
      leave()
      return true
    }
    function succeed(reply: HttpReply): void {
      if (settle()) resolve(reply)
    }
    function fail(failure: TransportFailure): void {
      if (!settle()) return
      sent.destroy()
      reject(failure)
    }
  })
}

/** The whole body of an answer, up to a limit. */
export function collect(message: IncomingMessage, bytesMax: number): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes <= bytesMax) {
        chunks.push(chunk)
        return
      }
      message.destroy()
      reject(
        new TransportFailure(`the answer is longer than ${bytesMax} bytes (replyBytesMax)`, {
          reason: 'too-large',
          reach: 'body',
        }),
      )
    })
    message.on('end', () => {
      const body = chunks.length === 0 ? EMPTY : chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      resolve({ status: message.statusCode ?? 0, location: message.headers.location, body })
    })
    message.on('error', reject)
    // A connection that ends in the middle of an answer: node says `aborted` by an error, but not for every framing.
    message.on('close', () => {
      if (!message.complete) reject(new Error('the connection ended in the middle of the answer'))
    })
  })
}
