// A namenode that gives files no ids: from before Hadoop 2.
import { FileSystemError } from '../../file-system-error.js'
import type { Attempt } from '../../webhdfs-protocol/arguments.js'

/** The file is open by then, under our lease. */
export function withoutId(attempt: Attempt): FileSystemError {
  const message = `${attempt.operation} of ${JSON.stringify(attempt.path)} was answered without the id of the file`
  return new FileSystemError(message, { code: 'PROTOCOL', outcome: 'unknown', retry: 'never', ...attempt })
}
