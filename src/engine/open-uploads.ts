// The uploads of a task that are open: how many, for how long, and who makes room.
import type { Compression } from '../format/compression.js'
import type { AttemptFile } from './attempt-file.js'
import type { FileTarget } from './file-target.js'
import type { MemoryBudget } from './memory-budget.js'
import { OpenUpload } from './open-upload.js'
import type { Epoch, TaskContext } from './task-context.js'
import type { Volume } from './volume.js'

/** How uploads are kept open. */
export interface OpenUploadLimits {
  /** Open at once. Each holds a connection, and a lease with a block under construction at the namenode. */
  readonly openUploadsMax: number
  /** One that was sent nothing for so long is ended: HttpFS and proxies cut what is silent (after a minute, measured). */
  readonly uploadIdleMsMax: number
}

interface OpenUploadsOptions<R> extends OpenUploadLimits {
  readonly compression?: Compression
  readonly budget: MemoryBudget
  readonly volume: Volume
  /** Told once for each upload that fails. */
  readonly failed: (file: AttemptFile<R>, error: unknown) => void
}

/** Looks for idle uploads so many times within `uploadIdleMsMax`. */
const LOOKS_PER_IDLE_TIME = 4

/** Opens, finds and ends them. */
export class OpenUploads<R> {
  readonly #context: TaskContext
  readonly #epoch: Epoch
  readonly #options: OpenUploadsOptions<R>
  /** The least recently used first: a use puts an upload behind all others. */
  readonly #open: Map<AttemptFile<R>, OpenUpload<R>> = new Map()
  /** Those that are on their way out, by file. */
  readonly #leaving: Map<AttemptFile<R>, Promise<void>> = new Map()
  #watch: AbortController | undefined

  constructor(context: TaskContext, epoch: Epoch, options: OpenUploadsOptions<R>) {
    this.#context = context
    this.#epoch = epoch
    this.#options = options
  }

  /** How many more may be open before one is pushed out. */
  get room(): number {
    return this.#options.openUploadsMax - this.#open.size
  }

  /** The open upload of a file; counts as a use. */
  of(file: AttemptFile<R>): OpenUpload<R> | undefined {
    const upload = this.#open.get(file)
    if (upload !== undefined) {
      this.#open.delete(file)
      this.#open.set(file, upload)
    }
    return upload
  }

  /** Opens one for a file whose target is set. What waits in its buffer is sent as soon as there is room. */
  begin(file: AttemptFile<R>, target: FileTarget): void {
    for (const [leastUsed, upload] of this.#open) {
      if (this.#open.size < this.#options.openUploadsMax) break
      this.#open.delete(leastUsed)
      this.#leave(leastUsed, upload.end())
    }
    // Those that have left before, and the one that was pushed out now; never one that comes later, which waits for this one.
    const room = Promise.allSettled(this.#leaving.values())
    this.#open.set(file, new OpenUpload<R>(this.#context, this.#epoch, { ...this.#options, file, target }, () => room))
    this.#watchIdle()
  }

  /** Ends what is open of a file: its attempt commits, or appends in one request. Rejects with what the upload failed with. */
  async end(file: AttemptFile<R>): Promise<void> {
    const upload = this.#open.get(file)
    if (upload !== undefined) {
      this.#open.delete(file)
      this.#leave(file, upload.end())
    }
    await this.#leaving.get(file)
  }

  /** Gives up what is open of these files: their attempt is lost. They may be cut when `settled` resolves. */
  giveUp(files: Iterable<AttemptFile<R>>, why: unknown): void {
    for (const file of files) {
      const upload = this.#open.get(file)
      if (upload === undefined) continue
      this.#open.delete(file)
      this.#leave(file, upload.giveUp(why))
    }
    if (this.#open.size === 0) this.#watch?.abort()
  }

  /** Resolves when nothing goes on of those that were given up or ended. Never rejects. */
  async settled(): Promise<void> {
    while (this.#leaving.size > 0) await Promise.allSettled(this.#leaving.values())
  }

  #leave(file: AttemptFile<R>, end: Promise<void>): void {
    const left = end.finally(() => {
      if (this.#leaving.get(file) === left) this.#leaving.delete(file)
    })
    // Whoever waits for it hears of it; else `failed` has told.
    left.catch(() => undefined)
    this.#leaving.set(file, left)
  }

  #watchIdle(): void {
    if (this.#watch !== undefined) return
    const watch = new AbortController()
    this.#watch = watch
    this.#look(watch.signal)
      .catch((error: unknown) => {
        this.#context.logger.warn({ err: error }, 'idle uploads are no longer looked for')
      })
      .finally(() => {
        if (this.#watch === watch) this.#watch = undefined
      })
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { clock } = this.#context
    const { uploadIdleMsMax } = this.#options
    while (this.#open.size > 0 && !signal.aborted) {
      await clock.sleep(uploadIdleMsMax / LOOKS_PER_IDLE_TIME, { signal })
      for (const [file, upload] of [...this.#open.entries()]) {
        if (clock.nowMs() - upload.lastSentMs < uploadIdleMsMax) continue
        this.#open.delete(file)
        this.#leave(file, upload.end())
      }
    }
  }
}
