// mkdirs: a directory and those above it.
import { FileSystemError } from '../../file-system-error.js'
import { errorOfRefusal, outcomeOfMutation, Refused } from '../../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { mkdirs as mkdirsMethod } from '../messages/namespace-methods.js'
import type { Session } from '../session.js'
import { stat } from './stat.js'

const PERMISSION_DEFAULT = 0o755

/** See `FileSystem.mkdirs`. */
export async function mkdirs(session: Session, path: string): Promise<void> {
  const attempt: Attempt = { operation: 'mkdirs', path }
  const src = absolutePath(session.options.root, path)
  try {
    const request = { src, masked: { perm: PERMISSION_DEFAULT }, createParent: true }
    if ((await session.calls.call(mkdirsMethod, request, attempt)).result) return
  } catch (error) {
    throw error instanceof Refused ? errorOfRefusal(error, attempt, outcomeOfMutation) : error
  }
  // HDFS has reasons for `false` that it does not tell. What stands there is what counts.
  const found = await stat(session, path, attempt)
  if (found?.type === 'directory') return
  const code = found === undefined ? 'UNEXPECTED' : 'NOT_A_DIRECTORY'
  const message = `mkdirs of ${JSON.stringify(path)}: the namenode answered false`
  throw new FileSystemError(message, { code, outcome: 'not-applied', retry: 'never', ...attempt })
}
