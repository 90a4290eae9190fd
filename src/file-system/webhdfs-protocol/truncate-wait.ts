// A truncate that runs in the background of the namenode is awaited by asking.
import { FileSystemError, type FileSystemErrorCode, isFileSystemError } from '../file-system-error.js'
import type { Attempt } from './arguments.js'

/** The length that was asked for, and how long it may take. */
export interface Cut {
  readonly length: number
  readonly waitMs: number
}

/** What the waiting needs of an adapter. */
export interface TruncateWait {
  /** First pause; doubles up to ten times as much. */
  readonly pollMs: number
  /** The length where the file is closed; `undefined` while it is open, or gone. */
  readonly look: () => Promise<{ readonly isOpen: boolean; readonly length: number | undefined }>
  readonly pause: (durationMs: number) => Promise<void>
}

/** Resolves when the file is closed at the length. Rejects with `WRONG_LENGTH` or `TIMEOUT`, `outcome: 'unknown'` in all cases. */
export async function untilTruncated(
  { length, waitMs }: Cut,
  attempt: Attempt,
  { pollMs, look, pause }: TruncateWait,
): Promise<void> {
  const giveUpMs = performance.now() + waitMs
  for (let pauseMs = pollMs; ; pauseMs = Math.min(pauseMs * 2, pollMs * 10)) {
    const file = await asBegun(look)
    if (!file.isOpen) {
      if (file.length === length) return
      throw begun('WRONG_LENGTH', `ended at ${file.length} bytes and not at ${length}: a foreign writer`, attempt)
    }
    const leftMs = giveUpMs - performance.now()
    if (leftMs <= 0) throw begun('TIMEOUT', `has begun and is not done after ${waitMs} ms (waitMs)`, attempt)
    await asBegun(() => pause(Math.min(pauseMs, leftMs)))
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

function begun(code: FileSystemErrorCode, complaint: string, { operation, path }: Attempt): FileSystemError {
  const message = `truncate of ${JSON.stringify(path)} ${complaint}`
  const retry = code === 'TIMEOUT' ? 'later' : 'never'
  return new FileSystemError(message, { code, outcome: 'unknown', retry, operation, path })
}
