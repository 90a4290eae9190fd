// When a checkpoint is due, and which records it lets go.
import type { TaskState } from './task-state.js'

/** A checkpoint is due after so many commits at the latest (design). */
export const COMMITS_PER_CHECKPOINT_MAX = 100

/** Below this many bytes of records a checkpoint costs more requests than reading them saves: a fold of 64 KiB is a few reads. */
export const BYTES_PER_CHECKPOINT_MIN: number = 64 * 1024

/** The limits, so that tests can reach them with few commits. */
export interface CheckpointLimits {
  readonly commitsMax: number
  readonly bytesMin: number
}

/** The limits in force unless a test says otherwise. */
export const checkpointLimits: CheckpointLimits = {
  commitsMax: COMMITS_PER_CHECKPOINT_MAX,
  bytesMin: BYTES_PER_CHECKPOINT_MIN,
}

/** True when the log since the last checkpoint is larger than that checkpoint, and after `commitsMax` commits at the latest. */
export function checkpointIsDue(state: TaskState, limits: CheckpointLimits = checkpointLimits): boolean {
  return (
    state.commitsSinceCheckpoint >= limits.commitsMax ||
    state.bytesSinceCheckpoint > Math.max(state.checkpointBytes, limits.bytesMin)
  )
}

/** Records below this sequence may be deleted: those before the last but one checkpoint. The last but one stays for readers that listed before the last was put. */
export function firstKeptSequence(state: TaskState): number {
  return state.checkpointBefore ?? 0
}
