// GETFILESTATUS: what stands at a path.
import type { FileStatus } from '../file-system.js'
import { errorOfRefusal, parse, Refused } from './answer-errors.js'
import type { Attempt } from './arguments.js'
import { fileStatusOf } from './replies.js'
import type { Wire } from './wire.js'

/** See `FileSystem.stat`. Other verbs ask too, in their own name: `attempt`. */
export async function stat(wire: Wire, path: string, attempt: Attempt): Promise<FileStatus | undefined> {
  try {
    const reply = await wire.ask({ method: 'GET', op: 'GETFILESTATUS', path, effect: 'reads' }, attempt)
    return { path, ...parse(reply, fileStatusOf, attempt, 'not-applied') }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { code } = error.verdict
    // HttpFS and others say that a parent is no directory: nothing stands below a file.
    if (code === 'NOT_FOUND' || code === 'NOT_A_DIRECTORY') return undefined
    throw errorOfRefusal(error, attempt, 'not-applied')
  }
}
