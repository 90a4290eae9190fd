// Paths as WebHDFS wants them: what HDFS refuses is refused here, and every segment is percent-encoded in this one place.
import { FileSystemError, type Operation } from '../file-system-error.js'
import { checkPath } from '../path.js'

/**
 * Throws `INVALID_PATH` for what `checkPath` refuses, and for a colon: HDFS allows none in a name
 * (`DFSUtilClient.isValidName`), but says so only after the redirect, or as "not found".
 */
export function checkHdfsPath(path: string, operation: Operation, options?: { readonly root: 'allowed' }): void {
  checkPath(path, operation, options)
  if (!path.includes(':')) return
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path
  throw new FileSystemError(`${operation}: path ${JSON.stringify(shown)} has a colon, which HDFS allows in no name`, {
    code: 'INVALID_PATH',
    outcome: 'not-applied',
    retry: 'never',
    operation,
    path,
  })
}

/** The absolute HDFS path of a path below `root` (absolute, without a slash at its end; `''` is the root of HDFS). */
export function absolutePath(root: string, path: string): string {
  if (path === '') return root === '' ? '/' : root
  return `${root}/${path}`
}

/**
 * The same for the value of a parameter. HttpFS trims these, so a name that ends in a space would become another name: the
 * slash behind it saves the space, and is no part of the name.
 */
export function parameterPath(root: string, path: string): string {
  const absolute = absolutePath(root, path)
  return absolute.charCodeAt(absolute.length - 1) <= 0x20 ? `${absolute}/` : absolute
}

/** Percent-encodes each segment of an absolute path, so that `%`, `+`, `#`, `?`, `;`, space and `日本` arrive as they are. */
export function encodePath(absolute: string): string {
  if (/^[\w./-]*$/.test(absolute)) return absolute
  return absolute.split('/').map(encodeURIComponent).join('/')
}

/** A query without `?`: names as they are, values percent-encoded, what is undefined left out. */
export function encodeQuery(parameters: Readonly<Record<string, string | number | undefined>>): string {
  let query = ''
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue
    query += `${query === '' ? '' : '&'}${name}=${encodeURIComponent(value)}`
  }
  return query
}
