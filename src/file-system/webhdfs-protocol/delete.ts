// DELETE: a file, an empty directory, or all of one.

import { absentIfRefusedSo, parse } from './answer-errors.js'
import type { Attempt } from './arguments.js'
import { booleanOf } from './replies.js'
import type { Wire } from './wire.js'

/** See `FileSystem.delete`. HDFS says `false` when it found nothing. */
export async function remove(
  wire: Wire,
  path: string,
  { recursive = 'none' }: { readonly recursive?: 'none' | 'all' },
): Promise<'deleted' | 'absent'> {
  const attempt: Attempt = { operation: 'delete', path }
  try {
    const parameters = { recursive: recursive === 'all' ? 'true' : 'false' }
    const request = { method: 'DELETE', op: 'DELETE', path, parameters, effect: 'mutates' } as const
    const reply = await wire.ask(request, attempt)
    return parse(reply, booleanOf, attempt, 'unknown') ? 'deleted' : 'absent'
  } catch (error) {
    return absentIfRefusedSo(error, attempt)
  }
}
