// Servers for the fault proxy's own tests: they answer like a namenode and a datanode as far as HTTP goes, and tell by
// promise what reached them.
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** One request as the server saw it, from its head on. */
export interface Received {
  readonly method: string
  readonly url: string
  /** Bytes of the body that have arrived so far. */
  readonly body: () => Buffer
  /** Resolves when the body is there: whole, or what the client sent of it before it left. */
  readonly bodyEnd: Promise<'whole' | 'aborted'>
  /** Resolves when `bytes` of the body have arrived. */
  readonly bodyReaches: (bytes: number) => Promise<void>
  /** The connection's end as seen from the server. */
  readonly connectionEnd: Promise<void>
}

export interface RecordingServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly url: string
  /** All requests so far, in order. */
  readonly received: readonly Received[]
  /** The nth request from 1, as soon as its head has arrived. */
  nth(n: number): Promise<Received>
  openConnections(): number
  dropConnections(): void
}

export type Answer = (request: IncomingMessage, response: ServerResponse, received: Received) => void

/** Starts a server that answers each request once its body is whole. */
export async function startRecordingServer(answer: Answer): Promise<RecordingServer> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const sockets = new Set<Socket>()
  const server = createServer((incoming, response) => {
    const one = receive(incoming)
    received.push(one)
    for (const wake of waiting) wake()
    void one.bodyEnd.then((end) => {
      if (end === 'whole') answer(incoming, response, one)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    host: '127.0.0.1',
    port,
    url: `http://127.0.0.1:${port}`,
    received,
    nth: async (n) => {
      while (received.length < n) await new Promise<void>((resolve) => waiting.add(resolve))
      return received[n - 1]!
    },
    openConnections: () => sockets.size,
    dropConnections: () => {
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function receive(incoming: IncomingMessage): Received {
  const chunks: Buffer[] = []
  const waiting = new Set<() => void>()
  const body = (): Buffer => Buffer.concat(chunks)
  const { socket } = incoming
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    for (const wake of waiting) wake()
  })
  incoming.on('error', () => {
    // The client left: 'close' says so to bodyEnd.
  })
  const bodyEnd = new Promise<'whole' | 'aborted'>((resolve) => {
    incoming.on('end', () => resolve('whole'))
    incoming.on('close', () => resolve('aborted'))
  })
  const connectionEnd = new Promise<void>((resolve) => {
    socket.on('close', () => resolve())
  })
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    body,
    bodyEnd,
    bodyReaches: async (bytes) => {
      while (body().length < bytes) await new Promise<void>((resolve) => waiting.add(resolve))
    },
    connectionEnd,
  }
}

/** What became of a client's request. */
export type Outcome =
  | { readonly status: number; readonly location: string | undefined; readonly body: string }
  | { readonly error: string }

/** Sends one request on a connection of its own and tells what came of it. Never rejects. */
export function send(method: string, url: string, body: Buffer | string = ''): Promise<Outcome> {
  return open(method, url, body).outcome
}

/** As `send`, with the means to leave before the answer. */
export function open(
  method: string,
  url: string,
  body: Buffer | string = '',
): { readonly outcome: Promise<Outcome>; leave(): void } {
  const outgoing = request(url, { method, agent: false, headers: { 'Content-Length': Buffer.byteLength(body) } })
  const outcome = new Promise<Outcome>((resolve) => {
    outgoing.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }))
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          body: Buffer.concat(chunks).toString(),
        }),
      )
      response.on('error', (error: NodeJS.ErrnoException) =>
        resolve({ error: `${error.code} after ${Buffer.concat(chunks).length} bytes` }),
      )
    })
  })
  outgoing.end(body)
  return { outcome, leave: () => outgoing.destroy() }
}
