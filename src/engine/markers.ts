// Writes `_SUCCESS` into the directories of windows that all tasks of the job are past. What it rests on is in docs/decisions/event-time.md.
import { isFileSystemError } from '../file-system/file-system-error.js'
import { joinPath } from '../file-system/path.js'
import type { TaskState } from '../protocol/task-state.js'
import { byWindow } from '../protocol/windows.js'
import type { LatePolicy } from './event-times.js'
import { tell } from './hooks.js'
import { OtherTasks } from './other-tasks.js'
import { readLog } from './read-log.js'
import type { TaskContext } from './task-context.js'

/** The name that Hadoop's jobs give to it. */
export const SUCCESS_NAME = '_SUCCESS'

/** A task that owns no partition, or has nothing to mark itself, reads the logs of the others so often at most. */
const FOLLOW_MS_MIN = 30_000

/** When a task that has nothing to mark itself looks for what those who left have not marked. */
export type Look = 'at-once' | 'now-and-then'

/** What decides about markers. */
export interface MarkerOptions {
  readonly taskCount: number
  readonly late: LatePolicy
}

/** The markers of a task's windows. */
export class Markers {
  readonly #context: TaskContext
  readonly #options: MarkerOptions
  readonly #others: OtherTasks
  /** Up to where this task's directories have their marker; the next record says so. */
  #untilMs: number | undefined
  /** Tasks whose owner left, with the sequence of its release: up to where their directories have it. */
  readonly #released = new Map<number, { readonly sequence: number; readonly untilMs: number }>()
  #followedAtMs = -Infinity
  #lookedAtMs = -Infinity

  constructor(context: TaskContext, options: MarkerOptions) {
    this.#context = context
    this.#options = options
    this.#others = new OtherTasks(context, options.taskCount)
  }

  /** What the next record says, if that is news. `watermarkMs` is the one that it carries. */
  untilMs({ markedUntilMs }: TaskState, watermarkMs: number | undefined): number | undefined {
    // With late records in them no window is promised to be complete: no record leaves any to be marked, by whomever.
    const untilMs = this.#options.late === 'append' ? watermarkMs : this.#untilMs
    return untilMs !== undefined && untilMs > (markedUntilMs ?? -Infinity) ? untilMs : undefined
  }

  /**
   * Whether a commit that has nothing to say puts a record all the same: the other tasks count a watermark only once its record is published, and in a
   * log they see that by another record above it.
   */
  wantsRecord({ unfinished, sequence, watermarkMs }: TaskState): boolean {
    return this.#options.taskCount > 1 && watermarkMs !== undefined && unfinished?.sequence === sequence
  }

  /** The largest watermark of the other tasks, for a task that owns no partition; now and then. */
  async followed(): Promise<number | undefined> {
    const nowMs = this.#context.clock.nowMs()
    if (this.#options.taskCount === 1 || nowMs - this.#followedAtMs < FOLLOW_MS_MIN) return undefined
    this.#followedAtMs = nowMs
    try {
      return await this.#others.largest()
    } catch (error) {
      this.#context.logger.warn(
        { err: error, task: this.#context.task },
        'the logs of the other tasks could not be read',
      )
      return undefined
    }
  }

  /**
   * Marks what all tasks are past, as of a record that is published. What fails is tried again behind the next commit, and by the next open: what was
   * committed stands. A marker whose creation got no answer, or comes late, says what is true then too.
   */
  async mark(state: TaskState, look: Look): Promise<void> {
    if (this.#options.late === 'append') return
    try {
      await this.#markNow(state, look)
    } catch (error) {
      const { task, logger } = this.#context
      logger.warn({ err: error, task }, `a ${SUCCESS_NAME} could not be written; it will be tried again`)
    }
  }

  async #markNow(state: TaskState, look: Look): Promise<void> {
    const { watermarkMs } = state
    if (watermarkMs === undefined) return
    const pending = this.#pendingOf(state, watermarkMs)
    const looksForOthers = this.#looksForOthers(watermarkMs, look)
    if (pending.length === 0 && !looksForOthers) return
    const earliestMs = Math.min(...pending.map(([, endMs]) => endMs))
    const others = await this.#others.allPast(looksForOthers ? -Infinity : earliestMs)
    if (others === undefined) return
    const untilMs = Math.min(watermarkMs, ...[...others.values()].map((other) => other.watermarkMs))
    await this.#markAll(pending.filter(([, endMs]) => endMs <= untilMs))
    this.#untilMs = untilMs
    for (const [task, { newest, released }] of others) {
      if (released) await this.#markReleased(task, newest.sequence, untilMs)
    }
  }

  #pendingOf(
    { unmarkedWindows }: TaskState,
    watermarkMs: number,
  ): (readonly [directory: string, windowEndMs: number])[] {
    const doneMs = this.#untilMs ?? -Infinity
    return [...unmarkedWindows].filter(([, endMs]) => endMs <= watermarkMs && endMs > doneMs)
  }

  /** Those who left wait for whoever is last to pass their windows, whether it has directories of them or not. */
  #looksForOthers(watermarkMs: number, look: Look): boolean {
    if (this.#options.taskCount === 1 || (this.#untilMs ?? -Infinity) >= watermarkMs) return false
    const nowMs = this.#context.clock.nowMs()
    if (look === 'now-and-then' && nowMs - this.#lookedAtMs < FOLLOW_MS_MIN) return false
    this.#lookedAtMs = nowMs
    return true
  }

  /** Nobody is there to do it. */
  async #markReleased(task: number, sequence: number, untilMs: number): Promise<void> {
    const done = this.#released.get(task)
    if (done !== undefined && done.sequence === sequence && done.untilMs >= untilMs) return
    const { state } = await readLog({ ...this.#context, task })
    await this.#markAll([...state.unmarkedWindows].filter(([, endMs]) => endMs <= untilMs))
    this.#released.set(task, { sequence, untilMs })
  }

  async #markAll(rows: readonly (readonly [directory: string, windowEndMs: number])[]): Promise<void> {
    const { lanes } = this.#context
    const failures: unknown[] = []
    for (const window of byWindow(rows)) {
      const before = failures.length
      const writes = window.directories.map((directory) => lanes(() => this.#write(directory)))
      for (const write of await Promise.allSettled(writes)) if (write.status === 'rejected') failures.push(write.reason)
      if (failures.length === before) tell(this.#context, 'windowMarked', window)
    }
    // One that is refused keeps no other waiting.
    if (failures.length > 0) throw failures[0]
  }

  async #write(directory: string): Promise<void> {
    const { fileSystem, createOptions, logger } = this.#context
    const path = joinPath(directory, SUCCESS_NAME)
    try {
      await fileSystem.create(path, new Uint8Array(0), createOptions)
    } catch (error) {
      // One whose writer died is there too, and empty; its lease is nobody's concern. But it was only seen: it may go in a failover.
      const isThere = isFileSystemError(error, 'ALREADY_EXISTS', 'LEASE_HELD')
      if (isThere && (await fileSystem.touch(path)) !== 'absent') return
      // Whoever moved the directory away has no use for a marker.
      if (!isFileSystemError(error, 'PARENT_NOT_FOUND')) throw error
      logger.info({ directory }, `the directory of a window is gone; it gets no ${SUCCESS_NAME}`)
    }
  }
}
