// The log as its one writer sees it: what is decided, the put that is not settled yet, the actions that are not seen done.

import { applyRecord } from '../protocol/fold.js'
import { recordPath } from '../protocol/layout.js'
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
  #put: RecordPut | undefined
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

  /** Decides a record and publishes it. If it rejects (other than `FENCED`), `settle` finds out what became of it. */
  async decideAndPublish(record: LogRecord): Promise<void> {
    if (this.#put !== undefined || !this.#published)
      throw new TypeError('the record before is not settled and published')
    const put = new RecordPut(this.#context, this.#epoch, this.#state.sequence + 1, record)
    this.#put = put
    this.#accept(put, await put.decide())
    await this.#publish()
  }

  /** Settles a put that was left open, one way or the other, and publishes what is decided. Repeatable. */
  async settle(): Promise<void> {
    const put = this.#put
    if (put !== undefined) this.#accept(put, await put.abandon())
    await this.#publish()
  }

  #accept(put: RecordPut, outcome: PutOutcome): void {
    switch (outcome.outcome) {
      case 'won': {
        const { sequence, record } = put
        const path = recordPath(this.#context.task, sequence)
        this.#state = applyRecord(this.#state, { sequence, path, bytes: outcome.bytes, record })
        this.#published = record.type === 'claim' || record.publish.length === 0
        this.#put = undefined
        return
      }
      case 'undecided':
        this.#put = undefined
        return
      case 'taken':
        throw fenced(this.#context, this.#epoch, outcome.by)
    }
  }

  async #publish(): Promise<void> {
    if (this.#published) return
    await publish(this.#context, this.#state.unfinished?.actions ?? [])
    this.#published = true
  }
}
