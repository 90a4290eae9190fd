// The log as its one writer sees it: what is decided, the put that is not settled yet, the actions that are not seen done.

import { MultiOutputError } from '../model/multi-output-error.js'
import { noOffsets } from '../model/offsets.js'
import { applyRecord } from '../protocol/fold.js'
import type { LogRecord } from '../protocol/log-record.js'
import { planCommit } from '../protocol/plan-commit.js'
import { sourceOf } from '../protocol/publish-order.js'
import type { ImpossibleLane } from '../protocol/replacement.js'
import type { TaskState } from '../protocol/task-state.js'
import { fenced } from './fenced.js'
import { inLanes } from './lanes.js'
import { publish } from './publish.js'
import { type PutOutcome, RecordPut } from './put-record.js'
import { replaceFile } from './replace-file.js'
import type { Epoch, TaskContext } from './task-context.js'

/** Puts records one after the other. No record is put while the one before is unsettled or unpublished, but one that replaces what cannot be published. */
export class Decisions {
  readonly #context: TaskContext
  readonly #epoch: Epoch
  #state: TaskState
  /** A put that is not settled, and the state that it makes when it is won. */
  #open: { readonly put: RecordPut; readonly next: TaskState } | undefined
  #published: boolean

  /** `left`: what the newest record that lists anything asks for is carried out by the next `settle`, as if nobody had begun. */
  constructor(context: TaskContext, epoch: Epoch, state: TaskState, left: 'published' | 'unpublished' = 'published') {
    this.#context = context
    this.#epoch = epoch
    this.#state = state
    this.#published = left === 'published'
  }

  /** As of the last decided record. */
  get state(): TaskState {
    return this.#state
  }

  /**
   * Decides a record and publishes it. If it rejects (other than `FENCED`), `settle` finds out what became of it. A record that would
   * break a rule of the log is not put: a TypeError, nothing happened. Answers its sequence.
   */
  async decideAndPublish(record: LogRecord): Promise<number> {
    if (this.#open !== undefined || !this.#published)
      throw new TypeError('the record before is not settled and published')
    await this.#decide(record)
    const { sequence } = this.#state
    await this.#publish()
    return sequence
  }

  async #decide(record: LogRecord): Promise<void> {
    const put = new RecordPut(this.#context, this.#epoch, this.#state.sequence + 1, record)
    this.#open = { put, next: folded(this.#state, put) }
    this.#accept(await put.decide())
  }

  /** Settles a put that was left open, one way or the other, and publishes what is decided. Repeatable. */
  async settle(): Promise<void> {
    if (this.#open !== undefined) this.#accept(await this.#open.put.abandon())
    await this.#publish()
  }

  #accept(outcome: PutOutcome): void {
    switch (outcome.outcome) {
      case 'won': {
        const { put, next } = this.#open!
        this.#state = next
        this.#published = put.record.type === 'claim' || put.record.publish.length === 0
        this.#open = undefined
        return
      }
      case 'undecided':
        this.#open = undefined
        return
      case 'taken':
        throw fenced(this.#context, this.#epoch, outcome.by)
    }
  }

  async #publish(): Promise<void> {
    for (let replacements = 0; !this.#published; replacements++) {
      const impossible = await publish(this.#context, this.#epoch, this.#state.unfinished?.actions ?? [])
      if (impossible.length === 0) this.#published = true
      else await this.#replace(impossible, replacements)
    }
  }

  /** All other actions are done: a further record says what stands in the place of those that never will be. */
  async #replace(impossible: readonly ImpossibleLane[], replacements: number): Promise<void> {
    if (replacements >= this.#context.limits.replacementsMax) throw neverPublished(impossible[0]!)
    const copies = await inLanes(this.#context, impossible, (lane) =>
      replaceFile(this.#context, this.#epoch, this.#state, lane),
    )
    const files = copies.filter((copy) => copy !== 'look-again')
    if (files.length === 0) return
    // What may be possible again after all is listed once more: this record supersedes the one before.
    const again = impossible.flatMap(({ actions }, index) => (copies[index] === 'look-again' ? actions : []))
    await this.#decide(planCommit(this.#epoch.header(), { offsets: noOffsets, files, again }))
  }
}

function neverPublished({ actions }: ImpossibleLane): MultiOutputError {
  const path = sourceOf(actions[0]!)
  const complaint = 'what was decided for it is refused again and again, each time otherwise'
  return new MultiOutputError('COMMIT_FAILED', `${path}: ${complaint}`, { path })
}

/** What the log will say, asked before the put: a rule that is broken only shows when it is too late otherwise. */
function folded(state: TaskState, { placed }: RecordPut): TaskState {
  try {
    return applyRecord(state, placed)
  } catch (error) {
    throw new TypeError(
      `a ${placed.record.type} that breaks a rule of the log is not put: ${(error as Error).message}`,
      {
        cause: error,
      },
    )
  }
}
