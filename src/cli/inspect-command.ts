// `inspect`: what a location's logs say.
import type { LocationReport, TaskReport } from '../inspect/read-location.js'
import { readLocation } from '../inspect/read-location.js'
import { eachRange } from '../model/offsets.js'
import { byWindow } from '../protocol/windows.js'
import { type ConnectFlags, connect } from './connect.js'
import { exitCodes } from './exit-code.js'
import { toJson } from './json.js'
import { bytesText, counted, table, timeText } from './table.js'

/** Flags of `inspect`. */
export interface InspectFlags extends ConnectFlags {
  readonly json?: true
  /** List the files too. */
  readonly files?: true
}

/** Prints what a location holds. */
export async function inspectCommand(location: string, flags: InspectFlags): Promise<number> {
  await using fileSystem = await connect(location, flags)
  const report = await readLocation(fileSystem)
  console.log(flags.json ? toJson(jsonOf(report), 2) : textOf(report, location, flags.files === true))
  return exitCodes.done
}

function jsonOf({ job, tasks }: LocationReport): object {
  return {
    ...job,
    tasks: tasks.map(({ task, state, lastRecord, sealedFiles }) => ({
      task,
      epoch: state.epoch,
      released: state.released,
      owner: state.owner,
      lastRecord,
      offsets: state.offsets,
      watermarkMs: state.watermarkMs,
      markedUntilMs: state.markedUntilMs,
      unmarkedWindows: byWindow([...state.unmarkedWindows]),
      metadata: state.metadata,
      unfinishedActions: state.unfinished?.actions ?? [],
      openFiles: [...state.openFiles.values()],
      sealedFiles,
    })),
  }
}

function textOf({ job, tasks }: LocationReport, location: string, files: boolean): string {
  const parts = [
    `job ${job.job} at ${location}: ${counted(job.taskCount, 'task')}, mode ${job.mode}, visibility ${job.visibility}${namesText(job)}`,
    tasks.length === 0 ? 'no task was ever opened' : table(TASK_HEADINGS, tasks.map(taskRow)),
  ]
  const offsets = tasks.flatMap(({ task, state }) =>
    [...eachRange(state.offsets)].map(([topic, partition, { until }]) => [task, topic, partition, until] as const),
  )
  const watermarks = tasks.flatMap(windowsRow)
  if (watermarks.length > 0)
    parts.push(table(['task', 'watermark', 'windows open', 'sealed, without _SUCCESS'], watermarks))
  if (offsets.length > 0) parts.push(table(['task', 'topic', 'partition', 'next offset'], offsets))
  if (files) parts.push(...tasks.map(filesText).filter((text) => text !== ''))
  return parts.join('\n\n')
}

function namesText({ fileName }: LocationReport['job']): string {
  return fileName === undefined ? '' : `, files named ${fileName}`
}

const TASK_HEADINGS = ['task', 'epoch', 'owner', 'open files', 'sealed files', 'records', 'size', 'last record']

function taskRow({ task, state, lastRecord, sealedFiles }: TaskReport): (string | number)[] {
  const all = [...state.openFiles.values(), ...sealedFiles]
  const owner = state.owner === undefined ? '-' : `${state.owner.pid}@${state.owner.host}`
  return [
    task,
    state.epoch,
    state.released ? 'released' : owner,
    state.openFiles.size,
    sealedFiles.length,
    all.reduce((sum, file) => sum + file.recordCount, 0),
    bytesText(all.reduce((sum, file) => sum + file.length, 0)),
    lastRecord === undefined ? '-' : `${lastRecord.type} ${lastRecord.sequence}, ${timeText(lastRecord.timeMs)}`,
  ]
}

/** Windows by the directories that the log knows; what has its marker it has forgotten. */
function windowsRow({ task, state: { watermarkMs, unmarkedWindows } }: TaskReport): (string | number)[][] {
  if (watermarkMs === undefined && unmarkedWindows.size === 0) return []
  const windows = byWindow([...unmarkedWindows])
  const sealed = windows.filter(({ windowEndMs }) => windowEndMs <= (watermarkMs ?? -Infinity)).length
  return [[task, watermarkMs === undefined ? '-' : timeText(watermarkMs), windows.length - sealed, sealed]]
}

function filesText({ state, sealedFiles }: TaskReport): string {
  const row = (kind: string) => (file: { path: string; recordCount: number; length: number; touchedMs: number }) =>
    [file.path, kind, file.recordCount, file.length, timeText(file.touchedMs)] as const
  const rows = [...sealedFiles.map(row('sealed')), ...[...state.openFiles.values()].map(row('open'))]
  rows.sort(([a], [b]) => (a < b ? -1 : 1))
  return rows.length === 0 ? '' : table(['file', 'state', 'records', 'bytes', 'last added to'], rows)
}
