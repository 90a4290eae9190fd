// What went wrong with a request of the package, and how far it got.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { failureOf, type Reach, TransportFailure } from '../webhdfs-protocol/transport-failure.js'
import type { PackageRequest } from './client.js'

/** Watches how far a request gets. */
export class ReachOf {
  #reach: Reach = 'nothing'
  #socket: Socket | undefined

  /** `connected` is called when it has a connection. */
  constructor(request: PackageRequest, connected?: () => void) {
    request.on('socket', (socket: Socket) => {
      this.#socket = socket
      const begin = (): void => {
        if (this.#reach === 'nothing') this.#reach = 'headers'
        connected?.()
      }
      // Only of a socket that is certainly not connected may it be said that nothing has left.
      if (socket.connecting) socket.once('connect', begin)
      else begin()
    })
  }

  get reach(): Reach {
    return this.#reach
  }

  /** Content is handed over from here on. */
  body(): void {
    this.#reach = 'body'
  }

  get socket(): Socket | undefined {
    return this.#socket
  }
}

/** What an error of the package `request` is; it has codes of its own for time-outs that the user asked for. */
export function packageFailureOf(error: Error, where: string, reach: Reach): TransportFailure {
  const code = 'code' in error ? error.code : undefined
  if (code === 'ESOCKETTIMEDOUT' || (code === 'ETIMEDOUT' && !('syscall' in error))) {
    return new TransportFailure(`${where}: ${String(code)}`, { reason: 'timeout', reach, cause: error })
  }
  return failureOf(error, where, reach)
}

/** `request` takes the end of a connection for the end of an answer; node knows better. Throws if it was not complete. */
export function checkComplete(message: IncomingMessage, where: string, reach: Reach): void {
  if (message.complete) return
  const complaint = `${where}: the connection ended in the middle of the answer`
  throw new TransportFailure(complaint, { reason: 'reset', reach })
}
