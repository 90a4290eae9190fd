// Brings an attempt's files to the file system: all of them at a commit, the largest when memory runs short.
import { lengthOf } from '../file-system/content.js'
import { type Compression, compressed } from '../format/compression.js'
import type { TaskState } from '../protocol/task-state.js'
import { fileKey } from '../protocol/task-state.js'
import type { AttemptFile } from './attempt-file.js'
import { type LaterUploads, targetOf } from './file-plan.js'
import type { FileTarget } from './file-target.js'
import type { Stream } from './intake.js'
import type { Visibility } from './job-file.js'
import { inLanes } from './lanes.js'
import type { MemoryBudget } from './memory-budget.js'
import { type OpenUploadLimits, OpenUploads } from './open-uploads.js'
import type { Epoch, TaskContext } from './task-context.js'
import { upload } from './upload.js'
import { Volume } from './volume.js'

/** What uploading needs to know of the task. */
export interface UploadOptions<R> extends OpenUploadLimits {
  /** Left out: bytes are stored as the formats make them. */
  readonly compression?: Compression
  /** A buffer of so many bytes becomes an upload that stays open. */
  readonly streamThresholdBytes: number
  readonly streams: ReadonlyMap<string, Stream<R>>
  readonly visibility: Visibility
  readonly budget: MemoryBudget
}

/** What waits for an open upload goes out in pieces of about this size: a few system calls for each, and little of it in memory. */
const PIECE_BYTES = 64 * 2 ** 10

/**
 * Of `streamThresholdBytes`. What holds less is uploaded in one request when memory runs short: unlike an upload that is open, that one is tried
 * again when it fails.
 */
const RELIEF_THRESHOLD_SHARE = 1 / 16

/** Of the memory budget: from so much on the largest begin to leave, until so little waits, and where that was not to be had it is looked at again after so much more. */
const EARLY = { fromShare: 1 / 2, untilShare: 1 / 4, againAfterShare: 1 / 16 } as const

/** Uploads what files hold. Never to a file that the attempt before writes to and that is undecided or unpublished: `state` must be what the files build on. */
export class Uploads<R> {
  readonly #context: TaskContext
  readonly #epoch: Epoch
  readonly #options: UploadOptions<R>
  readonly #open: OpenUploads<R>
  readonly #volume = new Volume()
  #earlyFromBytes: number

  /** `failed` is told of each open upload that fails. */
  constructor(
    context: TaskContext,
    epoch: Epoch,
    options: UploadOptions<R>,
    failed: (file: AttemptFile<R>, error: unknown) => void,
  ) {
    this.#context = context
    this.#epoch = epoch
    this.#options = options
    this.#open = new OpenUploads(context, epoch, { ...options, failed, volume: this.#volume })
    this.#earlyFromBytes = options.budget.bytesMax * EARLY.fromShare
  }

  /** A file holds enough to be sent: to its open upload, or to one that is opened now. */
  send(file: AttemptFile<R>, state: TaskState): void {
    const open = this.#open.of(file)
    const { streamThresholdBytes } = this.#options
    if (open !== undefined) open.send()
    else if (file.buffer.bytesHeld >= streamThresholdBytes) this.#open.begin(file, this.#targetOf(file, state))
    this.#setRipe(file)
  }

