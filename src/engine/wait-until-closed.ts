// Waits until nobody writes to a fenced file any more, and has it taken from who does where the file system can.
import { FileSystemError, isFileSystemError } from '../file-system/file-system-error.js'
import type { Epoch, TaskContext } from './task-context.js'

/** Runs what the file system is asked to do, perhaps later: waiting is done outside. */
export type Lane = <T>(run: () => Promise<T>) => Promise<T>

/** For as long as a takeover may take. `moved`: the path is not there any more. */
export async function waitUntilClosed(
  context: TaskContext,
  epoch: Epoch,
  path: string,
  lane: Lane,
): Promise<'closed' | 'maybe-open' | 'moved'> {
  const { fileSystem, clock, limits } = context
  const { takeoverWaitMs, takeoverPollMs } = limits
  const sinceMs = clock.nowMs()
  // Looks are counted too, for clocks jump.
  const looksMax = Math.ceil(takeoverWaitMs / takeoverPollMs)
  for (let looksLeft = looksMax; ; looksLeft--) {
    try {
      if (!(await lane(() => fileSystem.isOpenForWrite(path)))) return 'closed'
    } catch (error) {
      if (isFileSystemError(error, 'NOT_FOUND')) return 'moved'
      throw error
    }
    if (looksLeft === looksMax && fileSystem.capabilities.recoverLease)
      await lane(() => takeFromWriter(context, epoch, path))
    if (looksLeft === 0 || clock.nowMs() - sinceMs >= takeoverWaitMs) return 'maybe-open'
    await clock.sleep(takeoverPollMs)
  }
}

/**
 * Saves time and decides nothing: the file is looked at again in any case. One that comes late ends an upload of our own at the worst, which is a
 * failed upload like any other; who follows us fences first.
 */
async function takeFromWriter(context: TaskContext, epoch: Epoch, path: string): Promise<void> {
  try {
    await context.fileSystem.recoverLease(path)
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error
    if (error.outcome !== 'not-applied') epoch.hasUnanswered = true
    context.logger.info({ err: error, path }, 'the lease of a file was not recovered; its writer is waited for')
  }
}
