// What a pipeline was asked: to stop, or to stop at once. Asked once, known to everything that waits.

/** Whether, and how, a pipeline was asked to stop. */
export class StopRequest {
  readonly #stopping = new AbortController()
  readonly #abandoning = new AbortController()

  /** It was asked to commit and leave, or to leave at once. */
  get isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  /** It was asked to leave at once: nothing more may be written or committed. */
  get isAbandoned(): boolean {
    return this.#abandoning.signal.aborted
  }

  /** Aborts with the first request. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  /** Aborts when it shall leave at once. */
  get abandoning(): AbortSignal {
    return this.#abandoning.signal
  }

  stop(): void {
    this.#stopping.abort()
  }

  abandon(): void {
    this.#stopping.abort()
    this.#abandoning.abort()
  }
}
