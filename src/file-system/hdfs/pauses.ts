// Pauses that the end of the file system ends.
import type { Outcome } from '../file-system-error.js'
import type { Attempt } from '../webhdfs-protocol/arguments.js'
import { errorOfFailure, TransportFailure } from '../webhdfs-protocol/transport-failure.js'

/** What everything that is under way is told when the file system is closed. */
export function closedFailure(): TransportFailure {
  return new TransportFailure('the file system was closed', { reason: 'closed', reach: 'body' })
}

/** See the head of the file. */
export class Pauses {
  readonly #running = new Set<() => void>()
  #isClosed = false

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Resolves after the time. Rejects with `CLOSED` and that outcome when the file system is closed. */
  pause(durationMs: number, attempt: Attempt, outcome: Outcome): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        reject(errorOfFailure(closedFailure(), attempt, outcome))
      }
      const timer = setTimeout(() => {
        this.#running.delete(end)
        resolve()
      }, durationMs)
      if (this.#isClosed) end()
      else this.#running.add(end)
    })
  }

  /** Ends all of them, and all to come. */
  close(): void {
    this.#isClosed = true
    for (const end of this.#running) end()
    this.#running.clear()
  }
}
