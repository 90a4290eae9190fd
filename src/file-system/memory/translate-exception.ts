// HDFS's exceptions in the port's words. The messages are those of this namespace, so they may be looked at.
import {
  FileSystemError,
  type FileSystemErrorCode,
  type Operation,
  type Outcome,
  RemoteException,
  type Retry,
} from '../file-system-error.js'

const CODES: Readonly<Record<string, FileSystemErrorCode>> = {
  AlreadyBeingCreatedException: 'LEASE_HELD',
  FileAlreadyExistsException: 'ALREADY_EXISTS',
  FileNotFoundException: 'NOT_FOUND',
  HadoopIllegalArgumentException: 'INVALID_ARGUMENT',
  LeaseExpiredException: 'NOT_FOUND',
  ParentNotDirectoryException: 'NOT_A_DIRECTORY',
  PathIsNotEmptyDirectoryException: 'NOT_EMPTY',
  RecoveryInProgressException: 'LEASE_HELD',
  AccessControlException: 'PERMISSION',
  DSQuotaExceededException: 'QUOTA',
  NSQuotaExceededException: 'QUOTA',
  RetriableException: 'SAFE_MODE',
  SafeModeException: 'SAFE_MODE',
  SnapshotException: 'UNSUPPORTED',
  StandbyException: 'STANDBY',
}

/** Where a message says more than the class: first match wins. */
const BY_MESSAGE: readonly (readonly [Operation | undefined, RegExp, FileSystemErrorCode])[] = [
  [undefined, /^Path is not a file/, 'IS_DIRECTORY'],
  ['append', /^Cannot append to directory/, 'IS_DIRECTORY'],
  ['create', /^Parent directory doesn't exist/, 'PARENT_NOT_FOUND'],
  ['mkdirs', /^Path is not a directory/, 'NOT_A_DIRECTORY'],
  ['rename', /^rename destination parent .* not found/, 'PARENT_NOT_FOUND'],
  ['rename', /is a directory or file under source/, 'INVALID_ARGUMENT'],
  ['truncate', /^Cannot truncate to a larger file size/, 'WRONG_LENGTH'],
  ['concat', /target file .* is under construction/, 'LEASE_HELD'],
]

const RETRY: Partial<Readonly<Record<FileSystemErrorCode, Retry>>> = {
  LEASE_HELD: 'later',
  SAFE_MODE: 'later',
  STANDBY: 'now',
  UNAVAILABLE: 'now',
  TIMEOUT: 'later',
}

/** What an error is about, when a server refused. */
export interface RefusalContext {
  readonly operation: Operation
  readonly path: string
  readonly outcome: Outcome
  /** Of a rename: what the source is may decide what `both must be …` means. */
  readonly mode?: 'claim' | 'move' | 'replace'
}

/** Any error from a transport as a FileSystemError. */
export function translate(error: unknown, context: RefusalContext): unknown {
  if (!(error instanceof RemoteException)) return error
  const code = codeOf(error, context)
  const { operation, path, outcome } = context
  return new FileSystemError(`${operation} ${path}: ${error.message}`, {
    code,
    outcome,
    retry: retryOf(code),
    operation,
    path,
    cause: error,
  })
}

/** Whether asking again may help, by the code alone. */
export function retryOf(code: FileSystemErrorCode): Retry {
  return RETRY[code] ?? 'never'
}

function codeOf(error: RemoteException, context: RefusalContext): FileSystemErrorCode {
  for (const [operation, pattern, code] of BY_MESSAGE) {
    if ((operation === undefined || operation === context.operation) && pattern.test(error.message)) return code
  }
  if (context.operation === 'rename' && / must both be /.test(error.message)) {
    if (context.mode !== 'replace') return 'ALREADY_EXISTS'
    return error.message.endsWith('files') ? 'IS_DIRECTORY' : 'NOT_A_DIRECTORY'
  }
  return CODES[error.exception] ?? 'UNEXPECTED'
}
