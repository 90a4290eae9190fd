// A small HTTP server that answers as a test says, well or badly, and remembers what it was asked and who is connected.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'

/** A request as the server saw it. */
export interface Seen {
  readonly method: string
  /** `op` of the query; `''` without one. */
  readonly op: string
  /** Decoded, from the root of HDFS. */
  readonly path: string
  readonly query: URLSearchParams
  /** As sent. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
  /** Number of the connection that it came on. */
  readonly connection: number
}

/** Answers a request. What it leaves unanswered stays so. */
export type Answer = (exchange: {
  seen: Seen
  request: IncomingMessage
  response: ServerResponse
  socket: Socket
}) => unknown

export interface FakeServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly seen: readonly Seen[]
  /** The ops asked for so far. */
  readonly ops: readonly string[]
  /** Connections open now. */
  readonly open: number
  /** Connections accepted so far. */
  readonly accepted: number
  /** Replaces the answer for an op. */
  on(op: string, answer: Answer): void
  /** Resolves when nobody is connected. */
  idle(): Promise<void>
}

const PREFIX = '/webhdfs/v1'

export async function startFakeServer(answers: Readonly<Record<string, Answer>> = {}): Promise<FakeServer> {
  const table = new Map(Object.entries(answers))
  const seen: Seen[] = []
  const sockets = new Map<Socket, number>()
  const idleWaiters: (() => void)[] = []
  let accepted = 0
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake')
    const { socket } = request
    const entry: Seen = {
      method: request.method ?? '',
      op: url.searchParams.get('op') ?? '',
      path: decodeURIComponent(url.pathname.slice(url.pathname.indexOf(PREFIX) + PREFIX.length)),
      query: url.searchParams,
      target: request.url ?? '',
      headers: request.headers,
      connection: sockets.get(socket) ?? 0,
    }
    seen.push(entry)
    const answer = table.get(entry.op)
    // The other side may break off at any time.
    response.on('error', () => undefined)
    request.on('error', () => undefined)
    // Who does not read does not notice that the other side has left.
    response.once('finish', () => request.resume())
    if (answer === undefined)
      return respondException(response, 404, 'UnsupportedOperationException', `no ${entry.op} here`)
    // Reading a request that the other side broke off fails; any other failure is the test's.
    Promise.resolve(answer({ seen: entry, request, response, socket })).catch((error: unknown) => {
      if (!socket.destroyed) throw error
    })
  })
  server.on('connection', (socket) => {
    accepted += 1
    sockets.set(socket, accepted)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      if (sockets.size === 0) for (const wake of idleWaiters.splice(0)) wake()
    })
  })
  server.keepAliveTimeout = 0
  await listen(server)
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    seen,
    get ops() {
      return seen.map(({ op }) => op)
    },
    get open() {
      return sockets.size
    },
    get accepted() {
      return accepted
    },
    on: (op, answer) => void table.set(op, answer),
    idle: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve))),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets.keys()) socket.destroy()
      await closed
    },
  }
}

/** A server below HTTP: does what it likes with each connection. */
export async function startRawServer(
  onConnection: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly open: () => number } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server: TcpServer = createTcpServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  await listen(server)
  return {
    port: (server.address() as AddressInfo).port,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createTcpServer()
  await listen(server)
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function listen(server: Server | TcpServer): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}

export function respondJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(value))
}

/** As the namenode words it, Java's stack trace behind the message where there is one. */
export function respondException(response: ServerResponse, status: number, exception: string, message: string): void {
  const javaClassName = `org.apache.hadoop.${exception}`
  respondJson(response, status, { RemoteException: { exception, javaClassName, message } })
}

/** An answer with an exception. */
export function refuse(status: number, exception: string, message: string): Answer {
  return ({ response }) => respondException(response, status, exception, message)
}

/** An answer with a JSON value. */
export function say(value: unknown, status = 200): Answer {
  return ({ response }) => respondJson(response, status, value)
}

/** `noredirect=true` to a server under the same path. */
export function redirectTo(url: () => string): Answer {
  return ({ seen, response }) =>
    respondJson(response, 200, { Location: `${url()}${seen.target}&namenoderpcaddress=fake` })
}

/** The status of a file. */
export function fileStatus(length: number): { FileStatus: Record<string, unknown> } {
  return {
    FileStatus: { type: 'FILE', length, modificationTime: 1_700_000_000_000, pathSuffix: '', fileId: 16_400 },
  }
}

/** The status of a directory. */
export function directoryStatus(): { FileStatus: Record<string, unknown> } {
  return { FileStatus: { type: 'DIRECTORY', length: 0, modificationTime: 1, pathSuffix: '', fileId: 16_401 } }
}

/** Reads a request's content to its end. */
export async function contentOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
