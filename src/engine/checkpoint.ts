// A checkpoint: the folded state in one record, the manifests of what was sealed, and the garbage that it frees.
import { encodeChecked } from '../protocol/checked-text.js'
import { firstKeptSequence } from '../protocol/checkpoint-policy.js'
import { manifestPath, recordPath, utcDayOf } from '../protocol/layout.js'
import type { Action, CheckpointRecord } from '../protocol/log-record.js'
import { planCheckpoint } from '../protocol/plan-commit.js'
import { writtenFile } from '../protocol/record-codec.js'
import type { TaskState } from '../protocol/task-state.js'
import { listSequences } from './read-log.js'
import type { Epoch, TaskContext } from './task-context.js'
import { writeTemp } from './write-temp.js'

/** Version of the manifests' form. */
export const MANIFEST_VERSION = 1

/** Writes the manifests' temps and answers the checkpoint that lists them. */
export async function prepareCheckpoint(
  context: TaskContext,
  epoch: Epoch,
  state: TaskState,
): Promise<CheckpointRecord> {
  const sequence = state.sequence + 1
  const days = new Map<string, object[]>()
  for (const file of state.sealedFiles) {
    const day = utcDayOf(file.sealedMs)
    const files = days.get(day) ?? []
    days.set(day, files)
    files.push(writtenFile(file))
  }
  const publish: Action[] = []
  for (const [day, files] of days) {
    const text = JSON.stringify({ version: MANIFEST_VERSION, task: context.task, day, files })
    const from = await writeTemp(context, epoch, 'manifest', encodeChecked(text))
    publish.push({ do: 'rename', from, to: manifestPath(context.task, day, sequence) })
  }
  return planCheckpoint(state, epoch.header(), publish)
}

/** Deletes the records below the last but one checkpoint, in ascending order, so that a log never has a gap above what is left. */
export async function collectGarbage(context: TaskContext, state: TaskState): Promise<void> {
  const firstKept = firstKeptSequence(state)
  if (firstKept === 0) return
  for (const sequence of await listSequences(context, -1)) {
    if (sequence >= firstKept) return
    await context.fileSystem.delete(recordPath(context.task, sequence))
  }
}
