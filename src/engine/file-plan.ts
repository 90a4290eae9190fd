// From an attempt's files to what its commit record says of them: which are sealed, and where their bytes are.
import { joinPath, nameOf, parentOf } from '../file-system/path.js'
import type { DataFile } from '../model/data-file.js'
import { dataFileName, parseDataFileName } from '../protocol/layout.js'
import type { PlannedFile } from '../protocol/plan-commit.js'
import type { AttemptFile } from './attempt-file.js'
import type { FileTarget } from './file-target.js'
import type { Visibility } from './job-file.js'
import { unchangedAt } from './open-task.js'
import type { Epoch } from './task-context.js'

/** Builds the target of a file: of one that is open, or of a new one. Only when the attempt before is published. */
export function targetOf(
  file: Pick<AttemptFile<never>, 'directory' | 'before'>,
  open: DataFile | undefined,
  fresh: {
    readonly task: number
    readonly epoch: Epoch
    readonly extension: string
    readonly visibility: Visibility
    readonly isCompressed: boolean
  },
): FileTarget {
  const { serial } = file.before
  if (open !== undefined && open.serial === serial) {
    // With compression nobody knows what an attempt adds before it is uploaded.
    if (open.length !== file.before.length && !fresh.isCompressed) {
      throw new TypeError(
        `${open.path}: ${open.length} bytes are committed, the attempt counts on ${file.before.length}`,
      )
    }
    const { directory, path, length } = open
    return {
      ...blank,
      serial,
      directory,
      path,
      baseLength: length,
      checkedLength: length,
      placement: { at: 'data-file' },
    }
  }
  if (file.before.length !== 0) throw new TypeError(`the file of serial ${serial} is to be appended to and is not open`)
  const shown = fresh.visibility === 'sealed' ? 'hidden' : 'visible'
  const name = dataFileName({
    task: fresh.task,
    serial,
    generation: fresh.epoch.nextGeneration(),
    extension: fresh.extension,
    shown,
  })
  const path = joinPath(file.directory, name)
  return {
    ...blank,
    serial,
    directory: file.directory,
    path,
    baseLength: 0,
    checkedLength: 0,
    placement: { at: 'nowhere' },
  }
}

const blank = { reachedDataFile: false, writersGone: 'surely' } as const

/** The change and the placement of an attempt's file once all of it is uploaded; `undefined` where there is nothing to say of it. */
export function plannedFileOf<R>(file: AttemptFile<R>): PlannedFile | undefined {
  const { target } = file
  const sealed = file.sealReason !== undefined
  if (target === undefined || target.placement.at === 'nowhere') return undefined
  if (target.checkedLength === target.baseLength && !sealed) return undefined
  const { formatState } = file
  const change: PlannedFile['change'] = {
    serial: target.serial,
    stream: file.stream,
    directory: file.directory,
    path: target.path,
    baseLength: target.baseLength,
    length: target.checkedLength,
    recordCount: file.recordCount,
    offsets: file.offsets,
    ...(file.eventTimeMinMs === undefined ? {} : { eventTimeMinMs: file.eventTimeMinMs }),
    ...(file.eventTimeMaxMs === undefined ? {} : { eventTimeMaxMs: file.eventTimeMaxMs }),
    ...(formatState === undefined ? {} : { formatState }),
    sealed,
  }
  return shownWhenSealed({ change, placement: target.placement })
}

/** The seal of an open file that the attempt does not touch. */
export function plannedSealOf(file: DataFile): PlannedFile {
  const change = { ...unchangedAt(file, file.path), sealed: true }
  return shownWhenSealed({ change, placement: { at: 'data-file' } })
}

/** A dot-hidden file takes its visible name in the commit that seals it. */
function shownWhenSealed(planned: PlannedFile): PlannedFile {
  const { change, placement } = planned
  const name = parseDataFileName(nameOf(change.path))
  if (!change.sealed || name?.shown !== 'hidden') return planned
  const path = joinPath(parentOf(change.path), dataFileName({ ...name, shown: 'visible' }))
  const shown = { ...change, path }
  if (placement.at === 'data-file') return { change: shown, placement: { at: 'hidden', hiddenPath: change.path } }
  return { change: shown, placement }
}
