// CREATE: its parameters, and the look at the parent where the server ignores the one that asks for it.
import type { CreateOptions } from '../file-system.js'
import { parentOf } from '../path.js'
import { type Attempt, refusal } from './arguments.js'
import { stat } from './stat.js'
import type { Wire } from './wire.js'

/** The parameters of a CREATE that must not replace anything. `synced`: each block goes to disk when it is closed. */
export function createParameters(
  { parents, permission, replication, blockSizeBytes }: CreateOptions,
  { synced }: { readonly synced: boolean },
): Readonly<Record<string, string | number | undefined>> {
  return {
    overwrite: 'false',
    createparent: parents === 'create' ? 'true' : 'false',
    createflag: synced ? 'CREATE,SYNC_BLOCK' : undefined,
    permission,
    replication,
    blocksize: blockSizeBytes,
  }
}

/** HttpFS ignores `createparent` and makes every parent, so it is looked for beforehand. */
export async function checkParent(wire: Wire, { parents }: CreateOptions, attempt: Attempt): Promise<void> {
  if (!wire.httpFs || parents === 'create') return
  const parent = await stat(wire, parentOf(attempt.path), attempt)
  if (parent === undefined) throw refusal('PARENT_NOT_FOUND', 'has no parent directory', attempt)
  if (parent.type === 'file') throw refusal('NOT_A_DIRECTORY', 'has a file for its parent', attempt)
}
