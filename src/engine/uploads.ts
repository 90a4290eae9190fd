// Brings an attempt's files to the file system: all of them at a commit, the largest when memory runs short.
import type { TaskState } from '../protocol/task-state.js'
import { fileKey } from '../protocol/task-state.js'
import type { AttemptFile } from './attempt-file.js'
import { targetOf } from './file-plan.js'
import type { Stream } from './intake.js'
import type { Visibility } from './job-file.js'
import { inLanes } from './lanes.js'
import type { MemoryBudget } from './memory-budget.js'
import type { Epoch, TaskContext } from './task-context.js'
import { upload } from './upload.js'

/** What uploading needs to know of the task. */
export interface UploadOptions<R> {
  readonly streams: ReadonlyMap<string, Stream<R>>
  readonly visibility: Visibility
  readonly budget: MemoryBudget
}

/** Uploads what files hold. Never while the attempt before is undecided or unpublished: `state` must be what the files build on. */
export class Uploads<R> {
  readonly #context: TaskContext
  readonly #epoch: Epoch
  readonly #options: UploadOptions<R>

  constructor(context: TaskContext, epoch: Epoch, options: UploadOptions<R>) {
    this.#context = context
    this.#epoch = epoch
    this.#options = options
  }

  /** Uploads everything that waits. Awaits every upload that has begun, then rejects with the first failure. */
  async flush(files: readonly AttemptFile<R>[], state: TaskState): Promise<void> {
    await inLanes(this.#context, files, (file) => this.#flushOne(file, state))
  }

  /** Uploads the largest buffers until half of the budget is free. */
  async relieve(files: readonly AttemptFile<R>[], state: TaskState): Promise<void> {
    const { budget } = this.#options
    const largestFirst = files.filter((file) => file.countedBytes > 0)
    largestFirst.sort((a, b) => b.countedBytes - a.countedBytes)
    let left = budget.heldBytes
    const enough = largestFirst.findIndex((file) => {
      if (left <= budget.bytesMax / 2) return true
      left -= file.countedBytes
      return false
    })
    await this.flush(enough === -1 ? largestFirst : largestFirst.slice(0, enough), state)
  }

  async #flushOne(file: AttemptFile<R>, state: TaskState): Promise<void> {
    const bytes = file.buffer.byteLength
    // A file that is sealed without gaining anything needs a target too: the record must name it.
    if (bytes === 0 && file.sealReason === undefined) return
    file.target ??= targetOf(file, state.openFiles.get(fileKey(file.stream, file.directory)), {
      task: this.#context.task,
      epoch: this.#epoch,
      extension: this.#options.streams.get(file.stream)!.format.extension,
      visibility: this.#options.visibility,
    })
    if (bytes === 0) return
    const { target, countedBytes } = file
    const content = file.buffer.take()
    file.takenBytes += bytes
    file.countedBytes = 0
    try {
      await upload(this.#context, this.#epoch, target, content)
    } finally {
      this.#options.budget.add(-countedBytes)
    }
  }
}
