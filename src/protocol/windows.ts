// What a commit does to the windows of event time: which are sealed, which of their directories still lack a `_SUCCESS`, and
// the rule on which its promise rests.
import type { DataFile } from '../model/data-file.js'
import { MAIN_STREAM } from '../model/data-file.js'
import type { CommitRecord } from './log-record.js'
import { corrupt } from './record-codec.js'
import type { FileKey, TaskState } from './task-state.js'

/**
 * Directories without a marker that the state holds; beyond, the oldest are forgotten and never get one. A task that nobody opens keeps all
 * others from marking: a hundred keys in windows of five minutes are half as many in a day.
 */
export const UNMARKED_WINDOWS_MAX = 50_000

type Windows = Pick<TaskState, 'unmarkedWindows' | 'markedUntilMs'>

/**
 * The windows after a commit. **A window that ends at or below the watermark gets nothing any more**: a record that adds to one, or leaves a file of
 * one open, is corrupt. It is asked before a record is put and whenever one is read.
 */
export function applyWindows(
  state: TaskState,
  record: CommitRecord,
  openFiles: ReadonlyMap<FileKey, DataFile>,
  path: string,
): Windows {
  checkGrown(state, record, path)
  checkOpen(state, record, openFiles, path)
  const markedUntilMs = checkMarked(state, record, path)
  const added = record.files.filter(({ windowEndMs, stream }) => windowEndMs !== undefined && stream === MAIN_STREAM)
  const isMarked = markedUntilMs !== state.markedUntilMs
  if (added.length === 0 && !isMarked) return { unmarkedWindows: state.unmarkedWindows, markedUntilMs }
  const unmarkedWindows = new Map(state.unmarkedWindows)
  for (const { directory, windowEndMs } of added) {
    unmarkedWindows.set(directory, Math.max(windowEndMs!, unmarkedWindows.get(directory) ?? windowEndMs!))
  }
  if (isMarked) {
    for (const [directory, endMs] of unmarkedWindows) if (endMs <= markedUntilMs!) unmarkedWindows.delete(directory)
  }
  for (const directory of unmarkedWindows.keys()) {
    if (unmarkedWindows.size <= UNMARKED_WINDOWS_MAX) break
    unmarkedWindows.delete(directory)
  }
  return { unmarkedWindows, markedUntilMs }
}

function checkGrown({ watermarkMs, openFiles }: TaskState, { files }: CommitRecord, path: string): void {
  if (watermarkMs === undefined) return
  const bySerial = new Map<number, DataFile>()
  for (const file of openFiles.values()) if (file.windowEndMs !== undefined) bySerial.set(file.serial, file)
  for (const { serial, path: file, baseLength, length, windowEndMs } of files) {
    const endMs = Math.max(windowEndMs ?? -Infinity, bySerial.get(serial)?.windowEndMs ?? -Infinity)
    if (length === baseLength || endMs === -Infinity || endMs > watermarkMs) continue
    throw corrupt(path, `its file ${file} grew after its window ended at ${endMs}: the watermark was ${watermarkMs}`)
  }
}

function checkOpen(
  state: TaskState,
  { watermarkMs }: CommitRecord,
  openFiles: ReadonlyMap<FileKey, DataFile>,
  path: string,
): void {
  if (watermarkMs === undefined || watermarkMs === state.watermarkMs) return
  for (const file of openFiles.values()) {
    if (file.windowEndMs === undefined || file.windowEndMs > watermarkMs) continue
    throw corrupt(
      path,
      `it leaves ${file.path} open, whose window ended at ${file.windowEndMs}: its watermark is ${watermarkMs}`,
    )
  }
}

function checkMarked(state: TaskState, record: CommitRecord, path: string): number | undefined {
  const { markedUntilMs } = record
  if (markedUntilMs === undefined) return state.markedUntilMs
  const watermarkMs = record.watermarkMs ?? state.watermarkMs ?? -Infinity
  if (markedUntilMs > watermarkMs)
    throw corrupt(path, `it is marked until ${markedUntilMs}, above its watermark ${watermarkMs}`)
  if (markedUntilMs < (state.markedUntilMs ?? -Infinity)) {
    throw corrupt(path, `it is marked until ${markedUntilMs}, below ${state.markedUntilMs}, the one before`)
  }
  return markedUntilMs
}

/** A window that was sealed: no record of this task comes to its directories any more. */
export interface SealedWindow {
  /** Milliseconds since 1970; the first moment after it. */
  readonly windowEndMs: number
  /** Those that this task wrote to. */
  readonly directories: readonly string[]
}

/** The windows with directories of this task that a commit sealed, the earliest first. */
export function windowsSealedBy(before: TaskState, record: CommitRecord): readonly SealedWindow[] {
  const { watermarkMs } = record
  if (watermarkMs === undefined || watermarkMs === before.watermarkMs) return []
  const directories = new Map(before.unmarkedWindows)
  for (const { directory, windowEndMs, stream } of record.files) {
    if (windowEndMs !== undefined && stream === MAIN_STREAM) directories.set(directory, windowEndMs)
  }
  const floorMs = before.watermarkMs ?? -Infinity
  return byWindow([...directories].filter(([, endMs]) => endMs > floorMs && endMs <= watermarkMs))
}

/** Directories by the end of their window, the earliest first. */
export function byWindow(
  rows: readonly (readonly [directory: string, windowEndMs: number])[],
): readonly SealedWindow[] {
  const windows = new Map<number, string[]>()
  for (const [directory, windowEndMs] of rows) {
    const directories = windows.get(windowEndMs) ?? []
    windows.set(windowEndMs, directories)
    directories.push(directory)
  }
  return [...windows]
    .sort(([a], [b]) => a - b)
    .map(([windowEndMs, directories]) => ({ windowEndMs, directories: directories.sort() }))
}
