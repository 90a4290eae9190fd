// Connections to datanodes: a limited number are made at once, and all end with the file system.
import { connect, type Socket } from 'node:net'
import pLimit from 'p-limit'
import { failureOf, TransportFailure } from '../../webhdfs-protocol/transport-failure.js'
import type { DatanodeId } from '../messages/block-messages.js'
import type { ResolvedOptions, RpcAddress } from '../options.js'

/** See the head of the file. */
export class DatanodeConnections {
  readonly #options: ResolvedOptions
  readonly #sockets = new Set<Socket>()
  readonly #limit: ReturnType<typeof pLimit>
  #closed: TransportFailure | undefined

  constructor(options: ResolvedOptions) {
    this.#options = options
    this.#limit = pLimit(options.datanodeConnectsMax)
  }

  /** By the address that it registered with, or by its name where that is configured. */
  addressOf({ ipAddr, hostName }: DatanodeId, port: number): RpcAddress {
    return { host: this.#options.usesDatanodeHostname ? hostName : ipAddr, port }
  }

  /** Connects to its data port. Rejects with a {@link TransportFailure} of reach `nothing`. */
  connect(datanode: DatanodeId): Promise<Socket> {
    return this.#limit(() => this.#connect(this.addressOf(datanode, datanode.xferPort)))
  }

  /** Breaks all of them off. */
  close(failure: TransportFailure): void {
    this.#closed = failure
    for (const socket of this.#sockets) socket.destroy(failure)
  }

  #connect({ host, port }: RpcAddress): Promise<Socket> {
    const { connectTimeoutMs } = this.#options
    const where = `datanode ${host}:${port}`
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) {
        reject(this.#closed)
        return
      }
      const socket = connect({ host, port, noDelay: true })
      this.#sockets.add(socket)
      const timer = setTimeout(() => {
        const message = `${where}: no connection after ${connectTimeoutMs} ms (connectTimeoutMs)`
        socket.destroy(new TransportFailure(message, { reason: 'connect', reach: 'nothing' }))
      }, connectTimeoutMs)
      const fail = (error: Error): void => {
        clearTimeout(timer)
        reject(failureOf(error, where, 'nothing'))
      }
      socket.once('error', fail)
      socket.once('close', () => this.#sockets.delete(socket))
      socket.once('connect', () => {
        clearTimeout(timer)
        socket.off('error', fail)
        // Whoever gets it listens for its errors; this is for the moment in between.
        socket.on('error', () => {})
        resolve(socket)
      })
    })
  }
}

/** `host:port`, for messages. */
export function shownDatanode({ hostName, ipAddr, xferPort }: DatanodeId): string {
  return `datanode ${hostName === '' ? ipAddr : hostName}:${xferPort}`
}
