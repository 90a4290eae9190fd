// What undecided attempts left in data files, to be cut back by abort().
import { noOffsets } from '../model/offsets.js'
import type { PlannedFile } from '../protocol/plan-commit.js'
import { planCommit } from '../protocol/plan-commit.js'
import type { Attempt } from './attempt.js'
import type { Decisions } from './decisions.js'
import type { FileTarget } from './file-target.js'
import { settleAll, unchangedAt } from './open-task.js'
import { reclaim } from './reclaim.js'
import type { Epoch, TaskContext } from './task-context.js'

/** Remembers the data files that lost attempts wrote to, until they are cut back. */
export class Losses {
  readonly #context: TaskContext
  readonly #epoch: Epoch
  #entries: { readonly target: FileTarget; readonly decidedBy: number }[] = []

  constructor(context: TaskContext, epoch: Epoch) {
    this.#context = context
    this.#epoch = epoch
  }

  /** Adds an attempt. Should record `decidedBy` turn out to be decided, what the attempt wrote stays. */
  add<R>(attempt: Attempt<R>, decidedBy: number): void {
    for (const { target } of attempt.files) {
      if (target?.reachedDataFile === true) this.#entries.push({ target, decidedBy })
    }
  }

  /** Reclaims every file that an undecided attempt wrote to, then puts and publishes where they are now. The put of the lost attempt must be settled. Repeatable. */
  async cutBack(decisions: Decisions): Promise<void> {
    const { sequence, openFiles } = decisions.state
    const lost = new Map<number, FileTarget>()
    for (const { target, decidedBy } of this.#entries) if (sequence < decidedBy) lost.set(target.serial, target)
    const files = [...openFiles.values()].filter((file) => lost.has(file.serial))
    const planned = await settleAll(
      files.map((file) =>
        this.#context.lanes(async (): Promise<PlannedFile> => {
          const { writersGone } = lost.get(file.serial)!
          const request = { ...file, keep: file.length, writersGone }
          const { path, placement } = await reclaim(this.#context, this.#epoch, request)
          return { change: unchangedAt(file, path), placement }
        }),
      ),
    )
    if (planned.length > 0) {
      await decisions.decideAndPublish(planCommit(this.#epoch.header(), { offsets: noOffsets, files: planned }))
    }
    this.#entries = []
  }
}
