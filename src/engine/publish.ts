// Carries out what a decided record asks for. Whoever opens the log next can do all of it again.
import { FileSystemError } from '../file-system/file-system-error.js'
import { parentOf } from '../file-system/path.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { Action } from '../protocol/log-record.js'
import { publishLanes, sourceOf } from '../protocol/publish-order.js'
import type { ImpossibleLane } from '../protocol/replacement.js'
import { fencedOrLost } from './fenced.js'
import { inLanes } from './lanes.js'
import type { Epoch, TaskContext } from './task-context.js'

/** How an action was found to be done: for good, or seen only. */
type Done = 'durable' | 'seen'

/** The actions of one file, and how far they are. */
interface Lane {
  readonly actions: readonly Action[]
  /** Those that are left begin here. */
  next: number
  /** How often in a row the next one was seen done, an acknowledged mutation after each time. */
  looks: number
  /** Rounds in which it came no further. */
  idleRounds: number
  /** Its next action is a CONCAT that HDFS will never carry out. */
  isImpossible: boolean
}

/**
 * Carries out the actions, those of one file in order. Resolves when every one is done, and durable, but those of files that it answers: a CONCAT of theirs has
 * become impossible, and another record has to say what stands in its place. Rejects with `FENCED`, `DATA_LOST`, `FOREIGN_FILE`, or a FileSystemError; repeatable.
 */
export async function publish(
  context: TaskContext,
  epoch: Epoch,
  actions: readonly Action[],
): Promise<readonly ImpossibleLane[]> {
  const all = publishLanes(actions).map(
    (lane): Lane => ({ actions: lane, next: 0, looks: 0, idleRounds: 0, isImpossible: false }),
  )
  let lanes: readonly Lane[] = all
  while (lanes.length > 0) {
    await inLanes(context, lanes, (lane) => goOn(context, epoch, lane))
    lanes = lanes.filter((lane) => lane.next < lane.actions.length && !lane.isImpossible)
    if (lanes.length === 0) break
    const stuck = lanes.find((lane) => lane.idleRounds > context.limits.publishRepeatsMax)
    if (stuck !== undefined) throw neverDurable(stuck)
    // What was seen is durable by now, unless a namenode failed over between the look and this answer. Then the next look tells; or,
    // where a late request of the same kind has arrived in between, the one after that.
    await context.fileSystem.mkdirs(epoch.freshTemp('settled'))
  }
  return all.flatMap((lane) => {
    const { serial } = lane.actions[0]!
    return lane.isImpossible && serial !== undefined ? [{ serial, actions: lane.actions }] : []
  })
}

/** Carries out action after action, as far as the one before is durable: else a reader could see the file under neither name. */
async function goOn(context: TaskContext, epoch: Epoch, lane: Lane): Promise<void> {
  for (let action = lane.actions[lane.next]; action !== undefined; action = lane.actions[lane.next]) {
    const { was, now } = await carryOut(context, epoch, action)
    lane.isImpossible = now === 'impossible'
    if (lane.isImpossible) return
    lane.looks = was === 'to-do' ? 0 : lane.looks + 1
    if (now === 'seen' && lane.looks <= context.limits.lossesMax) {
      lane.idleRounds++
      return
    }
    lane.next++
    lane.looks = 0
    lane.idleRounds = 0
  }
}

/** `was`: whether anything had to be done. `now`: durable because it was answered, or because its result was found to be durable. */
async function carryOut(
  context: TaskContext,
  epoch: Epoch,
  action: Action,
): Promise<{ was: 'done' | 'to-do'; now: Done | 'impossible' }> {
  let was: 'done' | 'to-do' = 'done'
  for (let repeat = 0; ; repeat++) {
    try {
      if ((await send(context, action)) === 'done') return { was: 'to-do', now: 'durable' }
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error
      // Done means that the source is absent; an error means nothing until the source was looked up.
      if ((await context.fileSystem.stat(sourceOf(action))) !== undefined) {
        was = 'to-do'
        if (isRefusedForGood(action, error)) return { was, now: 'impossible' }
        if (repeat >= context.limits.publishRepeatsMax) throw error
        await makeRepeatable(context, epoch, action, error)
        continue
      }
    }
    return { was, now: await durabilityOf(context, action) }
  }
}

/** The source is absent. Where the result shows, it can be asked to stay; else (it went on to another name, or the action leaves none) it is only seen. */
async function durabilityOf({ fileSystem }: TaskContext, action: Action): Promise<Done> {
  return action.do === 'rename' && (await fileSystem.touch(action.to)) === 'present' ? 'durable' : 'seen'
}

function neverDurable(lane: Lane): MultiOutputError {
  const path = sourceOf(lane.actions[lane.next]!)
  const complaint = 'it is seen done and undone in turn; the namenodes do not agree'
  return new MultiOutputError('COMMIT_FAILED', `${path}: ${complaint}`, { path })
}

async function send({ fileSystem }: TaskContext, action: Action): Promise<'done' | 'was-done'> {
  switch (action.do) {
    case 'rename':
      await fileSystem.rename(action.from, action.to, { mode: 'move' })
      return 'done'
    case 'concat':
      await fileSystem.concat(action.target, [action.source])
      return 'done'
    case 'delete':
      return (await fileSystem.delete(action.path)) === 'deleted' ? 'done' : 'was-done'
  }
}

/** Snapshots, encryption zones, block sizes and erasure coding are no matter of time. */
function isRefusedForGood(action: Action, { code, outcome }: FileSystemError): boolean {
  const isForGood = code === 'UNSUPPORTED' || code === 'INVALID_ARGUMENT'
  return action.do === 'concat' && outcome === 'not-applied' && isForGood
}

/** The source is still there. Mends what can be mended, or throws. */
async function makeRepeatable(
  context: TaskContext,
  epoch: Epoch,
  action: Action,
  error: FileSystemError,
): Promise<void> {
  if (error.outcome === 'unknown') return
  if (action.do === 'concat' && error.code === 'NOT_FOUND') {
    const { target } = action
    if ((await context.fileSystem.stat(target)) !== undefined) return
    return fencedOrLost(context, epoch, target, 'it is not there any more')
  }
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
