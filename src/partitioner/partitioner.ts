// The port of the partitioners: which directory, and so which data file, a record goes to.
import type { RecordContext } from '../model/record-id.js'

/**
 * Answers the record's directory relative to the location, `/`-separated: `country=de/day=2026-11-21`.
 * It must depend on the record alone. A throw, an empty string (leave the partitioner out to write to the location itself), an absolute path, `.`, `..`, an empty segment, and a directory whose first
 * name begins with `_` or `.` (Hadoop's readers hide those) are refused with `BAD_RECORD`.
 */
export interface Partitioner<R> {
  (record: R, context: RecordContext): string
  /**
   * Set by partitioners whose directories are windows of event time: the same directory, and when its window ends. A directory belongs to one
   * window, always the same: the promise of `_SUCCESS` rests on it.
   */
  readonly windowed?: (record: R, context: RecordContext) => WindowedPlace
}

/** Where a record goes, and when that is over. Times in milliseconds since 1970. */
export interface WindowedPlace {
  /** As the partitioner itself answers it. */
  readonly directory: string
  readonly eventTimeMs: number
  /** The first moment after the window: above `eventTimeMs`. */
  readonly windowEndMs: number
}
