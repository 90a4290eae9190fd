// What a run works with: how the output is set up, and how large everything is.

import type { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { WindowSettings } from './windows.js'

/** Settings of one run, the same for all its writers. */
export interface Workload {
  readonly mode: 'append' | 'new-file' | 'concat'
  readonly visibility: 'live' | 'sealed'
  readonly keys: number
  readonly partitions: number
  /** Partition p is of task p mod taskCount. */
  readonly taskCount: number
  /** About one offset in so many carries no record; 0 for none. */
  readonly emptyEvery: number
  readonly recordsPerFileMax: number
  readonly openFilesMax: number
  readonly bufferedBytesMax: number
  readonly streamThresholdBytes: number
  readonly openUploadsMax: number
  readonly uploadIdleMsMax: number
  readonly operationsMax: number
  readonly checkpointCommitsMax: number
  readonly takeoverWaitMs: number
  readonly truncateWaitMs: number
  readonly retryForMs: number
  /** Files can be taken from their writers, as over `hdfs://`. */
  readonly recoverLease: boolean
  /** Entries of one page of a listing. */
  readonly pageEntriesMax: number
  /** Mode `concat`. */
  readonly blocksPerFileMax: number
  /** Of so many CONCATs HDFS refuses one, with all that are tried of its source while a snapshot is kept. 0: none. */
  readonly snapshotEvery: number
  /** Directories are windows of event time. */
  readonly windows?: WindowSettings | undefined
  /** The template of its data files' names, where it has one of its own. */
  readonly fileName?: string | undefined
  /** Records of one attempt. */
  readonly recordsPerAttemptMax: number
}

/** A workload with a little of everything, as the seed wants it. */
export function randomWorkload(random: SeededRandom): Workload {
  return {
    mode: random.happens(0.2) ? 'new-file' : 'append',
    visibility: random.happens(0.3) ? 'sealed' : 'live',
    keys: 1 + random.integer(4),
    partitions: random.happens(0.3) ? 1 : 2,
    taskCount: 1,
    emptyEvery: random.pick([0, 3, 7]),
    recordsPerFileMax: random.pick([2, 4, 8, 1_000]),
    openFilesMax: random.pick([1, 2, 1_000]),
    bufferedBytesMax: random.pick([1, 60, 2 ** 20, 2 ** 20]),
    operationsMax: random.pick([1, 3, 16]),
    checkpointCommitsMax: random.pick([1, 2, 2, 3, 3, 5, 100]),
    takeoverWaitMs: random.pick([0, 100, 400]),
    truncateWaitMs: random.pick([50, 1_000]),
    retryForMs: random.pick([0, 0, 500]),
    pageEntriesMax: random.pick([1, 3, 20, 20, 20, 20]),
    recordsPerAttemptMax: random.pick([1, 4, 10]),
    streamThresholdBytes: random.pick([1, 40, 80, 2 ** 20, 2 ** 20]),
    openUploadsMax: random.pick([1, 2, 64]),
    uploadIdleMsMax: random.pick([20, 1_000, 20_000]),
    recoverLease: false,
    blocksPerFileMax: 100,
    snapshotEvery: 0,
  }
}

/** What turns a workload into one of mode `concat`. */
export function randomConcat(random: SeededRandom): Partial<Workload> {
  return {
    mode: 'concat',
    blocksPerFileMax: random.pick([1, 2, 3, 100]),
    snapshotEvery: random.pick([0, 0, 2, 4]),
  }
}

/** What turns a workload into one with windows. */
export function randomWindows(random: SeededRandom): Pick<Workload, 'windows'> {
  return {
    windows: {
      allowedLatenessMs: random.pick([0, 100, 500]),
      idlePartitionMs: random.pick([50, 500, 1_000_000]),
      late: 'directory',
    },
  }
}
