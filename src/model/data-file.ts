// What the log knows of one data file.
import type { JsonValue } from './json-value.js'
import type { OffsetRanges } from './offsets.js'

/** The stream that `write` uses when none is named. A job may have further ones (dead letters), each with a format of its own. */
export const MAIN_STREAM = 'main'

/** A data file at a commit. Lengths in bytes, times in milliseconds since 1970. */
export interface DataFile {
  /** The file's identity for life, unique within its task. */
  readonly serial: number
  /** Together with `directory` the key: at most one file a key is open. */
  readonly stream: string
  /** Relative to the location; `''` is the location itself. */
  readonly directory: string
  /** Relative to the location; its name holds the generation. */
  readonly path: string
  /** Committed length: bytes beyond it do not exist for us. Never 0. */
  readonly length: number
  readonly recordCount: number
  /** The offsets of its records; other files may hold offsets of the same ranges. */
  readonly offsets: OffsetRanges
  readonly eventTimeMinMs?: number
  readonly eventTimeMaxMs?: number
  /** Of a file whose directory is a window of event time: the first moment after it. Once the watermark is there the file is sealed, and the directory gets no record any more. */
  readonly windowEndMs?: number
  readonly formatState?: JsonValue
  /** Blocks of HDFS that it is made of, about; in mode `concat` only, where each commit adds some and they decide when it is sealed. */
  readonly blockCount?: number
  /** When its first and last bytes were committed, by the writers' clocks: for roll policies and people, never for exactness. */
  readonly createdMs: number
  readonly touchedMs: number
}

/** A data file that is never appended to again. */
export interface SealedFile extends DataFile {
  readonly sealedMs: number
}
