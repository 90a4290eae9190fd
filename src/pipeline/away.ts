// Pauses between tries while something is away: each twice as long as the one before, up to a limit, and not for ever.
import type { Logger } from '../engine/logger.js'
import type { Clock } from '../model/clock.js'
import type { Random } from '../model/random.js'
import { PipelineError } from './pipeline-error.js'
import type { AwayPolicy, AwayState, PipelineEvents } from './pipeline-options.js'
import { tell } from './tell.js'

/** What pausing needs. */
export interface AwayContext {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly events: PipelineEvents
  readonly policy: Required<AwayPolicy>
}

/** Counts the tries since something went away. */
export class Away {
  readonly #context: AwayContext
  #state: AwayState | undefined

  constructor(context: AwayContext) {
    this.#context = context
  }

  /** Undefined while nothing is away. */
  get state(): AwayState | undefined {
    return this.#state
  }

  /** Says so and waits, until `signal` aborts at the latest. Rejects with `GAVE_UP` when it has lasted too long. */
  async pause(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, random, logger, policy } = this.#context
    const nowMs = clock.nowMs()
    const sinceMs = this.#state?.sinceMs ?? nowMs
    const tries = (this.#state?.tries ?? 0) + 1
    if (nowMs - sinceMs >= policy.giveUpAfterMs) {
      throw new PipelineError(
        'GAVE_UP',
        `gave up after ${Math.round((nowMs - sinceMs) / 1000)} s and ${tries} tries: ${messageOf(error)}. What is committed stays; start it again when the cause is gone.`,
        { cause: error },
      )
    }
    const wholeMs = Math.min(policy.pauseMsMax, policy.pauseMsInitial * 2 ** Math.min(tries - 1, 30))
    // Between a half and the whole, so that many tasks do not come back in one moment.
    const pauseMs = Math.ceil(wholeMs * (0.5 + random.fraction() / 2))
    this.#state = { sinceMs, nextTryMs: nowMs + pauseMs, tries, error }
    logger.warn({ err: error, tries, pauseMs, sinceMs }, 'something is away; nothing is lost, and it is tried again')
    tell(this.#context, 'away', this.#state)
    await clock.sleep(pauseMs, { signal })
  }

  /** Something was committed: whatever was away is back. */
  over(): void {
    if (this.#state === undefined) return
    const { clock, logger } = this.#context
    const event = { awayMs: clock.nowMs() - this.#state.sinceMs, tries: this.#state.tries }
    this.#state = undefined
    logger.info(event, 'it goes on: a commit went through')
    tell(this.#context, 'back', event)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
