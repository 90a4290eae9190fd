// What the engine tells the outside. A hook that throws is logged and changes nothing.
import type { OffsetRanges } from '../model/offsets.js'
import type { RecordId } from '../model/record-id.js'
import type { SealReason } from '../protocol/roll-policy.js'
import type { SealedWindow } from '../protocol/windows.js'
import type { Logger } from './logger.js'

/** A commit that was decided and published. */
export interface CommitEvent {
  /** Sequence of its record. */
  readonly sequence: number
  readonly offsets: OffsetRanges
  readonly files: number
  readonly records: number
  /** Bytes added to data files. */
  readonly bytes: number
  readonly durationMs: number
}

/** A late record. Times in milliseconds since 1970. */
export interface LateEvent {
  readonly id?: RecordId
  /** Where it would have gone. */
  readonly directory: string
  readonly eventTimeMs: number
  readonly windowEndMs: number
  readonly late: 'directory' | 'deadLetter' | 'drop' | 'append'
}

/** What may be listened to. Called synchronously, in the order in which things happened. */
export interface Hooks {
  /** A commit was decided and published. */
  commit?(event: CommitEvent): void
  /** This writer was fenced: `by` is the record that shows it. */
  fence?(event: { readonly epoch: number; readonly by: string }): void
  /** A file was taken over or cut: `how` says whether in place or by a copy. `replaced`: in mode `concat`, by a copy, because HDFS refuses for good to put behind it what was decided. */
  reclaim?(event: {
    readonly from: string
    readonly path: string
    readonly keptBytes: number
    readonly how: 'kept' | 'truncated' | 'copied' | 'replaced'
  }): void
  /** A file was sealed: it never changes again. */
  seal?(event: { readonly path: string; readonly bytes: number; readonly reason: SealReason }): void
  /** What was not committed was discarded. */
  abort?(event: { readonly records: number; readonly cause: unknown }): void
  /** A record came whose window is sealed; `late` says what becomes of it. Replayed records count again. */
  late?(event: LateEvent): void
  /** A window was sealed: this task writes no record to its directories any more, and they are published. */
  windowSealed?(event: SealedWindow): void
  /** All tasks are past a window: these directories of it have their `_SUCCESS` now. */
  windowMarked?(event: SealedWindow): void
  /** Bytes of an attempt were uploaded. */
  upload?(event: { readonly path: string; readonly bytes: number; readonly durationMs: number }): void
}

/** Calls a hook. */
export function tell<Name extends keyof Hooks>(
  { hooks, logger }: { readonly hooks: Hooks; readonly logger: Logger },
  name: Name,
  event: Parameters<NonNullable<Hooks[Name]>>[0],
): void {
  const ignore = (error: unknown): void => {
    logger.warn({ err: error, hook: name }, 'a hook threw; it was ignored')
  }
  try {
    const hook = hooks[name] as ((event: unknown) => unknown) | undefined
    const answer = hook?.call(hooks, event)
    // An async function is a hook to TypeScript; what it rejects with would end the process.
    if (answer instanceof Promise) answer.catch(ignore)
  } catch (error) {
    ignore(error)
  }
}
