// Time that stands still until somebody moves it, in whole milliseconds, as machines tell it.

/** Something to be done when its time has come. */
interface Timer {
  readonly dueMs: number
  readonly owner: object
  readonly fire: () => void
}

/** A clock and the timers that wait for it. */
export class VirtualTime {
  #nowMs: number
  #timers: Timer[] = []

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** When the next timer is due; undefined when there is none. */
  get nextMs(): number | undefined {
    return this.#timers[0]?.dueMs
  }

  /** Timers that are due at one moment fire in the order in which they were set. Answers how to take this one away. */
  set(owner: object, delayMs: number, fire: () => void): () => void {
    const dueMs = this.#nowMs + Math.max(0, Math.ceil(delayMs))
    let at = this.#timers.length
    while (at > 0 && this.#timers[at - 1]!.dueMs > dueMs) at -= 1
    const timer: Timer = { dueMs, owner, fire }
    this.#timers.splice(at, 0, timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Takes away the timers of a process that is gone. */
  clear(owner: object): void {
    this.#timers = this.#timers.filter((timer) => timer.owner !== owner)
  }

  /** Goes forward, never back. */
  advanceTo(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, Math.ceil(nowMs))
  }

  /** Fires the next timer if it is due. */
  fireNext(): boolean {
    const timer = this.#timers[0]
    if (timer === undefined || timer.dueMs > this.#nowMs) return false
    this.#timers.shift()
    timer.fire()
    return true
  }
}
