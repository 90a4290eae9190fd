// Whether a failure may pass by itself, so that the attempt is replayed, or is for a person.
import { isFileSystemError } from '../file-system/file-system-error.js'
import { isMultiOutputError, type MultiOutputErrorCode } from '../model/multi-output-error.js'
import { isSourceError } from '../source/source-error.js'

/** These say that something went wrong, and leave what to the cause. */
const carriers: readonly MultiOutputErrorCode[] = ['ABORTED', 'COMMIT_FAILED', 'OPEN_FAILED']

const CAUSES_MAX = 20

/** True where trying again, after a pause, may help. The error nearest to the top that knows decides; one that nobody knows may not. */
export function mayPass(error: unknown): boolean {
  let isCarried = false
  for (let at: unknown = error, depth = 0; at !== undefined && depth < CAUSES_MAX; depth++) {
    if (isFileSystemError(at)) return at.retry !== 'never'
    if (isSourceError(at)) return at.retry === 'later'
    if (!isMultiOutputError(at, ...carriers)) return false
    isCarried = true
    at = at.cause
  }
  return isCarried
}
