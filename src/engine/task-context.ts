// What every part of the engine is handed: the task, its world, its limits; and the epoch once it is won.
import type { LimitFunction } from 'p-limit'
import type { CreateOptions, FileSystem } from '../file-system/file-system.js'
import { joinPath } from '../file-system/path.js'
import type { Clock } from '../model/clock.js'
import type { Mode } from '../model/mode.js'
import type { ProcessIdentity } from '../model/process-identity.js'
import type { Random } from '../model/random.js'
import type { CheckpointLimits } from '../protocol/checkpoint-policy.js'
import type { FileNaming, Generation } from '../protocol/file-naming.js'
import { concatSourceName, type TempKind, tempPath } from '../protocol/layout.js'
import type { RecordHeader } from '../protocol/plan-commit.js'
import type { Hooks } from './hooks.js'
import type { EngineLimits } from './limits.js'
import type { Logger } from './logger.js'

/** The world of one task. */
export interface TaskContext {
  readonly fileSystem: FileSystem
  readonly clock: Clock
  readonly random: Random
  /** Who we are in records. */
  readonly writer: ProcessIdentity
  /** Whether a writer provably no longer runs; see model/process-identity.ts. */
  readonly isSurelyGone: (writer: ProcessIdentity) => boolean
  readonly task: number
  /** How the job's data files are named. */
  readonly naming: FileNaming
  /** How the job's data files grow. */
  readonly mode: Mode
  readonly limits: EngineLimits
  readonly checkpointLimits: CheckpointLimits
  /** For data files. */
  readonly createOptions: CreateOptions
  readonly hooks: Hooks
  readonly logger: Logger
  /** Bounds how many lanes (uploads, publishes, reclaims) run at once. Never entered from inside a lane: that would deadlock. */
  readonly lanes: LimitFunction
}

/** An epoch that this writer holds, or tries to win. */
export class Epoch {
  readonly number: number
  readonly #context: TaskContext
  #counter = 0
  /**
   * An append or truncate of this epoch got no answer. Its file was fenced since, so it can do no harm, but the task is then
   * not released: the next claim looks for itself.
   */
  hasUnanswered = false

  constructor(context: TaskContext, number: number) {
    this.#context = context
    this.number = number
  }

  /** A generation that no name ever had: our epoch, and a counter that only grows. */
  nextGeneration(): Generation {
    this.#counter += 1
    return { epoch: this.number, counter: this.#counter }
  }

  /** A temp path that never was and never comes again. */
  freshTemp(kind: TempKind): string {
    return tempPath(this.#context.task, this.number, kind, this.#context.random.id())
  }

  /** A name for a CONCAT's source that never was and never comes again, in the directory of its target. */
  freshConcatSource(directory: string): string {
    return joinPath(directory, concatSourceName(this.#context.random.id()))
  }

  /** What a new record begins with. */
  header(): RecordHeader {
    const { random, writer, clock } = this.#context
    return { id: random.id(), epoch: this.number, writer, timeMs: clock.nowMs() }
  }
}
