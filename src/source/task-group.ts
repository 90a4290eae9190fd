// The port of the groups: who shares the tasks of a job among processes. A pipeline of a group runs one pipeline a task that it is given.
import type { Logger } from '../engine/logger.js'
import type { Source } from './source.js'

/** What a process has been given, as a whole; it replaces what it had. */
export interface TaskAssignment {
  readonly tasks: readonly number[]
  /** Whether another live process may have a task at this moment, and is asked to leave it: worth a short wait. */
  mayBeHeld(task: number): boolean
}

/** What a group is joined with. */
export interface JoinOptions {
  readonly taskCount: number
  /** As for a source: `atEnd` ends the readers where the input ended when the group was first joined. */
  readonly stop: 'atEnd' | 'never'
  readonly logger: Logger
  /** Told at every rebalance, also where nothing changed. Must not throw. */
  readonly onAssigned: (assignment: TaskAssignment) => void
  /** The membership is over, not because it was left; `error` says whether joining again may help. Readers wait meanwhile, and go on when it was joined again. */
  readonly onLost: (error: unknown) => void
}

/** Shares the tasks of a job among the processes that join. */
export interface TaskGroup {
  /** For messages and logs. */
  readonly name: string
  /** Joins, once more after `onLost`. Rejects with a `SourceError` whose `retry` tells whether it may help to try again. What is given is told by `onAssigned`. */
  join(options: JoinOptions): Promise<void>
  /** The source of a task that was given. Opening it waits for nothing that a rebalance would bring. */
  source(task: number): Source
  /** The process has nothing more to do with a task that it was given: it was fenced. It says so at the next rebalance. */
  giveUp(task: number): void
  /** Leaves: others get the tasks. After the pipelines of all tasks have ended. Repeatable. */
  leave(): Promise<void>
}
