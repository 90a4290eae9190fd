// Carries out what a decided record asks for. Whoever opens the log next can do all of it again.
import { FileSystemError } from '../file-system/file-system-error.js'
import { parentOf } from '../file-system/path.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { Action } from '../protocol/log-record.js'
import { publishLanes, sourceOf } from '../protocol/publish-order.js'
import { inLanes } from './lanes.js'
import type { Epoch, TaskContext } from './task-context.js'

/** How an action was found to be done: answered, or looked up. */
type Done = 'answered' | 'seen'

/** Carries out the actions, those of one file in order. Resolves when every one is done, and durable. Rejects with `FOREIGN_FILE`, or a FileSystemError; repeatable. */
export async function publish(context: TaskContext, epoch: Epoch, actions: readonly Action[]): Promise<void> {
  let lanes = publishLanes(actions)
  for (let round = 0; lanes.length > 0; round++) {
    const done = await inLanes(context, lanes, (lane) => carryOutInOrder(context, lane))
    lanes = lanes.filter((_, index) => done[index] === 'seen')
    if (lanes.length === 0) return
    if (round >= context.limits.publishRepeatsMax) throw neverDurable(lanes)
    // Seen, not acknowledged: a namenode shows what is not durable yet, and the one that takes over from it may never have heard of it.
    // After an acknowledged mutation whatever is still to be seen is durable; the rest is done again.
    await context.fileSystem.mkdirs(epoch.freshTemp('settled'))
    const stays = await inLanes(context, lanes, (lane) => isSeenDone(context, lane))
    lanes = lanes.filter((_, index) => stays[index] === false)
  }
}

async function carryOutInOrder(context: TaskContext, lane: readonly Action[]): Promise<Done> {
  let all: Done = 'answered'
  for (const action of lane) if ((await carryOut(context, action)) === 'seen') all = 'seen'
  return all
}

async function isSeenDone({ fileSystem }: TaskContext, lane: readonly Action[]): Promise<boolean> {
  for (const action of lane) if ((await fileSystem.stat(sourceOf(action))) !== undefined) return false
  return true
}

async function carryOut(context: TaskContext, action: Action): Promise<Done> {
  for (let repeat = 0; ; repeat++) {
    try {
      await send(context, action)
      return 'answered'
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error
      // Done means that the source is absent; an error means nothing until the source was looked up.
      if ((await context.fileSystem.stat(sourceOf(action))) === undefined) return 'seen'
      if (repeat >= context.limits.publishRepeatsMax) throw error
      await makeRepeatable(context, action, error)
    }
  }
}

function neverDurable(lanes: readonly (readonly Action[])[]): MultiOutputError {
  const path = sourceOf(lanes[0]![0]!)
  const complaint = 'it is seen done and undone in turn; the namenodes do not agree'
  return new MultiOutputError('COMMIT_FAILED', `${path}: ${complaint}`, { path })
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