  /** Without an upload it is the next one that it has to be worth: the one before was ended, idle or to make room. */
  #setRipe(file: AttemptFile<R>): void {
    const { streamThresholdBytes } = this.#options
    const isOpen = this.#open.of(file) !== undefined
    file.ripeBytes = isOpen ? Math.min(PIECE_BYTES, streamThresholdBytes) : streamThresholdBytes
  }

  /** How many bytes a byte of a buffer made so far; 1 before anything was uploaded, and without compression. */
  get storedPerByte(): number {
    return this.#volume.storedPerByte
  }

  /** Where a file's open upload is behind, what resolves when it has caught up. Never rejects: the next call tells. */
  catchUp(file: AttemptFile<R>): Promise<void> | undefined {
    const open = this.#open.of(file)
    return open?.isBehind === true ? open.drained() : undefined
  }

  /** Gives up what is open of these files: their attempt is lost. */
  giveUp(files: Iterable<AttemptFile<R>>, why: unknown): void {
    this.#open.giveUp(files, why)
  }

  /** Resolves when nothing goes on of what was given up. Never rejects. */
  settled(): Promise<void> {
    return this.#open.settled()
  }

  /** Uploads everything that waits, and ends what is open. Awaits every upload that has begun, then rejects with the first failure. */
  async flush(files: readonly AttemptFile<R>[], state: TaskState): Promise<void> {
    await inLanes(this.#context, files, (file) => this.#flushOne(file, state))
    this.#earlyFromBytes = this.#options.budget.bytesMax * EARLY.fromShare
  }

  /** So much waits that `relieveEarly` is worth a call. Cheap. */
  get isEarly(): boolean {
    return this.#options.budget.heldBytes > this.#earlyFromBytes
  }

  /** Before anybody has to wait: the largest buffers go to uploads that stay open, as far as there is room for them. */
  relieveEarly(files: readonly AttemptFile<R>[], state: TaskState): void {
    const { budget } = this.#options
    this.#earlyFromBytes = budget.heldBytes + budget.bytesMax * EARLY.againAfterShare
    this.#openWhatIsWorthIt(this.#largest(files, budget.bytesMax * EARLY.untilShare), state)
  }

  /** Uploads the largest buffers until half of the budget is free. */
  async relieve(files: readonly AttemptFile<R>[], state: TaskState): Promise<void> {
    const chosen = this.#largest(files, this.#options.budget.bytesMax / 2)
    for (const file of chosen) file.flushWriter()
    this.#openWhatIsWorthIt(chosen, state)
    const open = chosen.flatMap((file) => this.#open.of(file) ?? [])
    const closed = chosen.filter((file) => this.#open.of(file) === undefined)
    await Promise.all([this.flush(closed, state), ...open.map((upload) => upload.drained())])
  }

  /** Those that hold most, the first of them first: without them no more than `leftBytes` would wait. */
  #largest(files: readonly AttemptFile<R>[], leftBytes: number): AttemptFile<R>[] {
    const largestFirst = files.filter((file) => file.countedBytes > 0)
    largestFirst.sort((a, b) => b.countedBytes - a.countedBytes)
    let left = this.#options.budget.heldBytes
    const enough = largestFirst.findIndex((file) => {
      if (left <= leftBytes) return true
      left -= file.countedBytes
      return false
    })
    return enough === -1 ? largestFirst : largestFirst.slice(0, enough)
  }

  /** Uploads that stay open, as many as there is room for: a file that is appended to now would be once more at the commit, and each close may take 400 ms. */
  #openWhatIsWorthIt(largestFirst: readonly AttemptFile<R>[], state: TaskState): void {
    const bytesMin = this.#options.streamThresholdBytes * RELIEF_THRESHOLD_SHARE
    let { room } = this.#open
    for (const file of largestFirst) {
      if (room <= 0 || file.buffer.bytesHeld < bytesMin) return
      if (this.#open.of(file) !== undefined) continue
      this.#open.begin(file, this.#targetOf(file, state))
      this.#setRipe(file)
      room--
    }
  }

  async #flushOne(file: AttemptFile<R>, state: TaskState): Promise<void> {
    file.flushWriter()
    await this.#open.end(file)
    if (file.uploadFailure !== undefined) throw file.uploadFailure
    const bytes = file.buffer.byteLength
    // A file that is sealed without gaining anything needs a target too: the record must name it.
    if (bytes === 0 && file.sealReason === undefined) return
    const target = this.#targetOf(file, state)
    if (bytes === 0) return
    const { compression } = this.#options
    const { pieces, freedBytes } = file.take()
    try {
      const content = compression === undefined ? pieces : await compressed(compression, pieces)
      await upload(this.#context, this.#epoch, target, content)
      this.#volume.add(bytes, lengthOf(content))
    } finally {
      this.#options.budget.add(-freedBytes)
    }
  }

  #targetOf(file: AttemptFile<R>, state: TaskState): FileTarget {
    file.target ??= targetOf(file, state.openFiles.get(fileKey(file.stream, file.directory)), {
      naming: this.#context.naming,
      task: this.#context.task,
      epoch: this.#epoch,
      extension: this.#options.streams.get(file.stream)!.extension,
      mode: this.#context.mode,
      laterUploads: laterUploadsOf(this.#context),
      visibility: this.#options.visibility,
      isCompressed: this.#options.compression !== undefined,
    })
    return file.target
  }
}

/** Erasure-coded directories have no APPEND, and modes other than `append` need none: what HDFS can put together it does. */
function laterUploadsOf({ mode, fileSystem }: TaskContext): LaterUploads {
  return mode === 'concat' || (mode === 'new-file' && fileSystem.capabilities.concat) ? 'further temps' : 'appended'
}
