// Makes the name of what stands at a path outlive a power loss, whoever gave it.
import { dirname } from 'node:path'
import type { LocalContext } from './context.js'
import type { Attempt } from './errno.js'
import { statusOf } from './read.js'

/** See `FileSystem.touch`: what is shown may not have been synced by whoever made it. Asked about afterwards, as a sync may find nothing. */
export async function touch(context: LocalContext, path: string, attempt: Attempt): Promise<'present' | 'absent'> {
  const { root, directories } = context
  const found = await root.find(path, attempt)
  if (found === undefined) return 'absent'
  const top = await root.real()
  // The directories above too, up to one that is known to be durable.
  for (let entry = found; entry !== top && !directories.isDurable(entry); entry = dirname(entry)) {
    await directories.syncIfThere(dirname(entry))
    if (entry !== found) directories.markDurable(entry)
  }
  return (await statusOf(context, path, attempt)) === undefined ? 'absent' : 'present'
}
