// A proxy between a client and any server, in which a test makes things go wrong: see fault.ts for what can.
//
//     await using proxy = startFaultProxy()
//     const namenode = await proxy.routeUrl('http://127.0.0.1:9870')
//     const lost = proxy.arm({ op: 'RENAME' }, { kind: 'cut-after' })
//     …a client of `namenode` renames…
//     const { response } = await lost.triggered
//
// Datanodes need no route: the redirect that names one is rewritten, and its traffic passes through the proxy as well.
// A Kafka client finds its brokers by name: give kafkajs a `socketFactory` that connects to `route(broker)` instead, or
// have the broker advertise that address.
import { createServer, type Server, type Socket } from 'node:net'
import { ArmedFaults } from './armed-faults.js'
import { ByteConnection } from './byte-connection.js'
import type { Connection, ConnectionContext } from './connection.js'
import type { ArmedFault, Fault, Limits, Match } from './fault.js'
import { HttpConnection } from './http-connection.js'

export type { ArmedFault, Fault, Limits, Match } from './fault.js'

/** How the bytes of a route are read: as HTTP, so that faults can be matched to requests, or not at all. */
export type Framing = 'http' | 'bytes'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface FaultProxy extends AsyncDisposable {
  /** Where to connect instead of the server. The same server is given the same address each time. */
  route(server: Address, framing: Framing): Promise<Address>
  /** As `route`, over HTTP, for a base URL: its path and query are kept. */
  routeUrl(url: string): Promise<string>
  /** Lets the next exchanges that match meet a fault. Of several that match, the one armed first is met. */
  arm(match: Match, fault: Fault, limits?: Limits): ArmedFault
  /** Drops every connection, on both sides, and closes. Rejects if the proxy could not make sense of some traffic. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a proxy on loopback; its ports are chosen by the system. */
export function startFaultProxy(): FaultProxy {
  return new Routes()
}

interface Route {
  readonly listener: Server
  readonly address: Address
}

class Routes implements FaultProxy {
  readonly #faults = new ArmedFaults()
  readonly #routes = new Map<string, Promise<Route>>()
  /** Our own addresses: HttpFS builds its redirect from the Host header, so it already leads here. */
  readonly #own = new Set<string>()
  readonly #connections = new Set<Connection>()
  readonly #failures: unknown[] = []
  #connectionCount = 0
  #closed = false

  async route(server: Address, framing: Framing): Promise<Address> {
    return (await this.#route(server, framing)).address
  }

  async routeUrl(url: string): Promise<string> {
    return this.#throughRoute(url)
  }

  arm(match: Match, fault: Fault, limits: Limits = {}): ArmedFault {
    return this.#faults.arm(match, fault, limits)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    const routes = await Promise.all(this.#routes.values())
    const closed = routes.map(({ listener }) => new Promise((resolve) => listener.close(resolve)))
    const connections = [...this.#connections]
    for (const connection of connections) connection.close()
    await Promise.allSettled(connections.map(({ done }) => done))
    this.#faults.disarmAll()
    await Promise.all(closed)
    // Told once: closing again finds nothing to say.
    const failures = this.#failures.splice(0)
    if (failures.length > 0) throw new AggregateError(failures, 'the fault proxy met traffic that it cannot read')
  }

  async #throughRoute(url: string): Promise<string> {
    const through = new URL(url)
    if (through.protocol !== 'http:') throw new TypeError(`not a URL of plain HTTP: ${url}`)
    if (this.#own.has(through.host)) return url
    const server = { host: through.hostname, port: Number(through.port === '' ? 80 : through.port) }
    const { address } = await this.#route(server, 'http')
    // Only the authority is exchanged: the rest stays byte by byte what the server wrote.
    return url.replace(/^http:\/\/[^/?#]*/i, `http://${address.host}:${address.port}`)
  }

  #route(server: Address, framing: Framing): Promise<Route> {
    const name = `${server.host}:${server.port}`
    const known = this.#routes.get(name)
    if (known !== undefined) return known
    const made = this.#listen(server, framing)
    this.#routes.set(name, made)
    return made
  }

  async #listen(server: Address, framing: Framing): Promise<Route> {
    if (this.#closed) throw new Error('the fault proxy is closed')
    const listener = createServer({ allowHalfOpen: true }, (client) => {
      this.#accept(client, framing, {
        id: ++this.#connectionCount,
        ...server,
        server: `${server.host}:${server.port}`,
        faults: this.#faults,
        route: (url) => this.#throughRoute(url),
      })
    })
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(0, '127.0.0.1', resolve)
    })
    const bound = listener.address()
    if (bound === null || typeof bound === 'string') throw new Error('a listener without a port')
    const address = { host: '127.0.0.1', port: bound.port }
    this.#own.add(`${address.host}:${address.port}`)
    return { listener, address }
  }

  #accept(client: Socket, framing: Framing, context: ConnectionContext): void {
    if (this.#closed) {
      client.destroy()
      return
    }
    const connection = framing === 'http' ? new HttpConnection(client, context) : new ByteConnection(client, context)
    this.#connections.add(connection)
    connection.done.then(
      () => this.#connections.delete(connection),
      (error: unknown) => {
        this.#connections.delete(connection)
        this.#failures.push(error)
      },
    )
  }
}
