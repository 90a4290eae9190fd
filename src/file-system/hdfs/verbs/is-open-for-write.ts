// isFileClosed: whether anybody has a file open for writing, or it is being recovered.
import { errorOfRefusal, Refused } from '../../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { isFileClosed } from '../messages/namespace-methods.js'
import type { Session } from '../session.js'

/** See `FileSystem.isOpenForWrite`. Other verbs ask too, in their own name: `attempt`. */
export async function isOpenForWrite(session: Session, path: string, attempt: Attempt): Promise<boolean> {
  try {
    const request = { src: absolutePath(session.options.root, path) }
    return !(await session.calls.call(isFileClosed, request, attempt)).result
  } catch (error) {
    throw error instanceof Refused ? errorOfRefusal(error, attempt, 'not-applied') : error
  }
}
