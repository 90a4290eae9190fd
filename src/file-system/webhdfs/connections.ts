// All connections of one file system: the kept-alive ones to namenodes, the slots for those to datanodes, and the list of
// what is under way, so that close() leaves nothing behind.
import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { ResolvedOptions } from './options.js'

/** A host and port, as reached by HTTP or HTTPS. */
export interface Server {
  readonly secure: boolean
  readonly host: string
  readonly port: number
}

/** A datanode, or the HttpFS server itself. */
export interface Place {
  readonly server: Server
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

/** For messages. */
export function shownServer({ host, port }: Server): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Something under way that `close()` has to end. */
export interface Endable {
  endWith(reason: TransportFailure): void
}

interface Waiter extends Endable {
  admit(): void
}

interface Slots {
  held: number
  readonly waiters: Set<Waiter>
}

/** See the head of the file. */
export class Connections {
  readonly #options: ResolvedOptions
  readonly #agent: http.Agent
  /** Sockets to namenodes that are connected, their TLS handshake included. */
  readonly ready: WeakSet<Socket> = new WeakSet()
  readonly #underWay = new Set<Endable>()
  readonly #slots = new Map<string, Slots>()
  #requests = 0
  #closed = false

  constructor(options: ResolvedOptions) {
    this.#options = options
    const settings = {
      keepAlive: true,
      maxSockets: options.connectionsMax,
      maxFreeSockets: options.connectionsMax,
      // While a connection is free; requests have time limits of their own.
      timeout: options.connectionIdleMs,
      scheduling: 'lifo' as const,
    }
    this.#agent = options.secure ? new https.Agent({ ...settings, ...options.location.tls }) : new http.Agent(settings)
  }

  get agent(): http.Agent {
    return this.#agent
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Rejects after `close()`. */
  checkOpen(): void {
    if (this.#closed) throw closedFailure()
  }

  /** Registers what `close()` has to end; {@link untrack} when it is over. Throws after `close()`. */
  track(endable: Endable): void {
    this.checkOpen()
    this.#underWay.add(endable)
  }

  untrack(endable: Endable): void {
    this.#underWay.delete(endable)
  }

  /** Counts a request to a namenode in, or refuses it because too many wait. {@link dismissRequest} when it is over. */
  admitRequest(): void {
    this.checkOpen()
    const { connectionsMax, queuedRequestsMax, location } = this.#options
    if (this.#requests >= connectionsMax * location.namenodes.length + queuedRequestsMax) {
      const message = `${queuedRequestsMax} requests wait for a connection already (queuedRequestsMax)`
      throw new TransportFailure(message, { reason: 'queue', reach: 'nothing' })
    }
    this.#requests += 1
  }

  dismissRequest(): void {
    this.#requests -= 1
  }

  /** Waits for a slot at a datanode. Call what it returns, once, when its connection is closed. */
  async takeSlot(server: Server): Promise<() => void> {
    this.checkOpen()
    const key = shownServer(server)
    const slots = this.#slots.get(key) ?? { held: 0, waiters: new Set<Waiter>() }
    this.#slots.set(key, slots)
    if (slots.held < this.#options.datanodeSocketsMax) slots.held += 1
    else await this.#waitForSlot(slots, key)
    return () => {
      const [next] = slots.waiters
      if (next !== undefined) return next.admit()
      slots.held -= 1
      if (slots.held === 0) this.#slots.delete(key)
    }
  }

  #waitForSlot(slots: Slots, key: string): Promise<void> {
    const { datanodeSocketsMax, datanodeSocketWaitMs } = this.#options
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        this.untrack(waiter)
        slots.waiters.delete(waiter)
      }
      const waiter: Waiter = {
        admit: () => {
          leave()
          resolve()
        },
        endWith: (reason) => {
          leave()
          reject(reason)
        },
      }
      this.track(waiter)
      const timer = setTimeout(() => {
        const message = `all ${datanodeSocketsMax} connections to ${key} were in use for ${datanodeSocketWaitMs} ms (datanodeSocketsMax, datanodeSocketWaitMs)`
        waiter.endWith(new TransportFailure(message, { reason: 'queue', reach: 'nothing' }))
      }, datanodeSocketWaitMs)
      slots.waiters.add(waiter)
    })
  }

  /** A pause that `close()` ends. */
  pause(durationMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const pause: Endable = {
        endWith: (reason) => {
          clearTimeout(timer)
          reject(reason)
        },
      }
      this.track(pause)
      const timer = setTimeout(() => {
        this.untrack(pause)
        resolve()
      }, durationMs)
    })
  }

  /** Ends everything that is under way, and all connections. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const endable of [...this.#underWay]) endable.endWith(closedFailure())
    this.#underWay.clear()
    this.#agent.destroy()
  }
}

function closedFailure(): TransportFailure {
  return new TransportFailure('the file system was closed', { reason: 'closed', reach: 'nothing' })
}
