// truncate: done at once, or begun in the background and awaited by asking.
import { errorOfRefusal, outcomeOfMutation, Refused } from '../../webhdfs-protocol/answer-errors.js'
import { type Attempt, checkBytes, checkWait } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { type Cut, untilTruncated } from '../../webhdfs-protocol/truncate-wait.js'
import { truncate as truncateMethod } from '../messages/namespace-methods.js'
import type { Session } from '../session.js'
import { isOpenForWrite } from './is-open-for-write.js'
import { stat } from './stat.js'

/** See `FileSystem.truncate`. Sent once: one that comes late would cut off what was appended since. */
export async function truncate(session: Session, path: string, cut: Cut): Promise<void> {
  const attempt: Attempt = { operation: 'truncate', path }
  checkBytes(cut.length, 'length', attempt)
  checkWait(cut.waitMs, attempt)
  const src = absolutePath(session.options.root, path)
  let isDone: boolean
  try {
    const request = { src, newLength: cut.length, clientName: session.clientName }
    isDone = (await session.calls.call(truncateMethod, request, attempt)).result
  } catch (error) {
    throw error instanceof Refused ? errorOfRefusal(error, attempt, outcomeOfMutation) : error
  }
  if (isDone) return
  await untilTruncated(cut, attempt, {
    pollMs: session.options.truncatePollMs,
    look: async () => {
      if (await isOpenForWrite(session, path, attempt)) return { isOpen: true, length: undefined }
      return { isOpen: false, length: (await stat(session, path, attempt))?.length }
    },
    pause: (durationMs) => session.pauses.pause(durationMs, attempt, 'unknown'),
  })
}
