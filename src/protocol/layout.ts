// Every name that the protocol gives below `_multi_output`, and how it is read back. Those of data files are in file-naming.ts.
import { EPOCH_DIGITS, numberOf, padded, TASK_DIGITS } from './padded-number.js'

/** Fixed by the design: record names are 12 digits. */
const SEQUENCE_DIGITS = 12

/** Where the protocol keeps its own files; readers of Hadoop hide names that begin with `_`. */
export const PROTOCOL_DIRECTORY = '_multi_output'

/** Holds what a job is: its name and the options that can never change. */
export const JOB_PATH: string = `${PROTOCOL_DIRECTORY}/job.json`

/** Where `job.json` is written before it is renamed. */
export const JOB_TMP_DIRECTORY: string = `${PROTOCOL_DIRECTORY}/tmp`

/** The directory of a task's own files. */
export function taskDirectory(task: number): string {
  return `${PROTOCOL_DIRECTORY}/task-${padded(task, TASK_DIGITS)}`
}

/** The number of the task whose directory has this name. */
export function parseTaskDirectoryName(name: string): number | undefined {
  return numberOf(/^task-(\d+)$/.exec(name)?.[1])
}

/** The directory of a task's records. */
export function logDirectory(task: number): string {
  return `${taskDirectory(task)}/log`
}

/** The name of a record in its log directory. */
export function recordName(sequence: number): string {
  return `${padded(sequence, SEQUENCE_DIGITS)}.json`
}

/** The path of a record. */
export function recordPath(task: number, sequence: number): string {
  return `${logDirectory(task)}/${recordName(sequence)}`
}

/** The sequence of the record that has this name; `undefined` for a name that is no record's. */
export function parseRecordName(name: string): number | undefined {
  return numberOf(/^(\d{12,15})\.json$/.exec(name)?.[1])
}

/** The directory of all temps of a task. */
export function taskTmpDirectory(task: number): string {
  return `${taskDirectory(task)}/tmp`
}

/** The directory of one epoch's temps: deleted as a whole by a later epoch. */
export function epochTmpDirectory(task: number, epoch: number): string {
  return `${taskTmpDirectory(task)}/${padded(epoch, EPOCH_DIGITS)}`
}

/** The epoch whose temps a directory of this name holds. */
export function parseEpochDirectoryName(name: string): number | undefined {
  return numberOf(/^(\d+)$/.exec(name)?.[1])
}

/** What a temp is for: the first word of its name, for people. */
export type TempKind = 'record' | 'data' | 'copy' | 'manifest' | 'settled'

/** The path of a temp. `id` is a fresh 128-bit id, so that no two temps ever share a name. */
export function tempPath(task: number, epoch: number, kind: TempKind, id: string): string {
  return `${epochTmpDirectory(task, epoch)}/${kind}-${id}`
}

/** The name of a CONCAT's source beside its target, in mode `concat`: hidden from readers, and never twice the same. */
export function concatSourceName(id: string): string {
  return `.concat-${id}`
}

/** The directory of a task's manifests. */
export function manifestDirectory(task: number): string {
  return `${taskDirectory(task)}/sealed`
}

/** The path of the manifest of the files sealed on one UTC day (`2026-11-21`) and listed by the checkpoint of this sequence. */
export function manifestPath(task: number, day: string, sequence: number): string {
  return `${manifestDirectory(task)}/${day}-${padded(sequence, SEQUENCE_DIGITS)}.json`
}

/** The UTC day of a time, as in manifest names. */
export function utcDayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}
