// Finding out, and saying, that another writer owns the task.
import { MultiOutputError } from '../model/multi-output-error.js'
import type { LogRecord } from '../protocol/log-record.js'
import { tell } from './hooks.js'
import { readLog } from './read-log.js'
import type { Epoch, TaskContext } from './task-context.js'

/** The error that ends this writer. `by` says what showed it. */
export function fenced(context: TaskContext, epoch: Epoch, by: string): MultiOutputError {
  tell(context, 'fence', { epoch: epoch.number, by })
  return new MultiOutputError(
    'FENCED',
    `task ${context.task}: this writer (epoch ${epoch.number}) was fenced: ${by}. ` +
      'It has stopped and must not claim again by itself; what became of its last commit is for the new owner to know.',
  )
}

/** A record's writer, for messages. */
export function describeWriter(record: Pick<LogRecord, 'type' | 'epoch' | 'writer' | 'timeMs'>): string {
  const { writer } = record
  return `${record.type} of epoch ${record.epoch} by pid ${writer.pid} on ${writer.host} at ${new Date(record.timeMs).toISOString()}`
}

/** Reads the log once more and throws `FENCED` where a later epoch was claimed. */
export async function throwIfFenced(context: TaskContext, epoch: Epoch): Promise<void> {
  const { state } = await readLog(context)
  if (state.epoch <= epoch.number) return
  const owner = state.owner === undefined ? '' : ` by pid ${state.owner.pid} on ${state.owner.host}`
  throw fenced(context, epoch, `epoch ${state.epoch} was claimed${owner}`)
}

/**
 * A file of ours is not where it should be. Reads the log once more: a later claim means `FENCED`, else the file is lost. Throws in
 * either case.
 */
export async function fencedOrLost(
  context: TaskContext,
  epoch: Epoch,
  path: string,
  complaint: string,
): Promise<never> {
  await throwIfFenced(context, epoch)
  throw new MultiOutputError(
    'DATA_LOST',
    `${path}: ${complaint}. Nothing was changed. If the file can be brought back (trash, snapshot, another replica), do so and open again.`,
    { path },
  )
}
