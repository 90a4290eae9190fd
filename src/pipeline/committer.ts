// Commits: when the policy says so, one at a time, while records go on coming in.
import type { JsonValue } from '../model/json-value.js'
import type { Doorbell } from './doorbell.js'
import type { LoopContext } from './loop-context.js'

/** The commits of one loop. */
export class Committer {
  readonly #context: LoopContext
  readonly #bell: Doorbell
  /** Ends the wait for the interval. */
  #timer = new AbortController()
  #intervalIsOver = false
  #records = 0
  #bytes = 0
  #running: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined
  #isStopped = false
  /** As the log has it. */
  #metadata: string | undefined

  constructor(context: LoopContext, bell: Doorbell) {
    this.#context = context
    this.#bell = bell
    this.#metadata = written(context.session.committed.metadata)
  }

  /** Begins to count time. */
  start(): void {
    this.#armTimer()
  }

  /** Lets go of the timer; a commit under way goes on. */
  stop(): void {
    this.#isStopped = true
    this.#timer.abort()
  }

  /** Counts a record in. True when the policy wants a commit before the next one. */
  count(bytes: number): boolean {
    const { recordsMax, bytesMax } = this.#context.options.commit
    this.#records += 1
    this.#bytes += bytes
    return this.#records >= recordsMax || this.#bytes >= bytesMax
  }

  /** Throws what a commit failed with. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** Begins a commit if the interval is over and none is under way. */
  commitIfDue(): boolean {
    return this.#intervalIsOver && this.commitSoon()
  }

  /** Begins a commit unless one is under way. */
  commitSoon(): boolean {
    if (this.#running !== undefined) return false
    this.#begin()
    return true
  }

  /** Begins a commit; waits for the one under way first, so that a limit is a limit. */
  async commitFull(): Promise<void> {
    await this.#running
    this.throwFailure()
    if (this.#context.request.isAbandoned) return
    this.#begin()
    // A sink takes in what comes until the commit's turn has come; mostly that is now.
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  /** The last one: resolves when all that was taken in is committed. */
  async finish(): Promise<void> {
    await this.commitFull()
    await this.#running
    this.throwFailure()
  }

  #begin(): void {
    this.#timer.abort()
    this.#armTimer()
    this.#records = 0
    this.#bytes = 0
    this.#running = this.#commit().then(
      () => this.#over(),
      (error: unknown) => {
        this.#failure = { error }
        this.#over()
      },
    )
  }

  #over(): void {
    this.#running = undefined
    this.#bell.ring()
  }

  async #commit(): Promise<void> {
    const { session, reader, options, onCommit, request } = this.#context
    const startedMs = options.clock.nowMs()
    const { metadata } = reader
    const text = written(metadata)
    const brings = metadata !== undefined && text !== this.#metadata
    const commit = await session.commit(brings ? { metadata } : {})
    this.#metadata = text
    // Whoever was told that this pipeline is over hears no more of it.
    if (request.isAbandoned) return
    reader.committed(session.committed)
    const timeMs = options.clock.nowMs()
    onCommit({ ...commit, timeMs, durationMs: timeMs - startedMs })
  }

  #armTimer(): void {
    if (this.#isStopped) return
    this.#intervalIsOver = false
    const timer = new AbortController()
    this.#timer = timer
    const { clock, commit } = this.#context.options
    clock.sleep(commit.intervalMs, { signal: timer.signal }).then(
      () => {
        if (timer.signal.aborted) return
        this.#intervalIsOver = true
        this.#bell.ring()
      },
      (error: unknown) => {
        this.#failure = { error }
        this.#bell.ring()
      },
    )
  }
}

function written(metadata: JsonValue | undefined): string | undefined {
  return metadata === undefined ? undefined : JSON.stringify(metadata)
}
