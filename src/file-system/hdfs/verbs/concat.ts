// concat: the blocks of the sources to the end of the target, in one step.
import { isFileSystemError } from '../../file-system-error.js'
import { parentOf } from '../../path.js'
import { errorOfRefusal, outcomeOfMutation, Refused } from '../../webhdfs-protocol/answer-errors.js'
import { type Attempt, refusal } from '../../webhdfs-protocol/arguments.js'
import { absolutePath } from '../../webhdfs-protocol/hdfs-path.js'
import { concat as concatMethod } from '../messages/namespace-methods.js'
import type { Session } from '../session.js'
import { isOpenForWrite } from './is-open-for-write.js'

/** See `FileSystem.concat`. */
export async function concat(session: Session, target: string, sources: readonly string[]): Promise<void> {
  const attempt: Attempt = { operation: 'concat', path: target }
  checkSources(target, sources, attempt)
  const { root } = session.options
  const request = { trg: absolutePath(root, target), srcs: sources.map((source) => absolutePath(root, source)) }
  try {
    await session.calls.call(concatMethod, request, attempt)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const isHeld = error.verdict.code === 'INVALID_ARGUMENT' && (await isAnyOpen(session, [target, ...sources]))
    const verdict = isHeld ? ({ ...error.verdict, code: 'LEASE_HELD', retry: 'later' } as const) : error.verdict
    throw errorOfRefusal(new Refused(error.exception, verdict), attempt, outcomeOfMutation)
  }
}

function checkSources(target: string, sources: readonly string[], attempt: Attempt): void {
  if (sources.length === 0) throw refusal('INVALID_ARGUMENT', 'was given no sources', attempt)
  if (new Set([target, ...sources]).size !== sources.length + 1) {
    throw refusal('INVALID_ARGUMENT', 'was given one path twice', attempt)
  }
  const elsewhere = sources.find((source) => parentOf(source) !== parentOf(target))
  if (elsewhere === undefined) return
  const complaint = `was given the source ${JSON.stringify(elsewhere)}; sources must be in the target's directory`
  throw refusal('INVALID_ARGUMENT', complaint, attempt)
}

/** HDFS has one sentence for an empty source and for one that somebody has open. */
async function isAnyOpen(session: Session, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    try {
      if (await isOpenForWrite(session, path, { operation: 'concat', path })) return true
    } catch (error) {
      // Not to be learned: then the server's own words stand.
      if (!isFileSystemError(error)) throw error
    }
  }
  return false
}
