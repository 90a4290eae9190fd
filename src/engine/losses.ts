// What undecided attempts held, and what they left in data files: to be discarded and cut back by abort().
import { FileSystemError } from '../file-system/file-system-error.js'
import { noOffsets } from '../model/offsets.js'
import type { PlannedFile } from '../protocol/plan-commit.js'
import { planCommit } from '../protocol/plan-commit.js'
import type { Attempt } from './attempt.js'
import type { Decisions } from './decisions.js'
import type { FileTarget } from './file-target.js'
import { inLanes } from './lanes.js'
import { reclaim, reclaimAll } from './reclaim.js'
import type { Epoch, TaskContext } from './task-context.js'
import { unchangedAt } from './unchanged-file.js'

/** An attempt that failed or was given up. */
interface LostAttempt {
  /** Should this record turn out to be decided, the attempt is not lost after all. */
  readonly decidedBy: number
  readonly recordCount: number
  readonly files: readonly { readonly target: FileTarget | undefined }[]
}

/** Remembers lost attempts, and the data files that they wrote to, until these are cut back. */
export class Losses {
  readonly #context: TaskContext
  readonly #epoch: Epoch
  #attempts: LostAttempt[] = []

  constructor(context: TaskContext, epoch: Epoch) {
    this.#context = context
    this.#epoch = epoch
  }

  /** Adds an attempt; its uploads may go on until `cutBack` is called. Should record `decidedBy` turn out to be decided, what the attempt wrote stays. */
  add<R>({ files, recordCount }: Attempt<R>, decidedBy: number): void {
    this.#attempts.push({ decidedBy, recordCount, files })
  }

  /**
   * Reclaims every file that an undecided attempt wrote to (its uploads are over now), then puts and publishes where they are now. The put of the lost attempt must be
   * settled. Answers how many records were lost. Repeatable when it rejects.
   */
  async cutBack(decisions: Decisions): Promise<number> {
    const { sequence, openFiles } = decisions.state
    // What was decided after all leaves, before a record of this method's own takes the sequence that others waited for.
    this.#attempts = this.#attempts.filter(({ decidedBy }) => sequence < decidedBy)
    await this.#deleteTemps()
    const lost = new Map<number, FileTarget>()
    for (const { files } of this.#attempts) {
      for (const { target } of files) if (target?.reachedDataFile === true) lost.set(target.serial, target)
    }
    this.#attempts = this.#attempts.map((attempt) => ({ ...attempt, decidedBy: Number.POSITIVE_INFINITY }))
    const files = [...openFiles.values()].filter((file) => lost.has(file.serial))
    const planned = await reclaimAll(this.#context, files, async (file, lane): Promise<PlannedFile> => {
      const { writersGone, takesMore } = lost.get(file.serial)!
      const request = { ...file, keep: file.length, writersGone, takesMore }
      const { path, placement } = await reclaim(this.#context, this.#epoch, request, lane)
      return { change: unchangedAt(file, path), placement }
    })
    if (planned.length > 0) {
      await decisions.decideAndPublish(planCommit(this.#epoch.header(), { offsets: noOffsets, files: planned }))
    }
    const recordCount = this.#attempts.reduce((sum, attempt) => sum + attempt.recordCount, 0)
    this.#attempts = []
    return recordCount
  }

  /**
   * No record will ever name what undecided attempts wrote to temps, and it takes the space that a copy or the next attempt may want. What cannot be
   * deleted now goes with the epoch.
   */
  async #deleteTemps(): Promise<void> {
    const { fileSystem, logger } = this.#context
    const temps = this.#attempts.flatMap(({ files }) =>
      files.flatMap(({ target }) => (target === undefined ? [] : tempsOf(target))),
    )
    try {
      await inLanes(this.#context, temps, (temp) => fileSystem.delete(temp))
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error
      logger.info({ err: error }, 'temps of a lost attempt were left; the next open deletes them')
    }
  }
}

function tempsOf({ placement, parts = [] }: FileTarget): string[] {
  return [...(placement.at === 'temp' ? [placement.temp] : []), ...parts.map(({ temp }) => temp)]
}
