// One connection of plain bytes through the proxy, whatever protocol they speak (Kafka's, Hadoop's, TLS). There is no
// request to see here: a fault meets the connection when the next bytes flow, and counts from there.
import type { Socket } from 'node:net'
import type { Upstream } from './connection.js'
import { Connection } from './connection.js'
import { Exchange } from './exchange.js'
import type { Direction } from './fault.js'
import { type SocketReader, writeTo } from './socket-reader.js'

const pieceBytesMax = 64 * 1024

export class ByteConnection extends Connection {
  /** The fault that the connection is under at the moment. */
  #exchange: Exchange | null = null
  /** Those that were only observed, and may be stopped by the test yet. */
  readonly #observed: Exchange[] = []
  /** Bytes that have passed under it, in its direction. */
  #passedBytes = 0
  /** Both sides are cut off: what they still say is read and goes nowhere. */
  #cut = false

  protected override async run(): Promise<void> {
    const upstream = await this.connect()
    if (upstream === null) return
    await Promise.all([
      this.#pump('request', this.fromClient, upstream.socket, upstream),
      this.#pump('response', upstream.reader, this.client, upstream),
    ])
    for (const exchange of [this.#exchange, ...this.#observed]) exchange?.end()
  }

  async #pump(direction: Direction, from: SocketReader, to: Socket, upstream: Upstream): Promise<void> {
    while (await from.peek()) {
      const exchange = this.#meet(direction, upstream)
      await this.#mayGoOn()
      if (this.closed) return
      if (this.#cut) await from.some(pieceBytesMax)
      else if (exchange === null) await this.#pass(from, to, pieceBytesMax)
      else await this.#passUnder(exchange, direction, from, to)
    }
    await this.#mayGoOn()
    to.end()
  }

  /** A half-open connection passes nothing in either direction; one that holds a request goes on in the other. */
  async #mayGoOn(): Promise<void> {
    const stoppable = this.#exchange?.fault?.kind === 'hold' ? [] : [this.#exchange]
    for (const exchange of [...stoppable, ...this.#observed]) {
      if (exchange !== null) await this.unlessClosed(exchange.mayGoOn())
    }
  }

  #meet(direction: Direction, upstream: Upstream): Exchange | null {
    if (this.#exchange !== null) return this.#exchange
    const { faults, server, id } = this.context
    const strike = faults.meet({ request: null, hop: null, server, connectionId: id, direction })
    if (strike === null) return null
    this.#passedBytes = 0
    const exchange: Exchange = new Exchange(null, strike, () => {
      this.#cut = true
      this.client.destroySoon()
      upstream.socket.end()
      exchange.release()
    })
    this.#exchange = exchange
    if (exchange.fault?.kind === 'observe') this.#tellAndForget(exchange)
    return this.#exchange
  }

  /** Passes the next bytes, at most `bytesMax`, and says how many they were. */
  async #pass(from: SocketReader, to: Socket, bytesMax: number): Promise<number> {
    const piece = await from.some(bytesMax)
    if (piece === null) return 0
    await writeTo(to, piece)
    return piece.length
  }

  async #passUnder(exchange: Exchange, direction: Direction, from: SocketReader, to: Socket): Promise<void> {
    const fault = exchange.fault!
    switch (fault.kind) {
      case 'observe':
        break
      case 'delay':
        if (fault.direction === direction) {
          this.#tellAndForget(exchange)
          await this.pause(fault.delayMs)
        }
        break
      case 'hold':
        // Only this direction waits; what the server has to say meanwhile goes on.
        if (direction === 'request') {
          exchange.stop()
          exchange.tell()
          await this.unlessClosed(exchange.mayGoOn())
          this.#exchange = null
        }
        break
      case 'cut-before':
        this.close()
        exchange.tell()
        return
      case 'cut-after':
        if (direction === 'response') {
          this.close()
          exchange.tell()
          return
        }
        break
      case 'swallow-reply':
        if (direction === 'response') {
          await from.some(pieceBytesMax)
          exchange.tell()
          return
        }
        break
      case 'cut-body':
      case 'half-open':
        if (fault.direction === direction) {
          const leftBytes = fault.afterBytes - this.#passedBytes
          if (leftBytes > 0) this.#passedBytes += await this.#pass(from, to, Math.min(leftBytes, pieceBytesMax))
          if (this.#passedBytes >= fault.afterBytes) await this.#strike(exchange)
          return
        }
        break
    }
    await this.#pass(from, to, pieceBytesMax)
  }

  /** Cuts or stops the connection here. What is released afterwards may meet another fault. */
  async #strike(exchange: Exchange): Promise<void> {
    if (exchange.fault?.kind === 'cut-body') {
      exchange.cut()
      exchange.tell()
      return
    }
    exchange.stop()
    exchange.tell()
    await this.unlessClosed(exchange.mayGoOn())
    this.#exchange = null
  }

  #tellAndForget(exchange: Exchange): void {
    exchange.tell()
    this.#observed.push(exchange)
    this.#exchange = null
  }
}
