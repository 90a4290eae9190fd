// Opening a task as a value: claim, publish, fence, record, clean. Recovery is this and nothing else.
import type { DataFile } from '../model/data-file.js'
import type { Mode } from '../model/mode.js'
import type { Action } from './log-record.js'
import type { TaskState } from './task-state.js'

/** What an open does after the log was folded. */
export interface OpenPlan {
  /** The epoch to be won, and the sequence of the claim. */
  readonly epoch: number
  readonly claimSequence: number
  /** Carried out again, whether it was done or not: done actions have no source any more. */
  readonly publish: readonly Action[]
  /** Files that the writers before may still reach. Empty where the task was released, and in modes that never write to a data file. */
  readonly fence: readonly DataFile[]
  /** `tmp/` directories of epochs below this one are deleted. */
  readonly deleteTmpBelowEpoch: number
}

/** Plans an open on the state as of before the claim. Only in mode `append` does anybody ever write to a data file. */
export function planOpen(state: TaskState, mode: Mode): OpenPlan {
  const epoch = state.epoch + 1
  return {
    epoch,
    claimSequence: state.sequence + 1,
    publish: state.unfinished?.actions ?? [],
    fence: state.released || mode !== 'append' ? [] : [...state.openFiles.values()],
    deleteTmpBelowEpoch: epoch,
  }
}
