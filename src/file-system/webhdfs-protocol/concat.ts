// CONCAT: the content of the sources to the end of the target. Atomic, so its 200 needs no check.
import { isFileSystemError } from '../file-system-error.js'
import { errorOfRefusal, outcomeOfMutation, Refused } from './answer-errors.js'
import { type Attempt, checkConcat } from './arguments.js'
import { blockSummary } from './blocks.js'
import { parameterPath } from './hdfs-path.js'
import type { Wire } from './wire.js'

/** See `FileSystem.concat`. */
export async function concat(wire: Wire, target: string, sources: readonly string[]): Promise<void> {
  const attempt: Attempt = { operation: 'concat', path: target }
  checkConcat(target, sources, attempt)
  const parameters = { sources: sources.map((source) => parameterPath(wire.root, source)).join(',') }
  try {
    const request = { method: 'POST', op: 'CONCAT', path: target, parameters, effect: 'mutates' } as const
    await wire.ask(request, attempt)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const held = error.verdict.code === 'INVALID_ARGUMENT' && (await isAnyOpen(wire, [target, ...sources]))
    const verdict = held ? ({ ...error.verdict, code: 'LEASE_HELD', retry: 'later' } as const) : error.verdict
    throw errorOfRefusal(new Refused(error.exception, verdict), attempt, outcomeOfMutation)
  }
}

/** HDFS has one sentence for an empty source and for one that somebody has open. */
async function isAnyOpen(wire: Wire, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    try {
      if ((await blockSummary(wire, { operation: 'concat', path })).underConstruction) return true
    } catch (error) {
      // Not to be learned: then the server's own words stand.
      if (!isFileSystemError(error)) throw error
    }
  }
  return false
}
