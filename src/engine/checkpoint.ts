// A checkpoint: the folded state in one record, the manifests of what was sealed, and the garbage that it frees.
import type { SealedFile } from '../model/data-file.js'
import { firstKeptSequence } from '../protocol/checkpoint-policy.js'
import { manifestPath, recordPath, utcDayOf } from '../protocol/layout.js'
import type { Action, CheckpointRecord } from '../protocol/log-record.js'
import { encodeManifest } from '../protocol/manifest.js'
import { planCheckpoint } from '../protocol/plan-commit.js'
import type { TaskState } from '../protocol/task-state.js'
import { listSequences } from './read-log.js'
import type { Epoch, TaskContext } from './task-context.js'
import { writeTemp } from './write-temp.js'

/** Writes the manifests' temps and answers the checkpoint that lists them. */
export async function prepareCheckpoint(
  context: TaskContext,
  epoch: Epoch,
  state: TaskState,
): Promise<CheckpointRecord> {
  const sequence = state.sequence + 1
  const days = new Map<string, SealedFile[]>()
  for (const file of state.sealedFiles) {
    const day = utcDayOf(file.sealedMs)
    const files = days.get(day) ?? []
    days.set(day, files)
    files.push(file)
  }
  const publish: Action[] = []
  for (const [day, files] of days) {
    const from = await writeTemp(context, epoch, 'manifest', encodeManifest({ task: context.task, day, files }))
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
