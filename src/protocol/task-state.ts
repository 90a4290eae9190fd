// What a task's commit log says, folded into one value.
import type { DataFile, SealedFile } from '../model/data-file.js'
import type { JsonValue } from '../model/json-value.js'
import type { OffsetRanges } from '../model/offsets.js'
import { noOffsets } from '../model/offsets.js'
import type { ProcessIdentity } from '../model/process-identity.js'
import type { Action } from './log-record.js'

/** Identifies the open file that a record goes to. Two files of one key are never open at once. */
export type FileKey = string

/** The key of a stream's directory. NUL stands in neither. */
export function fileKey(stream: string, directory: string): FileKey {
  return `${stream}\0${directory}`
}

/** A task's state as of record `sequence`. A value: it is never changed, each record folds to a new one. */
export interface TaskState {
  /** Of the newest record; -1 for an empty log. The next record gets `sequence + 1`. */
  readonly sequence: number
  /** 0 before the first claim. */
  readonly epoch: number
  /** Who holds `epoch`. */
  readonly owner: ProcessIdentity | undefined
  /** The owner left cleanly: the next claim need not fence. True for an empty log. */
  readonly released: boolean
  /** Earlier writers whose requests may still be on their way: those that were taken over since the last commit record. Empty: nothing to fence. */
  readonly unfenced: readonly ProcessIdentity[]
  /** Everything committed; `until` is the position to go on from, and never moves back. */
  readonly offsets: OffsetRanges
  /** No window that ends at or below it gets another record, whoever owns the task. */
  readonly watermarkMs: number | undefined
  /** Up to where windows are known to have their `_SUCCESS`. */
  readonly markedUntilMs: number | undefined
  /** Directories of windows that are not known to have theirs, with the ends of the windows; those that were first written to come first. */
  readonly unmarkedWindows: ReadonlyMap<string, number>
  readonly metadata: JsonValue | undefined
  /** Files that may be appended to, by key; the least recently added to come first. */
  readonly openFiles: ReadonlyMap<FileKey, DataFile>
  /** Sealed files that are in no manifest yet. A sealed file is here or in a manifest, never in both. */
  readonly sealedFiles: readonly SealedFile[]
  /** Above every serial that a record ever named. */
  readonly nextSerial: number
  /** What the newest record that lists any actions asks for. Whoever opens the log next carries it out again. */
  readonly unfinished: { readonly sequence: number; readonly actions: readonly Action[] } | undefined
  /** Sequences of the newest checkpoint and of the one before. */
  readonly checkpoint: number | undefined
  readonly checkpointBefore: number | undefined
  /** Bytes of the newest checkpoint, and of the records since. They decide when the next is due. */
  readonly checkpointBytes: number
  readonly bytesSinceCheckpoint: number
  readonly commitsSinceCheckpoint: number
}

/** The state of an empty log. */
export const emptyState: TaskState = {
  sequence: -1,
  epoch: 0,
  owner: undefined,
  released: true,
  unfenced: [],
  offsets: noOffsets,
  watermarkMs: undefined,
  markedUntilMs: undefined,
  unmarkedWindows: new Map(),
  metadata: undefined,
  openFiles: new Map(),
  sealedFiles: [],
  nextSerial: 0,
  unfinished: undefined,
  checkpoint: undefined,
  checkpointBefore: undefined,
  checkpointBytes: 0,
  bytesSinceCheckpoint: 0,
  commitsSinceCheckpoint: 0,
}

/** The offset to go on from in a partition; `undefined` where nothing was committed. */
export function positionOf(state: TaskState, topic: string, partition: number): bigint | undefined {
  return state.offsets.get(topic)?.get(partition)?.until
}
