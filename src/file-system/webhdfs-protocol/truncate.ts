// TRUNCATE: done at once, or begun in the background and awaited by asking.
import { FileSystemError, type FileSystemErrorCode, isFileSystemError } from '../file-system-error.js'
import { errorOfRefusal, outcomeOfMutation, parse, Refused } from './answer-errors.js'
import { type Attempt, checkBytes, checkWait } from './arguments.js'
import { blockSummary } from './blocks.js'
import { type BlockSummary, booleanOf } from './replies.js'
import type { Wire } from './wire.js'

/** See `FileSystem.truncate`. Sent once: a repetition would be refused while the first one runs, and drives nothing. */
export async function truncate(
  wire: Wire,
  path: string,
  { length, waitMs }: { readonly length: number; readonly waitMs: number },
): Promise<void> {
  const attempt: Attempt = { operation: 'truncate', path }
  checkBytes(length, 'length', attempt)
  checkWait(waitMs, attempt)
  let done: boolean
  try {
    const request = {
      method: 'POST',
      op: 'TRUNCATE',
      path,
      parameters: { newlength: length },
      effect: 'mutates',
    } as const
    done = parse(await wire.ask(request, attempt), booleanOf, attempt, 'unknown')
  } catch (error) {
    if (error instanceof Refused) throw errorOfRefusal(error, attempt, outcomeOfMutation)
    throw error
  }
  if (!done) await untilTruncated(wire, { length, waitMs }, attempt)
}

async function untilTruncated(
  wire: Wire,
  { length, waitMs }: { readonly length: number; readonly waitMs: number },
  attempt: Attempt,
): Promise<void> {
  const giveUpMs = performance.now() + waitMs
  const { truncatePollMs } = wire
  for (let pauseMs = truncatePollMs; ; pauseMs = Math.min(pauseMs * 2, truncatePollMs * 10)) {
    const file = await lookAt(wire, attempt)
    if (!file.underConstruction) {
      if (file.length === length) return
      throw begun('WRONG_LENGTH', `ended at ${file.length} bytes and not at ${length}: a foreign writer`, attempt)
    }
    const leftMs = giveUpMs - performance.now()
    if (leftMs <= 0) throw begun('TIMEOUT', `has begun and is not done after ${waitMs} ms (waitMs)`, attempt)
    await asBegun(() => wire.pause(Math.min(pauseMs, leftMs), attempt))
  }
}

function lookAt(wire: Wire, attempt: Attempt): Promise<BlockSummary> {
  return asBegun(() => blockSummary(wire, attempt))
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

function begun(code: FileSystemErrorCode, complaint: string, { operation, path }: Attempt): FileSystemError {
  const message = `truncate of ${JSON.stringify(path)} ${complaint}`
  const retry = code === 'TIMEOUT' ? 'later' : 'never'
  return new FileSystemError(message, { code, outcome: 'unknown', retry, operation, path })
}
