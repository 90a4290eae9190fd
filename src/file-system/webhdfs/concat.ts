// CONCAT: the content of the sources to the end of the target. Atomic, so its 200 needs no check.
import { isFileSystemError } from '../file-system-error.js'
import { type Attempt, checkConcat } from '../webhdfs-protocol/arguments.js'
import { parameterPath } from '../webhdfs-protocol/hdfs-path.js'
import { errorOfRefusal, outcomeOfMutation, Refused } from './answer-errors.js'
import { blockSummary } from './blocks.js'
import type { Session } from './session.js'

/** See `FileSystem.concat`. */
export async function concat(session: Session, target: string, sources: readonly string[]): Promise<void> {
  const attempt: Attempt = { operation: 'concat', path: target }
  checkConcat(target, sources, attempt)
  const parameters = { sources: sources.map((source) => parameterPath(session.options.root, source)).join(',') }
  try {
    const request = { method: 'POST', op: 'CONCAT', path: target, parameters, effect: 'mutates' } as const
    await session.namenodes.ask(request, attempt)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const held = error.verdict.code === 'INVALID_ARGUMENT' && (await isAnyOpen(session, [target, ...sources]))
    const verdict = held ? ({ ...error.verdict, code: 'LEASE_HELD', retry: 'later' } as const) : error.verdict
    throw errorOfRefusal(new Refused(error.exception, verdict), attempt, outcomeOfMutation)
  }
}

/** HDFS has one sentence for an empty source and for one that somebody has open. */
async function isAnyOpen(session: Session, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    try {
      if ((await blockSummary(session, { operation: 'concat', path })).underConstruction) return true
    } catch (error) {
      // Not to be learned: then the server's own words stand.
      if (!isFileSystemError(error)) throw error
    }
  }
  return false
}
