// The port of the partitioners: which directory, and so which data file, a record goes to.
import type { RecordContext } from '../model/record-id.js'

/**
 * Answers the record's directory relative to the location, `/`-separated: `country=de/day=2026-11-21`.
 * It must depend on the record alone. A throw, an empty string (leave the partitioner out to write to the location itself), an absolute path, `.`, `..`, an empty segment, and a directory whose first
 * name begins with `_` or `.` (Hadoop's readers hide those) are refused with `BAD_RECORD`.
 */
export type Partitioner<R> = (record: R, context: RecordContext) => string
