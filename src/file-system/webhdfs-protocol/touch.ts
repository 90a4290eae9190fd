// SETTIMES: an entry of the edit log that only a path which is there can have.
import { absentIfRefusedSo } from './answer-errors.js'
import type { Attempt } from './arguments.js'
import type { Wire } from './wire.js'

/**
 * See `FileSystem.touch`. The namenode answers once its edit log is synced up to this entry, and so up to all before it. (A SETPERMISSION or
 * TRUNCATE that changes nothing writes no entry.)
 */
export async function touch(wire: Wire, path: string): Promise<'present' | 'absent'> {
  const attempt: Attempt = { operation: 'touch', path }
  try {
    const parameters = { modificationtime: Date.now() }
    await wire.ask({ method: 'PUT', op: 'SETTIMES', path, parameters, effect: 'mutates' }, attempt)
    return 'present'
  } catch (error) {
    return absentIfRefusedSo(error, attempt)
  }
}
