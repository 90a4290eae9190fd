// What a pipeline is made from and what it tells: its options, its events, its status and its result.
import type { Logger } from '../engine/logger.js'
import type { Clock } from '../model/clock.js'
import type { Random } from '../model/random.js'
import type { RecordId } from '../model/record-id.js'
import type { Sink, SinkCommit, SinkStatus } from '../sink/sink.js'
import type { Decoding } from '../source/decode.js'
import type { Source, SourceProgress, SourceRecord } from '../source/source.js'

/** When to commit: at whichever comes first. One commit at a time: while one is under way the interval waits for it, and so do records beyond a limit. */
export interface CommitPolicy {
  /** Since the last commit began; default 10,000. */
  readonly intervalMs?: number
  /** Records taken in since; default: no limit. */
  readonly recordsMax?: number
  /** Bytes of their values; default: no limit. */
  readonly bytesMax?: number
}

/** What to do while the sink's storage, or the source, is away. */
export interface AwayPolicy {
  /** The first pause before trying again; each further one is twice as long. Default 500. */
  readonly pauseMsInitial?: number
  /** The longest pause; default 15,000. */
  readonly pauseMsMax?: number
  /** From the first failure on, until the pipeline gives up; a commit that resolves begins it anew. Default 3,600,000: an hour. */
  readonly giveUpAfterMs?: number
}

/** Options of `new Pipeline`. Bytes and milliseconds where a name ends so. */
export interface PipelineOptions {
  readonly source: Source
  readonly sink: Sink<SourceRecord>
  /** How values are parsed before they are partitioned and written; default `json`. */
  readonly decode?: Decoding
  readonly commit?: CommitPolicy
  /** Stop when what the source had at the start is committed. Default false: go on until stopped, or until the source ends by itself. */
  readonly untilEnd?: boolean
  readonly away?: AwayPolicy
  /** How long `stop()` lets the last commit and the release take before it is `stopNow()`; default 30,000. */
  readonly stopMsMax?: number
  readonly events?: PipelineEvents
  /** pino-shaped; silent by default. */
  readonly logger?: Logger
  readonly clock?: Clock
  readonly random?: Random
}

/** What may be listened to. Called synchronously, in the order in which things happened; one that throws is logged and changes nothing. */
export interface PipelineEvents {
  /** The sink was claimed and the source opened, for the first time or again. `replay`: an attempt was lost. */
  opened?(event: { readonly reason: 'start' | 'replay'; readonly source: string; readonly sink: string }): void
  /** A commit was decided and published; only those that added something. */
  commit?(event: PipelineCommit): void
  /** A record was refused, and kept among the bad ones if the sink keeps them. A replay tells of it again. */
  badRecord?(event: BadRecordEvent): void
  /** Something is away; nothing is lost, and it is tried again at `nextTryMs` (milliseconds since 1970). Told before each pause. */
  away?(event: AwayState): void
  /** It goes on: a commit resolved again. */
  back?(event: { readonly awayMs: number; readonly tries: number }): void
  /** It was asked to stop, or has read everything. */
  stopping?(event: { readonly reason: 'asked' | 'source-ended' }): void
}

/** A record that was refused. */
export interface BadRecordEvent {
  readonly id: RecordId
  /** Where a person finds it, if the source knows more than the id: a file and a line. */
  readonly place?: string
  readonly reason: string
  readonly outcome: 'kept' | 'stopped'
}

/** A commit as a pipeline tells of it. */
export interface PipelineCommit extends SinkCommit {
  /** When it was published, in milliseconds since 1970. */
  readonly timeMs: number
  /** From the call to then. */
  readonly durationMs: number
}

/** Something is away. */
export interface AwayState {
  /** The first failure, in milliseconds since 1970. */
  readonly sinceMs: number
  readonly nextTryMs: number
  readonly tries: number
  readonly error: unknown
}

/**
 * Where a pipeline is. `opening`: claiming, or recovering an attempt that was lost. `away`: pausing before the next try. `stopping`: the last commit
 * and the release.
 */
export type PipelineState = 'new' | 'opening' | 'running' | 'away' | 'stopping' | 'ended'

/** Numbers for a progress display, of this run. Replayed records count again. */
export interface PipelineStatus {
  readonly state: PipelineState
  /** Records handed to the sink. */
  readonly records: number
  /** Bytes of input that they came in. */
  readonly bytes: number
  readonly badRecords: number
  /** In commits that were reported. */
  readonly committedRecords: number
  readonly committedBytes: number
  readonly commits: number
  readonly lastCommit?: PipelineCommit
  readonly away?: AwayState
  readonly source: SourceProgress
  readonly sink: SinkStatus
}

/** How a run ended well enough. Failures reject. */
export interface PipelineResult {
  /**
   * `ended`: all that the source had is committed and the sink released. `stopped`: what was read is committed and the sink released. `discarded`: stopped while
   * something was away; what was not committed will be read again, the sink may not be released. `abandoned`: `stopNow()`, or the time to stop was over; likewise.
   */
  readonly outcome: 'ended' | 'stopped' | 'discarded' | 'abandoned'
  readonly status: PipelineStatus
}
