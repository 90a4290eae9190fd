// Opens a task: fold, claim, publish, fence, record, clean. Start, takeover, rebalance and repair are all this.
import { isFileSystemError } from '../file-system/file-system-error.js'
import { nameOf } from '../file-system/path.js'
import type { DataFile } from '../model/data-file.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { noOffsets } from '../model/offsets.js'
import { explainOpen } from '../protocol/explain.js'
import { applyRecord } from '../protocol/fold.js'
import { epochTmpDirectory, JOB_TMP_DIRECTORY, parseEpochDirectoryName, taskTmpDirectory } from '../protocol/layout.js'
import type { PlannedFile } from '../protocol/plan-commit.js'
import { planClaim, planCommit } from '../protocol/plan-commit.js'
import type { OpenPlan } from '../protocol/plan-open.js'
import { planOpen } from '../protocol/plan-open.js'
import type { TaskState } from '../protocol/task-state.js'
import { Decisions } from './decisions.js'
import { RecordPut } from './put-record.js'
import { readLog } from './read-log.js'
import { reclaim, reclaimAll } from './reclaim.js'
import { Epoch, type TaskContext } from './task-context.js'
import { unchangedAt } from './unchanged-file.js'

/** A task that this writer owns. */
export interface OpenedTask {
  readonly state: TaskState
  readonly epoch: Epoch
}

/** `always`: win the task from whoever has it. `ifReleased`: only where its owner left, or there never was one. */
export type Takeover = 'always' | 'ifReleased'

/**
 * Claims the task and brings it to what its log says. Rejects with `NOT_RELEASED`, `FENCED` (somebody claimed after us),
 * `DATA_LOST`, `LOG_CORRUPT`, `OPEN_FAILED` or a FileSystemError. Whatever it rejects with, opening again is the way to go on.
 */
export async function openTask(context: TaskContext, takeover: Takeover): Promise<OpenedTask> {
  const { epoch, plan, state } = await claim(context, takeover)
  const decisions = new Decisions(context, epoch, state, plan.publish.length > 0 ? 'unpublished' : 'published')
  await decisions.settle()
  if (plan.fence.length > 0) await fenceFiles(context, epoch, decisions, plan.fence)
  await deleteOlderTemps(context, plan.deleteTmpBelowEpoch)
  return { state: decisions.state, epoch }
}

interface Claimed extends OpenedTask {
  readonly plan: OpenPlan
}

async function claim(context: TaskContext, takeover: Takeover): Promise<Claimed> {
  // Only numbers lost to other claims count: a live owner that commits faster than we read must not keep us out, but bounds us too.
  const readsMax = context.limits.claimsMax * context.limits.foldsMax
  let lostToClaims = 0
  for (let read = 0; read < readsMax && lostToClaims < context.limits.claimsMax; read++) {
    const { state, records } = await readLog(context)
    if (takeover === 'ifReleased' && !state.released) throw notReleased(context, state)
    const plan = planOpen(state, context.mode)
    context.logger.info({ task: context.task, plan: explainOpen(plan) }, 'opening a task')
    const epoch = new Epoch(context, plan.epoch)
    await context.fileSystem.mkdirs(epochTmpDirectory(context.task, plan.epoch))
    const { epoch: _, ...header } = epoch.header()
    const claim = planClaim(state, header)
    const put = new RecordPut(context, epoch, plan.claimSequence, claim, { follows: records.at(-1) })
    const outcome = await put.decide()
    if (outcome.outcome === 'won') return { epoch, plan, state: applyRecord(state, put.placed) }
    if (outcome.outcome === 'taken' && outcome.byClaim) lostToClaims++
  }
  throw new MultiOutputError(
    'OPEN_FAILED',
    `task ${context.task}: ${lostToClaims} claims were lost to other writers; something opens this task in a loop`,
  )
}

function notReleased(context: TaskContext, state: TaskState): MultiOutputError {
  const owner = state.owner === undefined ? 'nobody known' : `pid ${state.owner.pid} on ${state.owner.host}`
  return new MultiOutputError(
    'NOT_RELEASED',
    `task ${context.task} was not released by its owner (epoch ${state.epoch}, ${owner}). If that process is gone, open with takeover 'always' or run recover.`,
  )
}

/** Reclaims every file that an earlier writer may still reach, then puts and publishes where they are now. */
async function fenceFiles(
  context: TaskContext,
  epoch: Epoch,
  decisions: Decisions,
  files: readonly DataFile[],
): Promise<void> {
  const writersGone = decisions.state.unfenced.every((writer) => context.isSurelyGone(writer)) ? 'surely' : 'maybe'
  const planned = await reclaimAll(context, files, async (file, lane): Promise<PlannedFile> => {
    const { path, placement } = await reclaim(context, epoch, { ...file, keep: file.length, writersGone }, lane)
    return { change: unchangedAt(file, path), placement }
  })
  await decisions.decideAndPublish(planCommit(epoch.header(), { offsets: noOffsets, files: planned }))
}

/** Temps of older epochs: whatever they were for, no record will ever name them again. */
async function deleteOlderTemps(context: TaskContext, belowEpoch: number): Promise<void> {
  const older: string[] = []
  try {
    for await (const entry of context.fileSystem.list(taskTmpDirectory(context.task))) {
      const epoch = parseEpochDirectoryName(nameOf(entry.path))
      if (epoch !== undefined && epoch < belowEpoch) older.push(entry.path)
    }
  } catch (error) {
    if (!isFileSystemError(error, 'NOT_FOUND')) throw error
  }
  // The job has its description by now: who still puts one finds its temp gone, and reads what stands there.
  for (const path of [...older, JOB_TMP_DIRECTORY]) await context.fileSystem.delete(path, { recursive: 'all' })
}
