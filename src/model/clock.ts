// Time is passed in: the simulation has a clock of its own, and nothing below the façade reads the machine's.

/** A source of time. */
export interface Clock {
  /** Milliseconds since 1970. For people and for ages; no decision about exactness rests on it. */
  nowMs(): number
  /** Resolves after `durationMs`, or at once when `signal` aborts: who waits no longer lets go of the timer. A clock without timers to let go of may leave the signal alone. */
  sleep(durationMs: number, options?: { readonly signal?: AbortSignal }): Promise<void>
}

/** Node's timers fire at once when they are asked for more (24.8 days). */
const TIMER_MS_MAX = 2 ** 31 - 1

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (durationMs, { signal } = {}) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, Math.min(durationMs, TIMER_MS_MAX))
      signal?.addEventListener('abort', wake)
    }),
}
