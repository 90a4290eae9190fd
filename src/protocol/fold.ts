// Folds the commit log into a state. Pure. What breaks a rule of the log is corruption: it is said and nothing goes on.
import type { DataFile, SealedFile } from '../model/data-file.js'
import type { OffsetRanges } from '../model/offsets.js'
import { eachRange, OffsetRangesBuilder, unionOf } from '../model/offsets.js'
import type {
  CheckpointRecord,
  CheckpointState,
  ClaimRecord,
  CommitRecord,
  FileChange,
  LogRecord,
} from './log-record.js'
import { corrupt } from './record-codec.js'
import type { FileKey, TaskState } from './task-state.js'
import { emptyState, fileKey } from './task-state.js'
import { applyWindows } from './windows.js'

/** A record where it was read: `path` for messages, `bytes` its written length. */
export interface PlacedRecord {
  readonly sequence: number
  readonly path: string
  readonly bytes: number
  readonly record: LogRecord
}

/**
 * Folds records in ascending order without gaps. The first must be sequence 0 or a checkpoint.
 * Throws `LOG_CORRUPT` naming the record that breaks a rule.
 */
export function foldLog(records: readonly PlacedRecord[]): TaskState {
  return records.reduce(applyRecord, emptyState)
}

/** The state after one more record. Throws `LOG_CORRUPT`. */
export function applyRecord(state: TaskState, placed: PlacedRecord): TaskState {
  const { record, sequence, path } = placed
  const first = state.sequence === -1
  if (sequence !== state.sequence + 1 && !(first && record.type === 'checkpoint')) {
    throw corrupt(path, `it follows record ${state.sequence}; those between are missing`)
  }
  if (record.type !== 'claim' && record.epoch !== state.epoch && !(first && record.type === 'checkpoint')) {
    throw corrupt(path, `it is of epoch ${record.epoch} while epoch ${state.epoch} is current`)
  }
  switch (record.type) {
    case 'claim':
      return applyClaim(state, record, placed)
    case 'commit':
      return applyCommit(state, record, placed)
    case 'checkpoint':
      return applyCheckpoint(state, record, placed)
  }
}

function applyClaim(state: TaskState, record: ClaimRecord, { sequence, path, bytes }: PlacedRecord): TaskState {
  if (record.epoch !== state.epoch + 1)
    throw corrupt(path, `it claims epoch ${record.epoch} after epoch ${state.epoch}`)
  return {
    ...state,
    sequence,
    epoch: record.epoch,
    owner: record.writer,
    released: false,
    // An epoch that was taken over may have been taken over in the middle of its own fencing: then all before it count too.
    unfenced: state.released || state.owner === undefined ? [] : [...state.unfenced, state.owner],
    bytesSinceCheckpoint: state.bytesSinceCheckpoint + bytes,
  }
}

function applyCommit(state: TaskState, record: CommitRecord, { sequence, path, bytes }: PlacedRecord): TaskState {
  if (state.released) throw corrupt(path, `epoch ${state.epoch} had released the task before`)
  if (record.released && record.publish.length > 0) throw corrupt(path, 'it releases the task and lists actions')
  if ((record.watermarkMs ?? Infinity) < (state.watermarkMs ?? -Infinity)) {
    throw corrupt(path, `its watermark ${record.watermarkMs} is below ${state.watermarkMs}, the one before`)
  }
  const files = applyFiles(state, record, path)
  const windows = applyWindows(state, record, files.openFiles, path)
  return {
    ...state,
    ...files,
    ...windows,
    sequence,
    released: record.released,
    // The first commit of an epoch comes after its fencing (see claim in the engine).
    unfenced: [],
    offsets: applyOffsets(state.offsets, record.offsets, path),
    watermarkMs: record.watermarkMs ?? state.watermarkMs,
    // `null` is a value like any other.
    metadata: record.metadata === undefined ? state.metadata : record.metadata,
    // A commit is put only when everything listed before is done.
    unfinished: record.publish.length > 0 ? { sequence, actions: record.publish } : undefined,
    bytesSinceCheckpoint: state.bytesSinceCheckpoint + bytes,
    commitsSinceCheckpoint: state.commitsSinceCheckpoint + 1,
  }
}

function applyOffsets(committed: OffsetRanges, added: OffsetRanges, path: string): OffsetRanges {
  if (added.size === 0) return committed
  const offsets = new OffsetRangesBuilder()
  for (const [topic, partition, range] of eachRange(committed)) offsets.set(topic, partition, range)
  for (const [topic, partition, { from, until }] of eachRange(added)) {
    const own = offsets.get(topic, partition)
    if (own === undefined) offsets.set(topic, partition, { from, until })
    else {
      if (from < own.until) {
        throw corrupt(
          path,
          `its offsets of ${topic}/${partition} start at ${from}, but ${own.until} was committed before`,
        )
      }
      own.until = until
    }
  }
  return offsets.build()
}

interface Files {
  readonly openFiles: ReadonlyMap<FileKey, DataFile>
  readonly sealedFiles: readonly SealedFile[]
  readonly nextSerial: number
}

