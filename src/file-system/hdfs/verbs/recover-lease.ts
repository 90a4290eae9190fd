// recoverLease: takes a file from whoever writes it.
import { errorOfRefusal, outcomeOfMutation, Refused } from '../../webhdfs-protocol/answer-errors.js'
import type { Attempt } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { recoverLease as recoverLeaseMethod } from '../messages/writing-methods.js'
import type { Session } from '../session.js'

/** See `FileSystem.recoverLease`. */
export async function recoverLease(session: Session, path: string): Promise<'closed' | 'recovering'> {
  const attempt: Attempt = { operation: 'recoverLease', path }
  try {
    const request = { src: absolutePath(session.options.root, path), clientName: session.clientName }
    return (await session.calls.call(recoverLeaseMethod, request, attempt)).result ? 'closed' : 'recovering'
  } catch (error) {
    throw error instanceof Refused ? errorOfRefusal(error, attempt, outcomeOfMutation) : error
  }
}
