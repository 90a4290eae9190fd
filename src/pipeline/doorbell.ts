// Several things may happen, one loop waits: each of them rings, and the loop looks at what it was.

/** A bell that one waits for. Ringing before or while nobody waits is remembered, once. */
export class Doorbell {
  #hasRung = false
  #wake: (() => void) | undefined

  /** Wakes who waits. */
  ring(): void {
    const wake = this.#wake
    this.#wake = undefined
    if (wake === undefined) this.#hasRung = true
    else wake()
  }

  /** Resolves at the next ring, or at once if it has rung since the last. One waits at a time. */
  wait(): Promise<void> {
    if (this.#hasRung) {
      this.#hasRung = false
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
