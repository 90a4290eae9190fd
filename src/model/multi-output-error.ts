// The one error class of the writer. Operating errors of the file system below stand in `cause`.

/**
 * What happened. Codes are stable; messages are for people and may change.
 *
 * - `FENCED` another writer owns the task now. This one is dead, the outcome of its last commit is unknown to it, and it never claims again by itself.
 * - `DATA_LOST` a data file is shorter than what was committed, or gone. Nothing was changed; the message names it.
 * - `FOREIGN_FILE` something that is not ours stands where a file of ours must go, or a file grew by bytes that are not ours.
 * - `ABORTED` the attempt failed, or was aborted, and writes are refused until `abort()`; then replay from `committed`.
 * - `COMMIT_FAILED` the commit could not be carried out; `abort()` finds out whether it was decided.
 * - `LOG_CORRUPT` a record of the commit log is damaged, missing, of an unknown version or against the rules.
 * - `JOB_MISMATCH` the location belongs to another job, or to this one with another taskCount, mode or visibility.
 * - `NOT_RELEASED` the task's owner has not released it and `takeover` forbids to take it over.
 * - `OPEN_FAILED` the task could not be claimed within the limits, mostly because the file system is away.
 * - `BAD_RECORD` the partitioner or the format refused the record; nothing of it was taken in.
 * - `WRONG_OPTIONS` an option is missing, out of range or contradicts another.
 * - `CLOSED` the output was closed.
 */
export type MultiOutputErrorCode =
  | 'FENCED'
  | 'DATA_LOST'
  | 'FOREIGN_FILE'
  | 'ABORTED'
  | 'COMMIT_FAILED'
  | 'LOG_CORRUPT'
  | 'JOB_MISMATCH'
  | 'NOT_RELEASED'
  | 'OPEN_FAILED'
  | 'BAD_RECORD'
  | 'WRONG_OPTIONS'
  | 'CLOSED'

/** An operating error of the writer. `path`, where there is one, is relative to the location. */
export class MultiOutputError extends Error {
  override readonly name: string = 'MultiOutputError'
  readonly code: MultiOutputErrorCode
  readonly path: string | undefined

  constructor(
    code: MultiOutputErrorCode,
    message: string,
    details: { readonly path?: string; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.path = details.path
  }
}

/** True for a {@link MultiOutputError} with one of the codes (any code when none is given). */
export function isMultiOutputError(error: unknown, ...codes: MultiOutputErrorCode[]): error is MultiOutputError {
  return error instanceof MultiOutputError && (codes.length === 0 || codes.includes(error.code))
}
