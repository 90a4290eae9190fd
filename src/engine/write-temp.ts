// Writing a temp: the name is fresh, so an unknown outcome costs another name and nothing else.
import type { Content } from '../file-system/content.js'
import type { CreateOptions } from '../file-system/file-system.js'
import { FileSystemError } from '../file-system/file-system-error.js'
import { parentOf } from '../file-system/path.js'
import type { TempKind } from '../protocol/layout.js'
import type { Epoch, TaskContext } from './task-context.js'

/** Writes a temp of this epoch and answers its path. Rejects with the last FileSystemError when `tempsMax` names failed; nothing then refers to them. */
export function writeTemp(
  context: TaskContext,
  epoch: Epoch,
  kind: TempKind,
  content: Content,
  options: CreateOptions = {},
): Promise<string> {
  return tryFreshTemps(context, epoch, kind, (temp) => context.fileSystem.create(temp, content, options))
}

/** Runs `write` with fresh temp names until one is written. */
export async function tryFreshTemps(
  context: TaskContext,
  epoch: Epoch,
  kind: TempKind,
  write: (temp: string) => Promise<unknown>,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const temp = epoch.freshTemp(kind)
    try {
      await write(temp)
      return temp
    } catch (error) {
      if (!(error instanceof FileSystemError) || attempt >= context.limits.tempsMax) throw error
      // The temp or the epoch's own directory: deleted by a later epoch (then the record will tell), or by somebody's hand.
      const isGone = error.code === 'PARENT_NOT_FOUND' || (error.code === 'NOT_FOUND' && error.path === temp)
      if (isGone) await context.fileSystem.mkdirs(parentOf(temp))
      else if (error.outcome === 'not-applied') throw error
    }
  }
}
