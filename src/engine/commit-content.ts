// What a commit says: of its files to the log, and of itself to whoever listens.
import type { CommitRecord } from '../protocol/log-record.js'
import type { PlannedFile } from '../protocol/plan-commit.js'
import type { SealReason } from '../protocol/roll-policy.js'
import type { Attempt } from './attempt.js'
import { plannedFileOf, plannedSealOf } from './file-plan.js'
import { type CommitEvent, tell } from './hooks.js'
import type { UntouchedSeal } from './seal-choice.js'
import type { Epoch, TaskContext } from './task-context.js'

/** The attempt's files, all of which are uploaded, and those that are sealed without having gained anything. */
export function plannedFiles<R>(
  { naming }: TaskContext,
  attempt: Attempt<R>,
  seals: readonly UntouchedSeal[],
  epoch: Epoch,
): PlannedFile[] {
  const files = attempt.files.map((file) => plannedFileOf(naming, file, epoch)).filter((file) => file !== undefined)
  // The log has one open file of a key: one that is sealed comes before the one that follows it.
  return [...seals.map(({ file }) => plannedSealOf(naming, file)), ...files]
}

/** Why files are sealed, by serial. */
export function sealReasons<R>(attempt: Attempt<R>, seals: readonly UntouchedSeal[]): ReadonlyMap<number, SealReason> {
  const reasons = new Map(seals.map(({ file, reason }) => [file.serial, reason]))
  for (const { target, sealReason } of attempt.files) {
    if (target !== undefined && sealReason !== undefined) reasons.set(target.serial, sealReason)
  }
  return reasons
}

/** Bytes that a record adds to files. */
export function bytesOf(record: CommitRecord): number {
  return record.files.reduce((bytes, { baseLength, length }) => bytes + length - baseLength, 0)
}

/** Tells of a commit that is published, and of each file that it sealed. */
export function tellCommit(
  context: TaskContext,
  event: CommitEvent,
  record: CommitRecord,
  reasons: ReadonlyMap<number, SealReason>,
): void {
  tell(context, 'commit', event)
  for (const { serial, path, length: bytes } of record.files) {
    const reason = reasons.get(serial)
    if (reason !== undefined) tell(context, 'seal', { path, bytes, reason })
  }
}
