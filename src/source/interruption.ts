// Lets go of a wait when its owner is told to stop.

/** One wait at a time that `interrupt` ends. What was waited for goes on, and nothing is kept of it. */
export class Interruption {
  #isInterrupted = false
  #release: (() => void) | undefined

  get isInterrupted(): boolean {
    return this.#isInterrupted
  }

  /** Ends the wait under way and every later one. Repeatable. */
  interrupt(): void {
    this.#isInterrupted = true
    this.#release?.()
  }

  /** What the promise comes to; `undefined` as soon as it is interrupted. */
  guard<T>(promise: Promise<T>): Promise<T | undefined> {
    if (this.#isInterrupted) {
      promise.catch(() => undefined)
      return Promise.resolve(undefined)
    }
    return new Promise((resolve, reject) => {
      const release = (): void => resolve(undefined)
      this.#release = release
      const over = (): void => {
        if (this.#release === release) this.#release = undefined
      }
      promise.then(
        (value) => {
          over()
          resolve(value)
        },
        (error: unknown) => {
          over()
          reject(error)
        },
      )
    })
  }
}
