// Reads what a location's logs say, without being a writer: for inspect, verify, recover, and other tools.
import { type JobDescription, readJob } from '../engine/job-file.js'
import { engineLimits } from '../engine/limits.js'
import { silentLogger } from '../engine/logger.js'
import { readLog } from '../engine/read-log.js'
import type { FileSystem } from '../file-system/file-system.js'
import { isFileSystemError } from '../file-system/file-system-error.js'
import { nameOf } from '../file-system/path.js'
import type { SealedFile } from '../model/data-file.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { manifestDirectory, PROTOCOL_DIRECTORY, parseTaskDirectoryName } from '../protocol/layout.js'
import { decodeManifest } from '../protocol/manifest.js'
import type { TaskState } from '../protocol/task-state.js'

/** A task as its log has it. */
export interface TaskReport {
  readonly task: number
  readonly state: TaskState
  /** The newest record that was read; `undefined` for an empty log. */
  readonly lastRecord: { readonly sequence: number; readonly type: string; readonly timeMs: number } | undefined
  /** All sealed files: those of the manifests, then those that no manifest has yet. */
  readonly sealedFiles: readonly SealedFile[]
}

/** A location as its logs have it. Tasks that were never opened are not there. */
export interface LocationReport {
  readonly job: JobDescription
  readonly tasks: readonly TaskReport[]
}

/** Reads a location. Rejects with `OPEN_FAILED` where there is no job, `LOG_CORRUPT`, or a FileSystemError. Changes nothing. */
export async function readLocation(fileSystem: FileSystem): Promise<LocationReport> {
  const job = await readJob({ fileSystem })
  if (job === undefined) {
    throw new MultiOutputError(
      'OPEN_FAILED',
      `${fileSystem.location} holds no job: there is no ${PROTOCOL_DIRECTORY}/job.json`,
    )
  }
  const tasks: TaskReport[] = []
  for (const task of await listTasks(fileSystem)) tasks.push(await readTask(fileSystem, task))
  return { job, tasks }
}

/** The tasks that have a directory, ascending. */
export async function listTasks(fileSystem: FileSystem): Promise<number[]> {
  const tasks: number[] = []
  for await (const entry of fileSystem.list(PROTOCOL_DIRECTORY)) {
    const task = parseTaskDirectoryName(nameOf(entry.path))
    if (task !== undefined && entry.type === 'directory') tasks.push(task)
  }
  return tasks.sort((a, b) => a - b)
}

/** Reads one task. */
export async function readTask(fileSystem: FileSystem, task: number): Promise<TaskReport> {
  const { state, records } = await readLog({ fileSystem, task, limits: engineLimits, logger: silentLogger })
  const last = records.at(-1)
  const inManifests = await readManifests(fileSystem, task)
  const listed = new Set(inManifests.map(({ serial }) => serial))
  return {
    task,
    state,
    lastRecord: last && { sequence: last.sequence, type: last.record.type, timeMs: last.record.timeMs },
    // A manifest may have been put in place between reading the log and listing: then it wins.
    sealedFiles: [...inManifests, ...state.sealedFiles.filter(({ serial }) => !listed.has(serial))],
  }
}

async function readManifests(fileSystem: FileSystem, task: number): Promise<SealedFile[]> {
  const files: SealedFile[] = []
  try {
    for await (const entry of fileSystem.list(manifestDirectory(task))) {
      files.push(...decodeManifest(await fileSystem.read(entry.path), entry.path).files)
    }
  } catch (error) {
    if (!isFileSystemError(error, 'NOT_FOUND')) throw error
  }
  return files
}
