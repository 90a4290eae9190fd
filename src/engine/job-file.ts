// `_multi_output/job.json`: what a location belongs to, and the options that can never change.
import * as v from 'valibot'
import { FileSystemError, isFileSystemError } from '../file-system/file-system-error.js'
import { joinPath } from '../file-system/path.js'
import type { Mode } from '../model/mode.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { checkShape, count, firstComplaint, mapping, text, whole } from '../model/shape.js'
import { decodeChecked, encodeChecked } from '../protocol/checked-text.js'
import { DEFAULT_TEMPLATE, fileNamingOf } from '../protocol/file-naming.js'
import { JOB_PATH, JOB_TMP_DIRECTORY } from '../protocol/layout.js'
import { corrupt } from '../protocol/record-codec.js'
import { probeConcat } from './probe-concat.js'
import type { TaskContext } from './task-context.js'

/** Version of everything below `_multi_output`. */
export const FORMAT_VERSION = 1

/** Whether open data files show under their final name (`live`) or are dot-hidden until they are sealed. */
export type Visibility = 'live' | 'sealed'

/** What is fixed when a job is first opened. */
export interface JobDescription {
  readonly job: string
  readonly taskCount: number
  readonly mode: Mode
  readonly visibility: Visibility
  /** The template of its data files' names; see FileNaming. Left out: the default one. */
  readonly fileName?: string
}

const schema = mapping({
  formatVersion: whole,
  job: text,
  taskCount: count,
  mode: v.picklist(['append', 'new-file', 'concat']),
  visibility: v.picklist(['live', 'sealed']),
  fileName: v.optional(v.string()),
  createdMs: whole,
})

type JobReader = Pick<TaskContext, 'fileSystem'>

/** Reads the description; `undefined` where the location has no job yet. Throws `LOG_CORRUPT`, or `JOB_MISMATCH` for a later format version. */
export async function readJob({ fileSystem }: JobReader): Promise<JobDescription | undefined> {
  let bytes: Uint8Array
  try {
    bytes = await fileSystem.read(JOB_PATH)
  } catch (error) {
    if (isFileSystemError(error, 'NOT_FOUND')) return undefined
    throw error
  }
  let value: unknown
  try {
    value = decodeChecked(bytes)
  } catch (error) {
    throw corrupt(JOB_PATH, (error as Error).message, error)
  }
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion
  if (version !== FORMAT_VERSION) {
    throw mismatch('format version', String(version), String(FORMAT_VERSION), 'use a release that knows it')
  }
  const result = checkShape(schema, value)
  if (result.complaints) throw corrupt(JOB_PATH, `its field ${firstComplaint(result.complaints, '(description)')}`)
  const { job, taskCount, mode, visibility, fileName } = result.value
  const known = { job, taskCount, mode, visibility }
  if (fileName === undefined) return known
  try {
    fileNamingOf({ fileName })
    return { ...known, fileName }
  } catch (error) {
    throw corrupt(JOB_PATH, `its field fileName: ${(error as Error).message}`, error)
  }
}

/** Makes sure that the location is this job's: puts the description where there is none, and compares in any case. Throws `JOB_MISMATCH`. */
export async function claimJob(context: TaskContext, wanted: JobDescription): Promise<void> {
  let failure: FileSystemError | undefined
  for (let attempt = 0; attempt < context.limits.tempsMax; attempt++) {
    // Touched first: what was only seen may go in a failover, and the next job would find a location that belongs to nobody.
    const found = (await context.fileSystem.touch(JOB_PATH)) === 'present' ? await readJob(context) : undefined
    if (found !== undefined) return compare(found, wanted)
    if (wanted.mode === 'concat') await probeConcat(context)
    failure = await putJob(context, wanted)
  }
  const why = failure === undefined ? 'it was put and is not there' : failure.message
  throw new MultiOutputError('OPEN_FAILED', `${JOB_PATH} could not be written: ${why}`, {
    path: JOB_PATH,
    ...(failure === undefined ? {} : { cause: failure }),
  })
}

/** Answers why it may not have been put. */
async function putJob(
  { fileSystem, random, clock }: TaskContext,
  job: JobDescription,
): Promise<FileSystemError | undefined> {
  const content = encodeChecked(JSON.stringify({ formatVersion: FORMAT_VERSION, ...job, createdMs: clock.nowMs() }))
  const temp = joinPath(JOB_TMP_DIRECTORY, random.id())
  try {
    await fileSystem.create(temp, content, { parents: 'create' })
    await fileSystem.rename(temp, JOB_PATH, { mode: 'claim' })
    return undefined
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error
    // Put by another meanwhile, or unanswered: it is read back in any case, whoever put it. A location that cannot be is said at once.
    const isTaken = error.operation === 'rename' && ['ALREADY_EXISTS', 'NOT_FOUND'].includes(error.code)
    // The directory went between its making and the file's: whoever opens deletes what is left of such puts.
    const isSweptAway = error.code === 'PARENT_NOT_FOUND'
    if (error.outcome === 'not-applied' && !isTaken && !isSweptAway) throw error
    await fileSystem.delete(temp)
    return error
  }
}

function compare(found: JobDescription, wanted: JobDescription): void {
  if (found.job !== wanted.job) {
    throw mismatch('job', found.job, wanted.job, 'a location belongs to one job; choose another location')
  }
  if (found.taskCount !== wanted.taskCount) {
    throw mismatch(
      'taskCount',
      String(found.taskCount),
      String(wanted.taskCount),
      'it is fixed when a job is first opened',
    )
  }
  if (found.mode !== wanted.mode)
    throw mismatch('mode', found.mode, wanted.mode, 'it is fixed when a job is first opened')
  if (found.visibility !== wanted.visibility) {
    throw mismatch('visibility', found.visibility, wanted.visibility, 'it is fixed when a job is first opened')
  }
  if (fileNamingOf(found).template !== fileNamingOf(wanted).template) {
    const [there, here] = [found.fileName ?? DEFAULT_TEMPLATE, wanted.fileName ?? DEFAULT_TEMPLATE]
    const why = 'recovery finds files by their names, so they are fixed when a job is first opened'
    throw mismatch('fileName', there, here, `${why}; set it to what stands there, or choose another location`)
  }
}

function mismatch(what: string, found: string, wanted: string, why: string): MultiOutputError {
  return new MultiOutputError(
    'JOB_MISMATCH',
    `${JOB_PATH} says ${what} '${found}', the options say '${wanted}': ${why}`,
    {
      path: JOB_PATH,
    },
  )
}
