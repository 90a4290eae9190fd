// The three kinds of record of a task's commit log, as values. How they are written is record-codec.ts's job.
import type { DataFile, SealedFile } from '../model/data-file.js'
import type { JsonValue } from '../model/json-value.js'
import type { OffsetRanges } from '../model/offsets.js'
import type { ProcessIdentity } from '../model/process-identity.js'

/** Version of the records' form. A reader refuses any other, naming the file. */
export const RECORD_VERSION = 1

/** Something that a record asks to be done after it is decided. Actions with one serial run in the order listed; each is done when its source is absent. */
export type Action =
  | { readonly do: 'rename'; readonly serial?: number; readonly from: string; readonly to: string }
  | { readonly do: 'concat'; readonly serial: number; readonly source: string; readonly target: string }
  | { readonly do: 'delete'; readonly serial: number; readonly path: string }

/** What all records have. */
export interface RecordBase {
  /** A random 128-bit id of this record alone: it tells whose record stands at a sequence after a lost reply. */
  readonly id: string
  /** The epoch that put it. Only a claim may differ from the epoch before: by exactly one more. */
  readonly epoch: number
  readonly writer: ProcessIdentity
  /** When it was made, by the writer's clock; for people and for ages. */
  readonly timeMs: number
}

/** Wins an epoch: from here on no older epoch can put a record. */
export interface ClaimRecord extends RecordBase {
  readonly type: 'claim'
}

/** What one data file gained in a commit, or where a reclaim left it. */
export interface FileChange {
  readonly serial: number
  readonly stream: string
  readonly directory: string
  /** As it is after this record is published. */
  readonly path: string
  /** Committed length before; 0 for a new file. `baseLength <= length`. */
  readonly baseLength: number
  readonly length: number
  /** Records added. */
  readonly recordCount: number
  /** Offsets added. */
  readonly offsets: OffsetRanges
  readonly eventTimeMinMs?: number
  readonly eventTimeMaxMs?: number
  /** See {@link DataFile}. Above the watermark before, if the file gained anything. */
  readonly windowEndMs?: number
  readonly formatState?: JsonValue
  /** See {@link DataFile.blockCount}: of the whole file, not what is added. */
  readonly blockCount?: number
  readonly sealed: boolean
}

/** Decides what an attempt (or an open, or an abort) did. */
export interface CommitRecord extends RecordBase {
  readonly type: 'commit'
  /** What is added to the job's offsets. `from` is never below what was committed; it may jump over offsets that carry no record. */
  readonly offsets: OffsetRanges
  readonly files: readonly FileChange[]
  readonly publish: readonly Action[]
  /** Milliseconds since 1970; never runs backwards. No file of a window that ends at or below it is open afterwards. */
  readonly watermarkMs?: number
  /** All directories of windows that end at or below it have their `_SUCCESS`. Never above the watermark; never runs backwards. */
  readonly markedUntilMs?: number
  /** The caller's own, kept until the next commit that brings some. */
  readonly metadata?: JsonValue
  /** The owner leaves: no action is listed, none is unfinished, no request of this epoch is unanswered. The next claim need not fence. */
  readonly released: boolean
}

/** The whole folded state as of the record before, so that what lies below can be forgotten. */
export interface CheckpointRecord extends RecordBase {
  readonly type: 'checkpoint'
  readonly state: CheckpointState
  /** Puts the manifests of the files sealed since the last checkpoint in their place. */
  readonly publish: readonly Action[]
}

/** What a checkpoint keeps. Sealed files are in its manifests. */
export interface CheckpointState {
  readonly epoch: number
  readonly owner: ProcessIdentity | undefined
  readonly released: boolean
  /** Writers of this and earlier epochs whose requests nobody has fenced yet. */
  readonly unfenced: readonly ProcessIdentity[]
  /** Committed ranges; `until` is the position to go on from. */
  readonly offsets: OffsetRanges
  readonly watermarkMs?: number
  readonly markedUntilMs?: number
  readonly metadata?: JsonValue
  /** Directories of windows without a `_SUCCESS`, and when they end; left out where there are none. */
  readonly unmarkedWindows?: readonly (readonly [directory: string, windowEndMs: number])[]
  readonly openFiles: readonly DataFile[]
  /** Sealed files that are in no manifest yet. */
  readonly sealedFiles: readonly SealedFile[]
  readonly nextSerial: number
}

/** A record of the commit log. */
export type LogRecord = ClaimRecord | CommitRecord | CheckpointRecord
