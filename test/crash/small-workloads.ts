// The small workloads of the exhaustive runs, and what their writers do.
import type { Workload } from './workload.js'
import type { WriterPlan } from './writer-program.js'

/** Rolls, seals, checkpoints with garbage collection, all within a few commits. */
const small: Workload = {
  mode: 'append',
  visibility: 'live',
  keys: 2,
  partitions: 1,
  taskCount: 1,
  emptyEvery: 5,
  recordsPerFileMax: 4,
  openFilesMax: 1_000,
  bufferedBytesMax: 2 ** 20,
  operationsMax: 4,
  checkpointCommitsMax: 2,
  takeoverWaitMs: 100,
  truncateWaitMs: 1_000,
  retryForMs: 0,
  pageEntriesMax: 20,
  recordsPerAttemptMax: 3,
  streamThresholdBytes: 2 ** 20,
  openUploadsMax: 64,
  uploadIdleMsMax: 20_000,
  recoverLease: false,
  blocksPerFileMax: 100,
  snapshotEvery: 0,
}

/** Windows are over at once, and their files are sealed by nothing else. */
const windows: Workload = {
  ...small,
  keys: 1,
  emptyEvery: 0,
  recordsPerAttemptMax: 8,
  recordsPerFileMax: 1_000,
  windows: { allowedLatenessMs: 0, idlePartitionMs: 1_000_000, late: 'directory' },
}

const two = { taskCount: 2, partitions: 2 }

/** By name. */
export const smallWorkloads: Readonly<
  Record<
    | 'append'
    | 'append, uploads in between'
    | 'append, open uploads'
    | 'append, open uploads, leases recovered'
    | 'hidden'
    | 'new-file'
    | 'frequent checkpoints'
    | 'concat'
    | 'concat, uploads in between'
    | 'concat, hidden'
    | 'concat, refused'
    | 'windows'
    | 'windows of two tasks'
    | 'windows of two tasks, concat'
    | 'windows of two tasks, hidden',
    Workload
  >
> = {
  append: small,
  'append, uploads in between': { ...small, bufferedBytesMax: 1, operationsMax: 2 },
  'append, open uploads': { ...small, streamThresholdBytes: 30, openUploadsMax: 1 },
  'append, open uploads, leases recovered': {
    ...small,
    streamThresholdBytes: 30,
    openUploadsMax: 1,
    recoverLease: true,
  },
  hidden: { ...small, visibility: 'sealed', recordsPerFileMax: 2 },
  'new-file': { ...small, mode: 'new-file' },
  'frequent checkpoints': { ...small, mode: 'new-file', checkpointCommitsMax: 1 },
  concat: { ...small, mode: 'concat', recordsPerFileMax: 1_000, blocksPerFileMax: 3 },
  'concat, uploads in between': {
    ...small,
    mode: 'concat',
    recordsPerFileMax: 1_000,
    bufferedBytesMax: 1,
    streamThresholdBytes: 30,
    operationsMax: 2,
  },
  'concat, hidden': { ...small, mode: 'concat', visibility: 'sealed', recordsPerFileMax: 1_000, blocksPerFileMax: 2 },
  windows,
  'windows of two tasks': { ...windows, ...two },
  'windows of two tasks, concat': { ...windows, ...two, mode: 'concat' },
  'windows of two tasks, hidden': { ...windows, ...two, visibility: 'sealed' },
  'concat, refused': { ...small, mode: 'concat', recordsPerFileMax: 6, snapshotEvery: 2 },
}

/** A life with everything in it. */
export const wholeLife: WriterPlan = {
  opensMax: 2,
  attempts: ['commits', 'aborts', 'pipelines', 'commits', 'commits'],
  takeover: 'always',
  leaves: 'closes',
}

/** A short one: for the second level, and for rivals. */
export const shortLife: WriterPlan = {
  opensMax: 2,
  attempts: ['commits', 'commits'],
  takeover: 'always',
  leaves: 'closes',
}

/** Long enough for garbage collection to free what an earlier writer was about to put. */
export const longLife: WriterPlan = {
  opensMax: 2,
  attempts: ['commits', 'commits', 'commits', 'commits', 'commits'],
  takeover: 'always',
  leaves: 'closes',
}
