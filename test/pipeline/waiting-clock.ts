// Time that only a test moves, with timers: who sleeps wakes when the test has come to that time.
import type { Clock } from '../../src/model/clock.js'

interface Timer {
  readonly dueMs: number
  readonly wake: () => void
}

/** A clock that stands still until `advance`. */
export class WaitingClock implements Clock {
  timeMs: number = Date.UTC(2026, 10, 21, 12)
  #timers: Timer[] = []

  nowMs(): number {
    return this.timeMs
  }

  sleep(durationMs: number, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = (): void => {
        this.#timers = this.#timers.filter((other) => other !== timer)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = { dueMs: this.timeMs + durationMs, wake }
      this.#timers.push(timer)
      signal?.addEventListener('abort', wake)
    })
  }

  /** Those that sleep. */
  get sleepers(): number {
    return this.#timers.length
  }

  /** Lets all that can happen without time happen, then moves on timer by timer, each time likewise. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.timeMs + durationMs
    for (;;) {
      await settled()
      const next = this.#timers.toSorted((a, b) => a.dueMs - b.dueMs)[0]
      if (next === undefined || next.dueMs > untilMs) break
      this.timeMs = Math.max(this.timeMs, next.dueMs)
      next.wake()
    }
    this.timeMs = untilMs
    await settled()
  }
}

/** Turns of the event loop after which nothing that needs only memory is left to happen in these tests. */
const TURNS = 30

/** Everything that follows without time has followed. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise(setImmediate)
}
