// The log as its one writer sees it: what is decided, the put that is not settled yet, the actions that are not seen done.

import { applyRecord } from '../protocol/fold.js'
import type { LogRecord } from '../protocol/log-record.js'
import type { TaskState } from '../protocol/task-state.js'
import { fenced } from './fenced.js'
import { publish } from './publish.js'
import { type PutOutcome, RecordPut } from './put-record.js'
import type { Epoch, TaskContext } from './task-context.js'

/** Puts records one after the other. No record is put while the one before is unsettled or unpublished. */
export class Decisions {
  readonly #context: TaskContext
  readonly #epoch: Epoch
  #state: TaskState
  /** A put that is not settled, and the state that it makes when it is won. */
  #open: { readonly put: RecordPut; readonly next: TaskState } | undefined
  #published = true

  constructor(context: TaskContext, epoch: Epoch, state: TaskState) {
    this.#context = context
    this.#epoch = epoch
    this.#state = state
  }

  /** As of the last decided record. */
  get state(): TaskState {
    return this.#state
  }

  /**
   * Decides a record and publishes it. If it rejects (other than `FENCED`), `settle` finds out what became of it. A record that would
   * break a rule of the log is not put: a TypeError, nothing happened.
   */
  async decideAndPublish(record: LogRecord): Promise<void> {
    if (this.#open !== undefined || !this.#published)
      throw new TypeError('the record before is not settled and published')
    const put = new RecordPut(this.#context, this.#epoch, this.#state.sequence + 1, record)
    this.#open = { put, next: folded(this.#state, put) }
    this.#accept(await put.decide())
    await this.#publish()
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
    if (this.#published) return
    await publish(this.#context, this.#epoch, this.#state.unfinished?.actions ?? [])
    this.#published = true
  }
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
