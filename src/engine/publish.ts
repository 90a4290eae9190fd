// Carries out what a decided record asks for. Whoever opens the log next can do all of it again.
import { FileSystemError } from '../file-system/file-system-error.js'
import { parentOf } from '../file-system/path.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { Action } from '../protocol/log-record.js'
import { publishLanes, sourceOf } from '../protocol/publish-order.js'
import { inLanes } from './lanes.js'
import type { TaskContext } from './task-context.js'

/** Carries out the actions, those of one file in order. Resolves when every one is seen done. Rejects with `FOREIGN_FILE`, or a FileSystemError; repeatable. */
export async function publish(context: TaskContext, actions: readonly Action[]): Promise<void> {
  await inLanes(context, publishLanes(actions), async (lane) => {
    for (const action of lane) await carryOut(context, action)
  })
}

async function carryOut(context: TaskContext, action: Action): Promise<void> {
  for (let repeat = 0; ; repeat++) {
    try {
      return await send(context, action)
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error
      // Done means that the source is absent; an error means nothing until the source was looked up.
      if ((await context.fileSystem.stat(sourceOf(action))) === undefined) return
      if (repeat >= context.limits.publishRepeatsMax) throw error
      await makeRepeatable(context, action, error)
    }
  }
}

async function send({ fileSystem }: TaskContext, action: Action): Promise<void> {
  switch (action.do) {
    case 'rename':
      return fileSystem.rename(action.from, action.to, { mode: 'move' })
    case 'concat':
      return fileSystem.concat(action.target, [action.source])
    case 'delete':
      await fileSystem.delete(action.path)
  }
}

/** The source is still there. Mends what can be mended, or throws. */
async function makeRepeatable(context: TaskContext, action: Action, error: FileSystemError): Promise<void> {
  if (error.outcome === 'unknown') return
  if (action.do === 'rename' && error.code === 'PARENT_NOT_FOUND') {
    return context.fileSystem.mkdirs(parentOf(action.to))
  }
  if (action.do === 'rename' && error.code === 'ALREADY_EXISTS') {
    throw new MultiOutputError(
      'FOREIGN_FILE',
      `${action.to} exists, but ${action.from} was to be renamed to it and is still there: the former is not ours. Move it away and open again; nothing was deleted.`,
      { path: action.to, cause: error },
    )
  }
  throw error
}
