// The port of the sources: where a pipeline's records come from. A source keeps no position of its own: it is told what the
// sink has committed, and goes on behind it.
import type { Logger } from '../engine/logger.js'
import type { Clock } from '../model/clock.js'
import type { JsonValue } from '../model/json-value.js'
import type { RecordId } from '../model/record-id.js'
import type { HeaderValue, RecordWithFields } from '../model/source-fields.js'
import type { Committed, Position } from '../multi-output.js'

/** One record as a source hands it out. Partitioners and formats find its fields by `sourceFields`. */
export interface SourceRecord extends RecordWithFields {
  /** Its place. Offsets of a partition only grow; the same record has the same place whenever it is read. */
  readonly id: RecordId
  readonly key: Uint8Array | null
  /** The original bytes; `null` for a tombstone. They may be a view of a larger buffer that is never written to again. */
  readonly value: Uint8Array | null
  readonly headers: Readonly<Record<string, HeaderValue>>
  /** Milliseconds since 1970: when the record was made, as far as the source knows. */
  readonly timestampMs: number
  /** The value as parsed. Set once, by whoever decodes, before a partitioner or a format sees the record. */
  parsed: unknown
  /** Why this is no good record, although it has a place: longer than allowed, for example. Then `value` may be only its beginning. */
  readonly bad?: string
}

/** Some records, in the order in which they are to be written. Bounded by the source in number and bytes. */
export interface SourceBatch {
  /** In ascending order within each partition. */
  readonly records: readonly SourceRecord[]
  /** Positions to be taken on after these records: over offsets that carry none (control records, empty lines). */
  readonly advances: readonly Position[]
  /** Bytes of input, for progress: those of the values, with what is between them. */
  readonly bytes: number
}

/** How far a reader is, for people. What is not known is left out. */
export interface SourceProgress {
  /** Records between what was handed out and the end that is known now. */
  readonly lagRecords?: number
  /** Bytes of input (as they are stored, so perhaps compressed) between what was read and the end that is known now. */
  readonly lagBytes?: number
  /** 0 to 1: how much of what was to be read when the source was first opened has been handed out. For time left and bars. */
  readonly doneFraction?: number
}

/** What a source is opened with. */
export interface SourceOpenOptions {
  /** What the sink has: reading goes on at `offsets`, from the beginning where there is none; `metadata` as a commit kept it. */
  readonly committed: Committed
  /** Of the sink's task: the partitions that are read must belong to it. */
  readonly task: number
  readonly taskCount: number
  /** `atEnd`: end where the input ended when the source was first opened. `never`: an input that can grow is waited for. Files end by themselves in either case. */
  readonly stop: 'atEnd' | 'never'
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * A source. It is opened once a pipeline starts, and again, after the reader before was closed, whenever an attempt was lost and has to be
 * replayed. One reader at a time; it may keep in itself what a replay needs (a pipe cannot be read twice).
 */
export interface Source {
  /** For messages and logs: `lines of 3 files`. */
  readonly name: string
  /** Rejects with a `SourceError`, or with `WRONG_OPTIONS`. */
  open(options: SourceOpenOptions): Promise<SourceReader>
  /** It will not be opened again: frees what it kept in itself. Repeatable; does not wait for input. */
  close(): Promise<void>
}

/** Reads a source from one position on. */
export interface SourceReader {
  /**
   * To be kept in the log with the next commit, where it differs from what is there. It may lag behind what was handed out and
   * must never lead: of the batch handed out last it says nothing until `next` is called again, for that batch may still be being written. Parts
   * of the committed metadata that are not this source's own are kept in it.
   */
  readonly metadata: JsonValue | undefined
  /** The source holds as much for a replay as it may: commit now, or `next` waits. Most sources never say so. */
  readonly wantsCommit: boolean
  /**
   * The next batch, or `undefined` at the end and after `stop`. Never called while a call is under way. Rejects with a `SourceError`; its `retry` tells
   * whether opening again may help.
   */
  next(): Promise<SourceBatch | undefined>
  /** A commit was decided and published: the source may forget what lies below, and tell whom it may concern. Must not throw. */
  committed(committed: Committed): void
  /** Where a person finds a record that was handed out: `/data/orders.jsonl line 7`. Left out where its id says it. */
  placeOf?(id: RecordId): string | undefined
  /** Cheap enough to be asked once a second. */
  progress(): SourceProgress
  /** `next` answers `undefined` soon, also one that is waiting. Records handed out before stay valid. Repeatable. */
  stop(): void
  /** Frees what the reader holds. Repeatable; waits for a `next` that is under way. */
  close(): Promise<void>
}
