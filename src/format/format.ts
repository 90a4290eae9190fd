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

/** Encodes the records of one file, one after the other. It lives from an attempt's first record for the file until the attempts in hand end. */
export interface FormatWriter<R> {
  /**
   * Hands the record's bytes to the sink, now or later (see {@link flush}). If it throws, it must not have called the sink, nor kept anything of the record: the
   * record is then refused with `BAD_RECORD` and nothing of it is in the file.
   */
  encode(record: R, context: RecordContext, sink: RecordSink): void
  /**
   * `false` where the file cannot take the record but another could, because its schema is another: the file is sealed and the record goes to a new
   * one. Not asked for a file that is empty. Left out: every record fits.
   */
  fits?(record: R, context: RecordContext): boolean
  /** Bytes, about, that `encode` took in and did not hand on; counted in the memory budget. Left out: 0. */
  readonly heldBytes?: number
  /**
   * Hands on what is held: the file, cut behind it, holds every record so far as a whole. Called when an attempt takes nothing more, and
   * earlier when memory runs short. Left out: `encode` hands everything on at once.
   */
  flush?(sink: RecordSink): void
  /** Hands on what ends the file (a footer), after {@link flush}: nothing is encoded afterwards. Only in formats that say `appendable: false`. */
  finish?(sink: RecordSink): void
  /** What is needed to go on with the file after a restart (a sync marker, a schema), asked for after {@link flush}; kept in the commit record. */
  state?(): JsonValue
}

/** A way to write records, given to `MultiOutput.open`. */
export interface Format<R> {
  /** For messages and `inspect`. */
  readonly name: string
  /** Without the dot: `jsonl`. */
  readonly extension: string
  /** Whether a committed file can be gone on with; default `true`. Others need `mode: 'new-file'`. */
  readonly appendable?: boolean
  /** Whether readers take its files compressed as a whole (`.gz`); default `true`. Others compress inside, by an option of their own. */
  readonly compressible?: boolean
  /** Starts or goes on with a file. Formats without state may answer the same writer each time. */
  open(file: FormatFile): FormatWriter<R>
}
