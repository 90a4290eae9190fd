// Every name that the protocol gives below a location, and how it is read back. Numbers are zero-padded so that a later
// name sorts later, but always compared as numbers: a number that outgrows its width stays valid.

/** Widths of the padded numbers in names. Chosen so that names sort for longer than a job lives; nothing depends on them. */
const TASK_DIGITS = 5
const SERIAL_DIGITS = 8
const EPOCH_DIGITS = 6
const COUNTER_DIGITS = 6
/** Fixed by the design: record names are 12 digits. */
const SEQUENCE_DIGITS = 12

/** Where the protocol keeps its own files; readers of Hadoop hide names that begin with `_`. */
export const PROTOCOL_DIRECTORY = '_multi_output'

/** Holds what a job is: its name and the options that can never change. */
export const JOB_PATH: string = `${PROTOCOL_DIRECTORY}/job.json`

/** Where `job.json` is written before it is renamed. */
export const JOB_TMP_DIRECTORY: string = `${PROTOCOL_DIRECTORY}/tmp`

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0')
}

/** The directory of a task's own files. */
export function taskDirectory(task: number): string {
  return `${PROTOCOL_DIRECTORY}/task-${pad(task, TASK_DIGITS)}`
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
  return `${pad(sequence, SEQUENCE_DIGITS)}.json`
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
  return `${taskTmpDirectory(task)}/${pad(epoch, EPOCH_DIGITS)}`
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
  return `${manifestDirectory(task)}/${day}-${pad(sequence, SEQUENCE_DIGITS)}.json`
}

/** The UTC day of a time, as in manifest names. */
export function utcDayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

/** Which writer gave a data file its present name: its epoch, and that writer's own counter. */
export interface Generation {
  readonly epoch: number
  readonly counter: number
}

/** What a data file's name tells. */
export interface DataFileName {
  readonly task: number
  readonly serial: number
  readonly generation: Generation
  readonly extension: string
  /** `hidden`: dot-hidden until the record that seals it is published. */
  readonly shown: 'visible' | 'hidden'
}

/** The name of a data file. */
export function dataFileName(file: DataFileName): string {
  const { task, serial, generation, extension, shown } = file
  const dot = shown === 'hidden' ? '.' : ''
  const counter = pad(generation.counter, COUNTER_DIGITS)
  return `${dot}part-${pad(task, TASK_DIGITS)}-${pad(serial, SERIAL_DIGITS)}-${pad(generation.epoch, EPOCH_DIGITS)}.${counter}.${extension}`
}

/** Reads a data file's name; `undefined` for a name that is no data file's. */
export function parseDataFileName(name: string): DataFileName | undefined {
  const match = /^(\.?)part-(\d+)-(\d+)-(\d+)\.(\d+)\.(.+)$/.exec(name)
  if (match === null) return undefined
  const [task, serial, epoch, counter] = [match[2], match[3], match[4], match[5]].map(numberOf)
  if (task === undefined || serial === undefined || epoch === undefined || counter === undefined) return undefined
  return {
    task,
    serial,
    generation: { epoch, counter },
    extension: match[6]!,
    shown: match[1] === '.' ? 'hidden' : 'visible',
  }
}

/** Whether a data file has this extension. */
export function hasExtension(path: string, extension: string): boolean {
  return parseDataFileName(path.slice(path.lastIndexOf('/') + 1))?.extension === extension
}

/** Negative when `a` is the earlier generation. */
export function compareGenerations(a: Generation, b: Generation): number {
  return a.epoch - b.epoch || a.counter - b.counter
}

function numberOf(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : undefined
}
