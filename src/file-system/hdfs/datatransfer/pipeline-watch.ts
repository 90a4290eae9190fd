// One timer for all open pipelines: it sends heartbeats where nothing else is sent, and gives up those that say nothing.

/** A pipeline, as far as time concerns it. */
export interface Watched {
  /** Looks at the clock: `nowMs` as `performance.now()`. */
  look(nowMs: number): void
}

/** How often within the shortest of its times it looks. */
const LOOKS_PER_LIMIT = 5

/** See the head of the file. */
export class PipelineWatch {
  readonly #watched = new Set<Watched>()
  readonly #intervalMs: number
  #timer: NodeJS.Timeout | undefined

  constructor({
    heartbeatMs,
    progressTimeoutMs,
  }: { readonly heartbeatMs: number; readonly progressTimeoutMs: number }) {
    this.#intervalMs = Math.max(1, Math.min(heartbeatMs, progressTimeoutMs) / LOOKS_PER_LIMIT)
  }

  add(pipeline: Watched): void {
    this.#watched.add(pipeline)
    this.#timer ??= setInterval(() => {
      const nowMs = performance.now()
      for (const each of this.#watched) each.look(nowMs)
    }, this.#intervalMs)
  }

  remove(pipeline: Watched): void {
    this.#watched.delete(pipeline)
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
