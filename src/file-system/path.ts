// The paths of the port, checked in one place before any adapter sees them: relative, `/`-separated, no way out.
import { FileSystemError, type Operation } from './file-system-error.js'

/** HDFS (`dfs.namenode.fs-limits.max-component-length`) and every common local file system stop at 255 bytes a name. */
export const NAME_BYTES_MAX = 255

/** HDFS refuses paths over 8,000 characters (`HdfsServerConstants.MAX_PATH_LENGTH`); Linux stops at 4,096 bytes (PATH_MAX). */
export const PATH_BYTES_MAX = 4_000

/**
 * Throws `INVALID_PATH` unless `path` is relative, made of non-empty segments other than `.` and `..`, without NUL and
 * lone surrogates, and of names of at most 255 bytes. `''` is the location itself and allowed where `root: 'allowed'`.
 */
export function checkPath(path: string, operation: Operation, options?: { readonly root: 'allowed' }): void {
  const complaint = complaintAbout(path, options?.root === 'allowed')
  if (complaint === undefined) return
  throw new FileSystemError(`${operation}: path ${JSON.stringify(abbreviate(path))} ${complaint}`, {
    code: 'INVALID_PATH',
    outcome: 'not-applied',
    retry: 'never',
    operation,
    path,
  })
}

function complaintAbout(path: string, rootAllowed: boolean): string | undefined {
  if (typeof path !== 'string') return 'is no string'
  if (path === '') return rootAllowed ? undefined : 'is empty; name something below the location'
  if (path.startsWith('/')) return 'is absolute; paths are relative to the location'
  if (path.includes('\0')) return 'contains a NUL'
  if (!path.isWellFormed()) return 'contains half a surrogate pair'
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) return `is longer than ${PATH_BYTES_MAX} bytes`
  for (const segment of path.split('/')) {
    if (segment === '') return 'has an empty segment'
    if (segment === '.' || segment === '..') return `has the segment '${segment}'`
    if (Buffer.byteLength(segment) > NAME_BYTES_MAX) return `has a name longer than ${NAME_BYTES_MAX} bytes`
  }
  return undefined
}

function abbreviate(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path
}

/** The last segment. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Everything before the last segment; `''` for a name directly below the location. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '' : path.slice(0, slash)
}

/** Joins segments, leaving out empty ones. */
export function joinPath(...segments: readonly string[]): string {
  return segments.filter((segment) => segment !== '').join('/')
}
