// What verify can find, as values: each says what, where, and what to do.

/**
 * - `MISSING_FILE` a committed file is not there
 * - `CUT_FILE` a file is shorter than what was committed
 * - `DAMAGED_FILE` a compressed file cannot be decompressed, or the bytes are no file of its format
 * - `FOREIGN_BYTES` bytes stand behind the committed length of a file that nobody may be writing to
 * - `NOT_IN_LOG` a data file that no record names
 * - `MISSING_LINE`, `REPEATED_LINE`, `FOREIGN_LINE` (no id, or one that was never committed to this file), `WRONG_ORDER`; where records are
 *   no lines, a line is a record
 */
export type FindingKind =
  | 'MISSING_FILE'
  | 'CUT_FILE'
  | 'DAMAGED_FILE'
  | 'FOREIGN_BYTES'
  | 'NOT_IN_LOG'
  | 'MISSING_LINE'
  | 'REPEATED_LINE'
  | 'FOREIGN_LINE'
  | 'WRONG_ORDER'

/** Something that is not as the log says. */
export interface Finding {
  readonly kind: FindingKind
  /** Relative to the location. */
  readonly path: string
  /** From 1; where records are no lines, the number of the record. */
  readonly line?: number
  /** Where the line, the record, or the block that holds it begins; in a compressed file, where it would without. */
  readonly byte?: number
  /** As it stands in the record, or as it should. */
  readonly id?: string
  /** A sentence: what is wrong, and what to do. */
  readonly message: string
}
