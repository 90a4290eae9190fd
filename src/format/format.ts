// The port of the formats: how a record becomes bytes of a data file.
import type { JsonValue } from '../model/json-value.js'
import type { RecordContext } from '../model/record-id.js'

/** Takes the bytes of one record, in order. */
export interface RecordSink {
  /** Adds text, encoded as UTF-8. */
  text(text: string): void
  /** Adds bytes; they are copied before this returns. */
  bytes(bytes: Uint8Array): void
}

/** The data file that a writer goes on with. */
export interface FormatFile {
  /** Bytes that are in it: 0 for a new file. */
  readonly length: number
  /** What {@link FormatWriter.state} gave when the file was last committed. */
  readonly state?: JsonValue
}

/** Encodes the records of one file, one after the other. It lives from an attempt's first record for the file until the attempt ends. */
export interface FormatWriter<R> {
  /**
   * Hands the record's bytes to the sink. If it throws, it must not have called the sink: the record is then refused
   * with `BAD_RECORD` and nothing of it is in the file.
   */
  encode(record: R, context: RecordContext, sink: RecordSink): void
  /** What is needed to go on with the file after a restart (a sync marker, a schema); kept in the commit record. */
  state?(): JsonValue
}

/** A way to write records, given to `MultiOutput.open`. */
export interface Format<R> {
  /** For messages and `inspect`. */
  readonly name: string
  /** Without the dot: `jsonl`. */
  readonly extension: string
  /** Starts or goes on with a file. Formats without state may answer the same writer each time. */
  open(file: FormatFile): FormatWriter<R>
}
