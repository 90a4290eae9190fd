// The port of the sinks: what a pipeline writes to. It is an exactly-once contract: what a commit adds, and the position in the
// source that belongs to it, are decided as one.
import type { JsonValue } from '../model/json-value.js'
import type { OffsetRanges } from '../model/offsets.js'
import type { RecordId } from '../model/record-id.js'
import type { Committed, Position } from '../multi-output.js'

/** What a sink needs of a record. */
export interface SinkRecord {
  readonly id: RecordId
  /** Milliseconds since 1970. */
  readonly timestampMs: number
}

/** What a commit did. */
export interface SinkCommit {
  /** Offsets that it added; empty where there was nothing to commit. */
  readonly offsets: OffsetRanges
  /** Records written, the refused ones that were kept included. */
  readonly records: number
  /** Bytes added to what is stored. */
  readonly bytes: number
}

/** What a session holds, for people. What is not known is left out. */
export interface SinkStatus {
  /** Data files that a later commit may go on with. */
  readonly openFiles?: number
  /** Records skipped because their place lay below the position. */
  readonly skippedRecords?: number
  /** Records whose window of event time was sealed before they came. */
  readonly lateRecords?: number
  /** Up to where windows of event time are sealed, in milliseconds since 1970. */
  readonly watermarkMs?: number
}

/**
 * A sink: a share of a job's output, with one live writer at a time.
 *
 * `open` claims it: from then on no commit of an earlier session can be decided, whatever its process is still doing, and that
 * session's calls end in `FENCED`. What an earlier session had not committed does not exist afterwards.
 */
export interface Sink<R extends SinkRecord> {
  /** For messages and logs. */
  readonly name: string
  /** The task that this sink is, of the job's `taskCount`. */
  readonly task: number
  readonly taskCount: number
  /** Rejects with a MultiOutputError or the storage's own error. Opening again is always safe. */
  open(): Promise<SinkSession<R>>
}

/**
 * A claimed sink. Errors are MultiOutputErrors, with the storage's error as `cause`; `FENCED` ends the session for good.
 *
 * After `write`, `writeBad`, `advance` or `commit` failed with another code than `BAD_RECORD` nothing more is taken in until `abort`
 * resolved; then the source is replayed from `committed`, which says whether a commit that failed was decided after all.
 */
export interface SinkSession<R extends SinkRecord> {
  /** What is committed: the position to go on at in the source, and the last metadata. Exact after `open`, after a commit that resolved, and after `abort`. */
  readonly committed: Committed
  /** Whether {@link writeBad} keeps anything. */
  readonly keepsBadRecords: boolean
  /**
   * Takes a record into the current attempt, in the order of calls. Nobody need ever see it before it is committed, and if it is never committed it leaves nothing
   * behind. Whatever it needs of the record it has copied when this returns. A record whose place lies below the position is skipped. Answers a promise only under back-pressure: await it before
   * writing on; memory is bounded only then. Throws `BAD_RECORD` where this record cannot be written; nothing of it was taken in, the position
   * did not move, and others may be written.
   */
  write(record: R): Promise<void> | undefined
  /** Keeps a refused record, with the reason, where bad ones go: in the same commit, so exactly once too, and its place counts as written. Throws a TypeError where `keepsBadRecords` is false. */
  writeBad(record: R, reason: string): Promise<void> | undefined
  /** Moves the position on, over offsets without a record. Backwards is ignored. Part of the next commit. */
  advance(to: Position): void
  /**
   * Makes everything taken in before this call durable, together with its offsets and `metadata`, as one decision: all of it or nothing, and
   * the next `open` says which. Records taken in after the call belong to the next commit, or to this one if it was still waiting its turn. Resolves when
   * readers see it. Without `metadata` what was committed before stays.
   */
  commit(options?: { readonly metadata?: JsonValue }): Promise<SinkCommit>
  /** Settles a commit that failed, then discards whatever is not committed. Repeatable, also when it rejects. */
  abort(): Promise<void>
  /** Discards what is not committed and releases the sink, so that the next open need not wait or fence. Repeatable. */
  close(): Promise<void>
  /** Cheap enough to be asked once a second. */
  status(): SinkStatus
}
