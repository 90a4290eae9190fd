// What is under way over one client, so that close() leaves nothing behind. The client itself is the user's and stays usable.
import { TransportFailure } from '../webhdfs-protocol/transport-failure.js'

/** See the head of the file. */
export class UnderWay {
  readonly #ends = new Set<(reason: TransportFailure) => void>()
  #closed = false

  /** Throws after `close()`. */
  checkOpen(): void {
    if (this.#closed) throw closedFailure()
  }

  /** Registers how to end something. Call what it returns when that is over. Throws after `close()`. */
  track(end: (reason: TransportFailure) => void): () => void {
    this.checkOpen()
    this.#ends.add(end)
    return () => void this.#ends.delete(end)
  }

  /** A pause that `close()` ends. */
  pause(durationMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const untrack = this.track((reason) => {
        clearTimeout(timer)
        reject(reason)
      })
      const timer = setTimeout(() => {
        untrack()
        resolve()
      }, durationMs)
    })
  }

  close(): void {
    this.#closed = true
    for (const end of [...this.#ends]) end(closedFailure())
    this.#ends.clear()
  }
}

function closedFailure(): TransportFailure {
  return new TransportFailure('the file system was closed', { reason: 'closed', reach: 'nothing' })
}