function applyFiles(state: TaskState, record: CommitRecord, path: string): Files {
  const openFiles = new Map(state.openFiles)
  const sealedFiles = [...state.sealedFiles]
  let nextSerial = state.nextSerial
  for (const change of record.files) {
    const key = fileKey(change.stream, change.directory)
    const before = openFiles.get(key)
    const grown = before?.serial === change.serial ? before : undefined
    const replaced = grown === undefined ? replacedSeal(state, sealedFiles, change) : -1
    if (replaced !== -1) {
      sealedFiles[replaced] = { ...sealedFiles[replaced]!, path: change.path }
      continue
    }
    checkChange(change, before, grown, state.nextSerial, path)
    const file = grow(grown, change, record.timeMs)
    nextSerial = Math.max(nextSerial, change.serial + 1)
    if (change.sealed) {
      if (grown !== undefined) openFiles.delete(key)
      sealedFiles.push({ ...file, sealedMs: record.timeMs })
    } else {
      // Kept in the order in which they were last added to: the first are the least recently used.
      if (file.length > (grown?.length ?? 0)) openFiles.delete(key)
      openFiles.set(key, file)
    }
  }
  return { openFiles, sealedFiles, nextSerial }
}

/**
 * The place of a sealed file that has to be replaced, because a CONCAT that the record before listed for it has become impossible: its bytes are in a copy
 * now, under another name. Nothing else of a sealed file ever changes, and it is in no manifest yet: checkpoints wait for what is listed.
 */
function replacedSeal(state: TaskState, sealedFiles: readonly SealedFile[], change: FileChange): number {
  if (!change.sealed || change.recordCount > 0 || change.baseLength !== change.length) return -1
  const isListed = state.unfinished?.actions.some((each) => each.do === 'concat' && each.serial === change.serial)
  if (isListed !== true) return -1
  return sealedFiles.findIndex(({ serial, length }) => serial === change.serial && length === change.length)
}

function checkChange(
  change: FileChange,
  before: DataFile | undefined,
  grown: DataFile | undefined,
  nextSerial: number,
  path: string,
): void {
  const where = `its file ${change.path}`
  if (grown === undefined) {
    if (change.baseLength !== 0) throw corrupt(path, `${where} grew from ${change.baseLength} but is not open`)
    if (change.serial < nextSerial) throw corrupt(path, `${where} has serial ${change.serial}, which was given before`)
    if (before !== undefined && !change.sealed) throw corrupt(path, `${where} is open beside ${before.path}`)
  } else if (change.baseLength !== grown.length) {
    throw corrupt(path, `${where} grew from ${change.baseLength}, but ${grown.length} was committed before`)
  }
}

function grow(before: DataFile | undefined, change: FileChange, timeMs: number): DataFile {
  const { sealed, baseLength, formatState, eventTimeMinMs, eventTimeMaxMs, windowEndMs, ...fields } = change
  const state = formatState ?? before?.formatState
  const blockCount = change.blockCount ?? before?.blockCount
  const minMs = smallest(before?.eventTimeMinMs, eventTimeMinMs)
  const maxMs = largest(before?.eventTimeMaxMs, eventTimeMaxMs)
  const endMs = largest(before?.windowEndMs, windowEndMs)
  return {
    ...fields,
    recordCount: (before?.recordCount ?? 0) + change.recordCount,
    offsets: before === undefined ? change.offsets : unionOf(before.offsets, change.offsets),
    createdMs: before?.createdMs ?? timeMs,
    // A reclaim gives a new name and adds nothing: the file is as idle as it was.
    touchedMs: before === undefined || change.length > baseLength ? timeMs : before.touchedMs,
    ...(minMs === undefined ? {} : { eventTimeMinMs: minMs }),
    ...(maxMs === undefined ? {} : { eventTimeMaxMs: maxMs }),
    ...(endMs === undefined ? {} : { windowEndMs: endMs }),
    ...(state === undefined ? {} : { formatState: state }),
    ...(blockCount === undefined ? {} : { blockCount }),
  }
}

function smallest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b)
}

function largest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b)
}

function applyCheckpoint(
  state: TaskState,
  record: CheckpointRecord,
  { sequence, path, bytes }: PlacedRecord,
): TaskState {
  const kept = record.state
  if (kept.epoch !== record.epoch) throw corrupt(path, `it is of epoch ${record.epoch} and holds epoch ${kept.epoch}`)
  if (state.sequence !== -1 && kept.nextSerial !== state.nextSerial) {
    throw corrupt(
      path,
      `it says that the next serial is ${kept.nextSerial}, the records before it say ${state.nextSerial}`,
    )
  }
  const { openFiles, unmarkedWindows, ...fields } = kept
  return {
    ...fields,
    sequence,
    watermarkMs: kept.watermarkMs,
    markedUntilMs: kept.markedUntilMs,
    unmarkedWindows: new Map(unmarkedWindows),
    metadata: kept.metadata,
    openFiles: new Map(openFiles.map((file) => [fileKey(file.stream, file.directory), file])),
    // A checkpoint that lists nothing supersedes nothing.
    unfinished: record.publish.length > 0 ? { sequence, actions: record.publish } : state.unfinished,
    checkpoint: sequence,
    checkpointBefore: state.checkpoint,
    checkpointBytes: bytes,
    bytesSinceCheckpoint: 0,
    commitsSinceCheckpoint: 0,
  }
}

/** What a checkpoint of this state keeps, given that its manifests take the sealed files. */
export function checkpointStateOf(state: TaskState): CheckpointState {
  const { epoch, owner, released, unfenced, offsets, watermarkMs, markedUntilMs, metadata, nextSerial } = state
  return {
    epoch,
    owner,
    released,
    unfenced,
    offsets,
    ...(watermarkMs === undefined ? {} : { watermarkMs }),
    ...(markedUntilMs === undefined ? {} : { markedUntilMs }),
    ...(state.unmarkedWindows.size === 0 ? {} : { unmarkedWindows: [...state.unmarkedWindows] }),
    ...(metadata === undefined ? {} : { metadata }),
    openFiles: [...state.openFiles.values()],
    sealedFiles: [],
    nextSerial,
  }
}
