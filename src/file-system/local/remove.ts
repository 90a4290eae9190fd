// Deletes a name: a file, an empty directory, or all of a directory. Links are deleted, never what they lead to.
import type { LocalContext } from './context.js'
import { type Attempt, errnoOf } from './errno.js'
import { isAbsence, undefinedIfAbsent } from './root.js'

/** Deletes, and makes the absence durable, also one that was found. */
export async function remove(
  context: LocalContext,
  path: string,
  options: { readonly recursive: 'none' | 'all' },
  attempt: Attempt,
): Promise<'deleted' | 'absent'> {
  const { disk, directories } = context
  const entry = await context.root.findEntry(path, attempt).catch(undefinedIfAbsent)
  if (entry === undefined) return 'absent'
  const status = await disk.lstat(entry.absolute).catch(undefinedIfAbsent)
  let answer: 'deleted' | 'absent' = 'deleted'
  if (status === undefined) {
    answer = 'absent'
  } else if (!status.isDirectory()) {
    answer = await deletedUnlessAbsent(disk.unlink(entry.absolute))
  } else {
    directories.forget(entry.absolute)
    if (options.recursive === 'none') {
      answer = await deletedUnlessAbsent(disk.rmdir(entry.absolute)).catch((error: unknown) => {
        // POSIX allows either for a directory with entries.
        throw errnoOf(error) === 'EEXIST' ? Object.assign(new Error(String(error)), { code: 'ENOTEMPTY' }) : error
      })
    } else {
      attempt.outcome = 'unknown'
      await disk.rm(entry.absolute, { recursive: true, force: true, ...whileOthersCreate })
    }
  }
  if (answer === 'deleted') attempt.outcome = 'unknown'
  await directories.syncIfThere(entry.directory)
  return answer
}

/** Somebody may create entries while we delete them (a writer that does not know yet that it was fenced): tried again after 10, 20, … 100 ms. */
const whileOthersCreate = { maxRetries: 10, retryDelay: 10 }

async function deletedUnlessAbsent(removal: Promise<void>): Promise<'deleted' | 'absent'> {
  try {
    await removal
    return 'deleted'
  } catch (error) {
    if (isAbsence(error)) return 'absent'
    throw error
  }
}
