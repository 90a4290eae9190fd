// MKDIRS: a directory and those above it.
import { FileSystemError } from '../file-system-error.js'
import { errorOfRefusal, outcomeOfMutation, parse, Refused } from './answer-errors.js'
import type { Attempt } from './arguments.js'
import { booleanOf } from './replies.js'
import { stat } from './stat.js'
import type { Wire } from './wire.js'

/** See `FileSystem.mkdirs`. */
export async function mkdirs(wire: Wire, path: string): Promise<void> {
  const attempt: Attempt = { operation: 'mkdirs', path }
  let made: boolean
  try {
    const reply = await wire.ask({ method: 'PUT', op: 'MKDIRS', path, effect: 'mutates' }, attempt)
    made = parse(reply, booleanOf, attempt, 'unknown')
  } catch (error) {
    if (error instanceof Refused) throw errorOfRefusal(error, attempt, outcomeOfMutation)
    throw error
  }
  if (made) return
  // HDFS has reasons for `false` that it does not tell. What stands there is what counts.
  const found = await stat(wire, path, attempt)
  if (found?.type === 'directory') return
  throw new FileSystemError(`mkdirs of ${JSON.stringify(path)}: the server answered false`, {
    code: found === undefined ? 'UNEXPECTED' : 'NOT_A_DIRECTORY',
    outcome: 'not-applied',
    retry: 'never',
    operation: 'mkdirs',
    path,
  })
}
