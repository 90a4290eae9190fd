// Time is passed in: the simulation has a clock of its own, and nothing below the façade reads the machine's.

/** A source of time. */
export interface Clock {
  /** Milliseconds since 1970. For people and for ages; no decision about exactness rests on it. */
  nowMs(): number
  /** Resolves after `durationMs`. */
  sleep(durationMs: number): Promise<void>
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
}
