// A timer that is set anew for each phase of a request.

/** Calls back unless it is set anew or cleared in time. */
export class Deadline {
  readonly #expired: (limitName: string, limitMs: number) => void
  #timer: NodeJS.Timeout | undefined
  #limitName = ''
  #limitMs = 0

  constructor(expired: (limitName: string, limitMs: number) => void) {
    this.#expired = expired
  }

  /** `limitName` is the option that the time comes from, for the message. */
  set(limitName: string, limitMs: number): void {
    if (this.#timer !== undefined && this.#limitName === limitName && this.#limitMs === limitMs) {
      this.#timer.refresh()
      return
    }
    this.clear()
    this.#limitName = limitName
    this.#limitMs = limitMs
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#expired(limitName, limitMs)
    }, limitMs)
  }

  /** Stops the clock; {@link resume} starts it from the beginning. */
  pause(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  resume(): void {
    if (this.#limitName !== '') this.set(this.#limitName, this.#limitMs)
  }

  clear(): void {
    this.pause()
    this.#limitName = ''
  }
}
