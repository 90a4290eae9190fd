// The one error that every file system throws. Its heart is `outcome`: whether the operation may have
// happened. The commit protocol decides by that, so an adapter says less rather than too much.

/**
 * What went wrong, independent of the adapter. Codes are stable; messages are for people and may change.
 *
 * - `NOT_FOUND` the path (for a rename or concat: a source) is not there
 * - `PARENT_NOT_FOUND` the directory above the path (for a rename: above the destination) is not there
 * - `ALREADY_EXISTS` the path (for a rename: the destination) must not exist and does
 * - `IS_DIRECTORY`, `NOT_A_DIRECTORY` the other kind was expected
 * - `NOT_EMPTY` a directory to be deleted without `recursive` has entries
 * - `LEASE_HELD` somebody has the file open for writing, or its last block is being recovered
 * - `WRONG_LENGTH` the file is longer or shorter than base + bytes sent: a foreign writer or a lost write
 * - `INVALID_PATH`, `INVALID_ARGUMENT` refused before any request
 * - `QUOTA`, `NO_SPACE`, `PERMISSION`, `AUTHENTICATION`, `SAFE_MODE`, `STANDBY` as the words say
 * - `UNSUPPORTED` the adapter lacks the capability, or the server refuses the operation for this file for good
 * - `CORRUPT` the server says that the data are damaged or missing
 * - `TIMEOUT` no answer, or no progress, within a named limit
 * - `UNAVAILABLE` no server could be reached, or the connection broke
 * - `PROTOCOL` the server's answer is not of the protocol (HTML, half a JSON, a 200 with nothing)
 * - `CLOSED` the file system, or the upload, was closed by us
 * - `UNEXPECTED` the server refused with an error that has no code of its own; `cause` has its class and message
 */
export type FileSystemErrorCode =
  | 'NOT_FOUND'
  | 'PARENT_NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'IS_DIRECTORY'
  | 'NOT_A_DIRECTORY'
  | 'NOT_EMPTY'
  | 'LEASE_HELD'
  | 'WRONG_LENGTH'
  | 'INVALID_PATH'
  | 'INVALID_ARGUMENT'
  | 'QUOTA'
  | 'NO_SPACE'
  | 'PERMISSION'
  | 'AUTHENTICATION'
  | 'SAFE_MODE'
  | 'STANDBY'
  | 'UNSUPPORTED'
  | 'CORRUPT'
  | 'TIMEOUT'
  | 'UNAVAILABLE'
  | 'PROTOCOL'
  | 'CLOSED'
  | 'UNEXPECTED'

/**
 * Whether the operation happened.
 *
 * - `not-applied` it surely did not and never will: it was refused by an answer, or no byte of it left this process.
 *   Failed reads are always `not-applied`.
 * - `unknown` it may have happened, in part or whole, or **may still happen later**: a time-out, a lost reply, a broken
 *   connection, and any answer but success to an APPEND once a datanode was contacted.
 * - `applied` it happened, but a condition checked afterwards does not hold (`WRONG_LENGTH`).
 */
export type Outcome = 'not-applied' | 'unknown' | 'applied'

/** Whether asking again may help: `never`, `now` (another server, a fresh connection) or `later` (after a pause). Says nothing about whether it is *safe*: that is `outcome`. */
export type Retry = 'never' | 'now' | 'later'

/** The verbs of the port, as they stand in errors, metrics and logs. */
export type Operation =
  | 'create'
  | 'append'
  | 'truncate'
  | 'concat'
  | 'rename'
  | 'delete'
  | 'mkdirs'
  | 'touch'
  | 'stat'
  | 'list'
  | 'read'
  | 'isOpenForWrite'
  | 'recoverLease'
  | 'open'
  | 'close'

/** What a {@link FileSystemError} is made from. `path` is relative to the location, as the caller gave it, or the path that the complaint is about. */
export interface FileSystemErrorDetails {
  readonly code: FileSystemErrorCode
  readonly outcome: Outcome
  readonly retry: Retry
  readonly operation: Operation
  readonly path: string
  readonly cause?: unknown
}

/** An operating error of a file system. `message` says what, where and, if there is something, what to do. */
export class FileSystemError extends Error {
  override readonly name: string = 'FileSystemError'
  readonly code: FileSystemErrorCode
  readonly outcome: Outcome
  readonly retry: Retry
  readonly operation: Operation
  /** Relative to the location. */
  readonly path: string

  constructor(message: string, details: FileSystemErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = details.code
    this.outcome = details.outcome
    this.retry = details.retry
    this.operation = details.operation
    this.path = details.path
  }
}

/** The server's own words, kept as the `cause` of a {@link FileSystemError}. */
export class RemoteException extends Error {
  override readonly name: string = 'RemoteException'
  /** The Java class name, short or qualified as the server gave it. */
  readonly exception: string
  /** The HTTP status that came with it; none where HDFS was asked by its own protocol. */
  readonly httpStatus: number | undefined

  constructor(exception: string, message: string, httpStatus?: number) {
    super(message)
    this.exception = exception
    this.httpStatus = httpStatus
  }
}

/** True for a {@link FileSystemError} with one of the codes (any code when none is given). */
export function isFileSystemError(error: unknown, ...codes: FileSystemErrorCode[]): error is FileSystemError {
  return error instanceof FileSystemError && (codes.length === 0 || codes.includes(error.code))
}
