// The request that fetches a file's bytes from a datanode: connects, and gives out what comes, chunk by chunk.
import http, { type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Deadline } from '../webhdfs-protocol/deadline.js'
import { failureOf, type Reach, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { WireReply } from '../webhdfs-protocol/wire.js'
import { type Connections, type Endable, type Place, shownServer } from './connections.js'
import { connectToDatanode } from './datanode-socket.js'
import { collect } from './exchange.js'
import type { ResolvedOptions } from './options.js'

/** An answer whose body has yet to be read, or the whole of one that is no success. */
export type DownloadAnswer =
  | { readonly kind: 'content'; readonly chunks: AsyncGenerator<Uint8Array, void, undefined> }
  | { readonly kind: 'other'; readonly reply: WireReply }

/**
 * Sends the request and resolves when the answer begins. Rejects, and so do the chunks, with a {@link TransportFailure}. The
 * chunks must be read to their end or returned, else a connection stays open until `close()`.
 */
export async function download(
  connections: Connections,
  options: ResolvedOptions,
  { server, target, headers }: Place,
): Promise<DownloadAnswer> {
  const release = await connections.takeSlot(server)
  const where = `GET at ${shownServer(server)}`
  let reach: Reach = 'nothing'
  let failure: TransportFailure | undefined
  let request: http.ClientRequest
  try {
    request = http.request({
      method: 'GET',
      path: target,
      // Without it HttpFS ends an answer by ending the connection. Datanodes close in any case, and so do we.
      headers: { Host: shownServer(server), ...headers, Connection: 'keep-alive' },
      createConnection: () => connectToDatanode(options, server),
    })
  } catch (error) {
    release()
    throw error
  }
  const fail = (reason: TransportFailure): void => {
    failure ??= reason
    deadline.clear()
    request.destroy(failure)
  }
  const endable: Endable = {
    endWith: ({ message, reason }) => fail(new TransportFailure(message, { reason, reach })),
  }
  connections.track(endable)
  const deadline = new Deadline((limitName, limitMs) => {
    fail(new TransportFailure(`${where}: no byte within ${limitMs} ms (${limitName})`, { reason: 'timeout', reach }))
  })
  deadline.set('connectTimeoutMs', options.connectTimeoutMs)
  let connection: Socket | undefined
  request.once('close', () => {
    deadline.clear()
    connections.untrack(endable)
    // Kept alive and in no pool: nobody else would close it.
    connection?.destroy()
    release()
  })
  request.once('socket', (socket) => {
    connection = socket
    socket.once(server.secure ? 'secureConnect' : 'connect', () => {
      reach = 'headers'
      deadline.set('progressTimeoutMs', options.progressTimeoutMs)
    })
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', (error) => reject(failure ?? failureOf(error, where, reach)))
  })
  request.end()
  const message = await answered
  const asFailure = (error: unknown): TransportFailure => failure ?? failureOf(error as Error, where, reach)
  if (message.statusCode === 200) return { kind: 'content', chunks: chunksOf(message, request, deadline, asFailure) }
  try {
    const reply = await new Promise<WireReply>((resolve, reject) => {
      collect(message, options.replyBytesMax, resolve, reject)
    })
    return { kind: 'other', reply }
  } catch (error) {
    throw asFailure(error)
  } finally {
    request.destroy()
  }
}

async function* chunksOf(
  message: IncomingMessage,
  request: http.ClientRequest,
  deadline: Deadline,
  asFailure: (error: unknown) => TransportFailure,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { headers } = message
  try {
    // Where only the end of the connection tells the end of the file, a broken one would look like a short file.
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
      throw new TransportFailure('the answer has neither a length nor chunks, so its end would prove nothing', {
        reason: 'garbage',
        reach: 'body',
      })
    }
    for await (const chunk of message) {
      // Whoever reads may take their time: the limit is the server's.
      deadline.pause()
      yield chunk as Uint8Array
      deadline.resume()
    }
    if (!message.complete) throw new Error('the connection ended in the middle of the answer')
  } catch (error) {
    throw asFailure(error)
  } finally {
    request.destroy()
  }
}
