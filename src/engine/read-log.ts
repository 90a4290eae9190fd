// Reads a task's commit log and folds it, while others may be writing to it and collecting its garbage.
import { isFileSystemError } from '../file-system/file-system-error.js'
import { nameOf } from '../file-system/path.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { PlacedRecord } from '../protocol/fold.js'
import { applyRecord, foldLog } from '../protocol/fold.js'
import { logDirectory, parseRecordName, recordName, recordPath } from '../protocol/layout.js'
import { corrupt, decodeRecord } from '../protocol/record-codec.js'
import type { TaskState } from '../protocol/task-state.js'
import type { TaskContext } from './task-context.js'

/** What reading needs; `inspect` and `verify` read without being a writer. */
export type LogReader = Pick<TaskContext, 'fileSystem' | 'task' | 'limits' | 'logger'>

/** The log as it was read: the records from the newest checkpoint on, and their fold. */
export interface FoldedLog {
  readonly state: TaskState
  readonly records: readonly PlacedRecord[]
}

/**
 * Folds the log from its newest checkpoint on. Ends with a listing that shows nothing above the last record, else reads on.
 * Throws `LOG_CORRUPT`, or `OPEN_FAILED` when the log moved under every one of `foldsMax` folds.
 */
export async function readLog(reader: LogReader): Promise<FoldedLog> {
  let gapBefore: string | undefined
  for (let fold = 0; fold < reader.limits.foldsMax; fold++) {
    const sequences = await listSequences(reader, -1)
    const records = await readFromNewestCheckpoint(reader, sequences)
    if (records === undefined) continue // one vanished between listing and reading: garbage collection, fold again
    const gap = findGap(reader, records)
    if (gap !== undefined) {
      // A listing is not a snapshot. Only a gap that a later fold shows too, with the same newest checkpoint, is corruption.
      if (gap.mark === gapBefore) throw corrupt(gap.path, gap.complaint)
      gapBefore = gap.mark
      continue
    }
    gapBefore = undefined
    const folded = await catchUp(reader, { state: foldLog(records), records })
    if (folded !== undefined) return folded
  }
  throw new MultiOutputError(
    'OPEN_FAILED',
    `${logDirectory(reader.task)} changed during each of ${reader.limits.foldsMax} attempts to read it: another writer is busy there`,
  )
}

/**
 * Reads on until a listing shows nothing above, and not from the start: whoever commits faster than a whole log can be folded could never be
 * taken over. `undefined` where it must be folded again after all.
 */
async function catchUp(reader: LogReader, folded: FoldedLog): Promise<FoldedLog | undefined> {
  let { state, records } = folded
  for (let round = 0; round < reader.limits.catchUpsMax; round++) {
    const above = await listSequences(reader, state.sequence)
    if (above.length === 0) return { state, records }
    const further = await readOn(reader, state.sequence, above)
    if (further === undefined) return undefined
    state = further.reduce(applyRecord, state)
    const checkpoint = further.findLastIndex(({ record }) => record.type === 'checkpoint')
    records = checkpoint === -1 ? [...records, ...further] : further.slice(checkpoint)
  }
  return undefined
}

/** The records above one that was read; `undefined` where there is a gap or one is gone. */
async function readOn(reader: LogReader, after: number, above: readonly number[]): Promise<PlacedRecord[] | undefined> {
  if (above.some((sequence, index) => sequence !== after + 1 + index)) return undefined
  const further: PlacedRecord[] = []
  for (let start = 0; start < above.length; start += reader.limits.operationsMax) {
    const batch = above.slice(start, start + reader.limits.operationsMax)
    for (const placed of await Promise.all(batch.map((sequence) => readRecord(reader, sequence)))) {
      if (placed === undefined) return undefined
      further.push(placed)
    }
  }
  return further
}

/** Sequences of the records that a listing shows above `after`, ascending. Foreign names are logged and left alone. */
export async function listSequences(reader: LogReader, after: number): Promise<number[]> {
  const sequences: number[] = []
  const startAfter = after < 0 ? {} : { startAfter: recordName(after) }
  try {
    for await (const entry of reader.fileSystem.list(logDirectory(reader.task), startAfter)) {
      const sequence = parseRecordName(nameOf(entry.path))
      if (sequence === undefined)
        reader.logger.warn({ path: entry.path }, 'a foreign file stands in the commit log; it is ignored')
      else if (sequence > after) sequences.push(sequence)
    }
  } catch (error) {
    if (isFileSystemError(error, 'NOT_FOUND')) return []
    throw error
  }
  return sequences.sort((a, b) => a - b)
}

/** Reads backwards until a checkpoint; `undefined` where a listed record is gone. */
async function readFromNewestCheckpoint(
  reader: LogReader,
  sequences: readonly number[],
): Promise<PlacedRecord[] | undefined> {
  const newestFirst: PlacedRecord[] = []
  for (let end = sequences.length; end > 0; end -= reader.limits.operationsMax) {
    const batch = sequences.slice(Math.max(0, end - reader.limits.operationsMax), end).reverse()
    const read = await Promise.all(batch.map((sequence) => readBytes(reader, sequence)))
    for (const [index, bytes] of read.entries()) {
      if (bytes === undefined) return undefined
      // Decoded one by one: what lies below the newest checkpoint is nobody's concern, whatever it is.
      const placed = placedRecord(reader, batch[index]!, bytes)
      newestFirst.push(placed)
      if (placed.record.type === 'checkpoint') return newestFirst.reverse()
    }
  }
  return newestFirst.reverse()
}

/** One record; `undefined` where nothing stands at the sequence. */
export async function readRecord(reader: LogReader, sequence: number): Promise<PlacedRecord | undefined> {
  const bytes = await readBytes(reader, sequence)
  return bytes === undefined ? undefined : placedRecord(reader, sequence, bytes)
}

function placedRecord({ task }: LogReader, sequence: number, bytes: Uint8Array): PlacedRecord {
  const path = recordPath(task, sequence)
  return { sequence, path, bytes: bytes.byteLength, record: decodeRecord(bytes, path) }
}

async function readBytes({ fileSystem, task }: LogReader, sequence: number): Promise<Uint8Array | undefined> {
  try {
    return await fileSystem.read(recordPath(task, sequence))
  } catch (error) {
    if (isFileSystemError(error, 'NOT_FOUND')) return undefined
    throw error
  }
}

function findGap(
  reader: LogReader,
  records: readonly PlacedRecord[],
): { mark: string; path: string; complaint: string } | undefined {
  const first = records[0]
  if (first === undefined) return undefined
  const headless = first.record.type !== 'checkpoint' && first.sequence > 0
  const hole = records.findIndex((placed, index) => placed.sequence !== first.sequence + index)
  if (!headless && hole === -1) return undefined
  const missing = headless ? first.sequence - 1 : first.sequence + hole
  return {
    mark: `${first.sequence} ${missing}`,
    path: recordPath(reader.task, missing),
    complaint: 'it is missing from the commit log, and records stand above it',
  }
}
