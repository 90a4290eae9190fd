// What a case of the format conformance suite is, and what it is given to work with.
import type { Format } from '../../format/format.js'
import type { JsonValue } from '../../model/json-value.js'
import type { RecordContext } from '../../model/record-id.js'

/** What a factory yields for each case, and again for each restart within one. */
export interface FormatFixture<R = unknown> {
  /** Made afresh each time, as a process that starts makes it. */
  readonly format: Format<R>
  /** At least three records that it takes, no two of them alike. Each is written many times. */
  readonly records: readonly R[]
  /** All records of a data file, as its readers have them. Rejects where the bytes are no file of the format. */
  readonly read: (bytes: Uint8Array) => Promise<readonly unknown[]> | readonly unknown[]
  /** What `read` gives for a record. Left out: the record. */
  readonly asRead?: (record: R, context: RecordContext) => unknown
  /** Records that it refuses, each for a reason of its own. */
  readonly refused?: readonly R[]
}

/** What a case works with. */
export interface FormatSuite {
  readonly fixture: FormatFixture
  /** The format of a process that has just started. */
  restarted(): Promise<Format<unknown>>
}

/** One sentence of the port. */
export interface FormatCase {
  readonly name: string
  /** Only for formats that can be gone on with, only for those that cannot, or only where the fixture has refused records. */
  readonly needs?: 'appendable' | 'notAppendable' | 'refused'
  run(suite: FormatSuite): Promise<void>
}

/** A record and what is known of it. */
export interface Numbered {
  readonly record: unknown
  readonly context: RecordContext
}

/** What a commit left. */
export interface CommittedFile {
  readonly length: number
  /** As the log keeps it. */
  readonly state: JsonValue | undefined
}
