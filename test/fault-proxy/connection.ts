// What the two kinds of connection, HTTP and plain bytes, have in common: two sockets, an orderly end, no leak.
import { connect, type Socket } from 'node:net'
import type { ArmedFaults } from './armed-faults.js'
import type { RouteUrl } from './redirect.js'
import { SocketReader } from './socket-reader.js'

/** Where a connection leads, and what it needs of the proxy. */
export interface ConnectionContext {
  readonly id: number
  readonly host: string
  readonly port: number
  /** `host:port` of the server, as matchers name it. */
  readonly server: string
  readonly faults: ArmedFaults
  readonly route: RouteUrl
}

/** A server connection with its reader. */
export interface Upstream {
  readonly socket: Socket
  readonly reader: SocketReader
}

export abstract class Connection {
  /** Resolves when nothing of the connection is left. Rejects if the proxy itself went wrong. */
  readonly done: Promise<void>
  protected readonly client: Socket
  protected readonly fromClient: SocketReader
  protected readonly context: ConnectionContext
  /** Resolves on close: what waits for anything else waits for this too. */
  readonly #closing: Promise<void>
  readonly #close: () => void
  #closed = false
  #upstream: Upstream | null = null
  readonly #upstreamSockets: Socket[] = []

  constructor(client: Socket, context: ConnectionContext) {
    this.client = client
    this.fromClient = new SocketReader(client)
    this.context = context
    let close: () => void = () => {}
    this.#closing = new Promise((resolve) => {
      close = resolve
    })
    this.#close = close
    client.setNoDelay(true)
    // Not before the fields of the subclass are there.
    this.done = Promise.resolve().then(() => this.#runToTheEnd())
  }

  /** Drops both sockets, and ends whatever waits. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#close()
    this.client.destroy()
    for (const socket of this.#upstreamSockets) socket.destroy()
  }

  protected get closed(): boolean {
    return this.#closed
  }

  /** Serves the connection until there is nothing more to serve. */
  protected abstract run(): Promise<void>

  /** Waits for `awaited` or for the end of the connection, whatever is first. `false`: it has ended. */
  protected async unlessClosed(awaited: Promise<unknown>): Promise<boolean> {
    await Promise.race([awaited, this.#closing])
    return !this.#closed
  }

  /** As a delay on the way: `false` when the connection ended meanwhile. */
  protected async pause(delayMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const waited = new Promise((resolve) => {
      timer = setTimeout(resolve, delayMs)
    })
    const open = await this.unlessClosed(waited)
    clearTimeout(timer)
    return open
  }

  protected get upstream(): Upstream | null {
    return this.#upstream
  }

  /** The connection to the server, made when first needed; null if it cannot be made. */
  protected async connect(): Promise<Upstream | null> {
    if (this.#upstream !== null) return this.#upstream
    if (this.#closed) return null
    const { host, port } = this.context
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
    this.#upstreamSockets.push(socket)
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('close', () => resolve(false))
    })
    if (!connected) return null
    this.#upstream = { socket, reader: new SocketReader(socket) }
    return this.#upstream
  }

  /** Forgets the connection to the server, which has ended it: the next `connect` makes a new one. */
  protected dropUpstream(): void {
    this.#upstream?.socket.destroy()
    this.#upstream = null
  }

  async #runToTheEnd(): Promise<void> {
    try {
      await this.run()
    } finally {
      this.close()
    }
  }
}
