// From an attempt's files to what its commit record says of them: which are sealed, and where their bytes are.
import { joinPath, nameOf, parentOf } from '../file-system/path.js'
import type { DataFile } from '../model/data-file.js'
import type { Mode } from '../model/mode.js'
import type { FileNaming } from '../protocol/file-naming.js'
import type { PlannedFile } from '../protocol/plan-commit.js'
import type { AttemptFile } from './attempt-file.js'
import type { FileTarget } from './file-target.js'
import type { Visibility } from './job-file.js'
import type { Epoch } from './task-context.js'
import { unchangedAt } from './unchanged-file.js'

/** Builds the target of a file: of one that is open, or of a new one. Only when the attempt before is published. */
export function targetOf(
  file: Pick<AttemptFile<never>, 'directory' | 'before'>,
  open: DataFile | undefined,
  fresh: {
    readonly naming: FileNaming
    readonly task: number
    readonly epoch: Epoch
    readonly extension: string
    readonly mode: Mode
    readonly laterUploads: LaterUploads
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
      ...blankOf(fresh, open.blockCount ?? 0),
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
  const name = fresh.naming.format({
    task: fresh.task,
    serial,
    generation: fresh.epoch.nextGeneration(),
    extension: fresh.extension,
    shown,
  })
  const path = joinPath(file.directory, name)
  return {
    ...blankOf(fresh, 0),
    serial,
    directory: file.directory,
    path,
    baseLength: 0,
    checkedLength: 0,
    placement: { at: 'nowhere' },
  }
}

/** Where what is uploaded later in an attempt goes: to the end of what was uploaded before, or to a temp of its own, which a CONCAT puts behind the others. */
export type LaterUploads = 'appended' | 'further temps'

function blankOf(
  { mode, laterUploads }: { readonly mode: Mode; readonly laterUploads: LaterUploads },
  blockCount: number,
): Pick<FileTarget, 'parts' | 'blockCount' | 'reachedDataFile' | 'writersGone' | 'takesMore'> {
  return {
    parts: laterUploads === 'further temps' ? [] : undefined,
    blockCount: mode === 'concat' ? blockCount : undefined,
    reachedDataFile: false,
    writersGone: 'surely',
    takesMore: true,
  }
}

/** The change and the placement of an attempt's file once all of it is uploaded; `undefined` where there is nothing to say of it. */
export function plannedFileOf<R>(naming: FileNaming, file: AttemptFile<R>, epoch: Epoch): PlannedFile | undefined {
  const { target } = file
  const sealed = file.sealReason !== undefined
  if (target === undefined) return undefined
  const placement = placementOf(target, epoch)
  if (placement.at === 'nowhere') return undefined
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
    ...(file.windowEndMs === undefined ? {} : { windowEndMs: file.windowEndMs }),
    ...(formatState === undefined ? {} : { formatState }),
    ...(target.blockCount === undefined ? {} : { blockCount: target.blockCount }),
    sealed,
  }
  return shownWhenSealed(naming, { change, placement })
}

/** Where the bytes of a file are, all of which are uploaded. An upload that nothing came of is no part: HDFS puts no empty file behind another. */
function placementOf({ placement, parts, directory, path }: FileTarget, epoch: Epoch): FileTarget['placement'] {
  const [temp, ...further] = (parts ?? []).flatMap((part) => (part.bytes === 0 ? [] : [part.temp]))
  if (temp === undefined) return placement
  if (placement.at === 'nowhere') return { at: 'temp', temp, further }
  return { at: 'beside', temps: [temp, ...further], source: epoch.freshConcatSource(directory), target: path }
}

/** The seal of an open file that the attempt does not touch. */
export function plannedSealOf(naming: FileNaming, file: DataFile): PlannedFile {
  const change = { ...unchangedAt(file, file.path), sealed: true }
  return shownWhenSealed(naming, { change, placement: { at: 'data-file' } })
}

/** A dot-hidden file takes its visible name in the commit that seals it. */
function shownWhenSealed(naming: FileNaming, planned: PlannedFile): PlannedFile {
  const { change, placement } = planned
  const name = naming.parse(nameOf(change.path))
  if (!change.sealed || name?.shown !== 'hidden') return planned
  const path = joinPath(parentOf(change.path), naming.format({ ...name, shown: 'visible' }))
  const shown = { ...change, path }
  if (placement.at === 'data-file') return { change: shown, placement: { at: 'hidden', hiddenPath: change.path } }
  return { change: shown, placement }
}
