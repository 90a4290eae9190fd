// truncate: done at once, or begun in the background and awaited by asking.
import { FileSystemError, type FileSystemErrorCode, isFileSystemError } from '../../file-system-error.js'
import { errorOfRefusal, outcomeOfMutation, Refused } from '../../webhdfs-protocol/answer-errors.js'
import { type Attempt, checkBytes, checkWait } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { truncate as truncateMethod } from '../messages/namespace-methods.js'
import type { Session } from '../session.js'
import { isOpenForWrite } from './is-open-for-write.js'
import { stat } from './stat.js'

interface Cut {
  readonly length: number
  readonly waitMs: number
}

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
  if (!isDone) await untilTruncated(session, cut, attempt)
}

async function untilTruncated(session: Session, { length, waitMs }: Cut, attempt: Attempt): Promise<void> {
  const { truncatePollMs } = session.options
  const giveUpMs = performance.now() + waitMs
  for (let pauseMs = truncatePollMs; ; pauseMs = Math.min(pauseMs * 2, truncatePollMs * 10)) {
    if (!(await asBegun(() => isOpenForWrite(session, attempt.path, attempt)))) {
      const found = await asBegun(() => stat(session, attempt.path, attempt))
      if (found?.length === length) return
      throw begun('WRONG_LENGTH', `ended at ${found?.length} bytes and not at ${length}: a foreign writer`, attempt)
    }
    const leftMs = giveUpMs - performance.now()
    if (leftMs <= 0) throw begun('TIMEOUT', `has begun and is not done after ${waitMs} ms (waitMs)`, attempt)
    await session.pauses.pause(Math.min(pauseMs, leftMs), attempt, 'unknown')
  }
}

/** A failure to look does not undo what has begun. */
async function asBegun<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (!isFileSystemError(error)) throw error
    const { code, retry, operation, path } = error
    const message = `${error.message} (while the truncate runs)`
    throw new FileSystemError(message, { code, retry, outcome: 'unknown', operation, path, cause: error })
  }
}

function begun(code: FileSystemErrorCode, complaint: string, attempt: Attempt): FileSystemError {
  const message = `truncate of ${JSON.stringify(attempt.path)} ${complaint}`
  return new FileSystemError(message, {
    code,
    outcome: 'unknown',
    retry: code === 'TIMEOUT' ? 'later' : 'never',
    ...attempt,
  })
}
