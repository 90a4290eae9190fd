// What the operating system's error numbers mean in the words of the port: one table.
import {
  FileSystemError,
  type FileSystemErrorCode,
  type Operation,
  type Outcome,
  type Retry,
} from '../file-system-error.js'

interface Meaning {
  readonly code: FileSystemErrorCode
  readonly retry: Retry
  readonly says: string
  /** The call may have taken effect all the same: the device or the network answered no more. */
  readonly doubtful?: 'doubtful'
}

const meanings: Readonly<Record<string, Meaning>> = {
  ENOENT: { code: 'NOT_FOUND', retry: 'never', says: 'is not there' },
  EEXIST: { code: 'ALREADY_EXISTS', retry: 'never', says: 'is there already' },
  ENOTDIR: { code: 'NOT_A_DIRECTORY', retry: 'never', says: 'is no directory, or leads through a file' },
  EISDIR: { code: 'IS_DIRECTORY', retry: 'never', says: 'is a directory' },
  ENOTEMPTY: { code: 'NOT_EMPTY', retry: 'never', says: 'is a directory with entries' },

  EACCES: { code: 'PERMISSION', retry: 'never', says: 'may not be used by the user of this process' },
  EPERM: { code: 'PERMISSION', retry: 'never', says: 'refuses this to the user of this process' },
  EROFS: { code: 'PERMISSION', retry: 'never', says: 'is on a file system that is mounted read-only' },

  ENOSPC: { code: 'NO_SPACE', retry: 'later', says: 'is on a file system that is full' },
  EDQUOT: { code: 'QUOTA', retry: 'later', says: "is over the user's disk quota" },
  EFBIG: { code: 'QUOTA', retry: 'never', says: 'would exceed the largest file allowed (see ulimit -f)' },
  EMLINK: { code: 'QUOTA', retry: 'never', says: 'would exceed the number of links that the file system allows' },

  ENAMETOOLONG: { code: 'INVALID_PATH', retry: 'never', says: 'is longer than the operating system allows' },
  EILSEQ: { code: 'INVALID_PATH', retry: 'never', says: 'is a name that the file system does not allow' },
  ELOOP: { code: 'INVALID_PATH', retry: 'never', says: 'leads through too many symbolic links, or is one itself' },
  EINVAL: { code: 'INVALID_ARGUMENT', retry: 'never', says: 'was refused as invalid by the operating system' },
  EXDEV: { code: 'UNSUPPORTED', retry: 'never', says: 'would have to move to another file system (a mount point?)' },
  ENOTSUP: { code: 'UNSUPPORTED', retry: 'never', says: 'is on a file system that cannot do this' },
  EOPNOTSUPP: { code: 'UNSUPPORTED', retry: 'never', says: 'is on a file system that cannot do this' },
  ENOSYS: { code: 'UNSUPPORTED', retry: 'never', says: 'is on a file system that cannot do this' },
  ENXIO: { code: 'UNSUPPORTED', retry: 'never', says: 'is neither a file nor a directory' },

  EMFILE: { code: 'UNAVAILABLE', retry: 'later', says: 'cannot be opened: too many open files (see ulimit -n)' },
  ENFILE: { code: 'UNAVAILABLE', retry: 'later', says: 'cannot be opened: too many open files on this machine' },
  ENOMEM: { code: 'UNAVAILABLE', retry: 'later', says: 'met a lack of memory' },
  EAGAIN: { code: 'UNAVAILABLE', retry: 'later', says: 'is busy' },
  EBUSY: { code: 'UNAVAILABLE', retry: 'later', says: 'is busy' },
  EBADF: { code: 'CLOSED', retry: 'never', says: 'was closed meanwhile' },

  EIO: { code: 'CORRUPT', retry: 'never', says: 'met an input/output error of the device', doubtful: 'doubtful' },
  EUCLEAN: { code: 'CORRUPT', retry: 'never', says: 'is on a file system that needs repair', doubtful: 'doubtful' },
  ESTALE: { code: 'UNAVAILABLE', retry: 'later', says: 'has a stale handle (network disk)', doubtful: 'doubtful' },
  ETIMEDOUT: { code: 'TIMEOUT', retry: 'later', says: 'got no answer in time (network disk)', doubtful: 'doubtful' },
}

const unknownMeaning: Meaning = { code: 'UNEXPECTED', retry: 'never', says: 'failed', doubtful: 'doubtful' }

const reads: ReadonlySet<Operation> = new Set(['stat', 'list', 'read', 'isOpenForWrite'])

/** One operation under way, and whether any of it may have taken effect yet. */
export interface Attempt {
  readonly operation: Operation
  /** The path that errors name. */
  readonly path: string
  outcome: Outcome
}

/** The port's error for whatever an attempt threw. A {@link FileSystemError} is itself. */
export function toFileSystemError(error: unknown, attempt: Attempt): FileSystemError {
  if (error instanceof FileSystemError) return error
  const errno = errnoOf(error)
  const { code, retry, says, doubtful } = (errno === undefined ? undefined : meanings[errno]) ?? unknownMeaning
  const inDoubt = doubtful !== undefined && !reads.has(attempt.operation) && attempt.outcome === 'not-applied'
  const reason = error instanceof Error ? error.message : String(error)
  return new FileSystemError(`${attempt.operation}: ${shown(attempt.path)} ${says} (${reason})`, {
    code,
    outcome: inDoubt ? 'unknown' : attempt.outcome,
    retry,
    operation: attempt.operation,
    path: attempt.path,
    cause: error,
  })
}

/** A refusal of our own, worded like the operating system's: nothing happened unless the attempt says otherwise. */
export function refusal(
  code: FileSystemErrorCode,
  says: string,
  attempt: Attempt,
  options?: { readonly path?: string; readonly cause?: unknown },
): FileSystemError {
  const path = options?.path ?? attempt.path
  return new FileSystemError(`${attempt.operation}: ${shown(path)} ${says}`, {
    code,
    outcome: attempt.outcome,
    retry: 'never',
    operation: attempt.operation,
    path,
    cause: options?.cause,
  })
}

/** `ENOENT` and its like, where the error is the operating system's. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return error.code
}

function shown(path: string): string {
  return path === '' ? 'the location' : `'${path}'`
}
