// A small job with windows of five minutes for tests: records are at so many minutes after a noon.
import { readLog } from '../../src/engine/read-log.js'
import type { FileSystem } from '../../src/file-system/file-system.js'
import type { MultiOutput } from '../../src/multi-output.js'
import type { MultiOutputOptions } from '../../src/options.js'
import { byEventTime } from '../../src/partitioner/event-time.js'
import type { TaskState } from '../../src/protocol/task-state.js'
import { everythingBelow } from './faulty-file-system.js'
import { sampleContext } from './sample-context.js'
import { at, type Line } from './sample-output.js'

/** What minutes count from; a ManualClock begins there too. */
export const noon: number = Date.UTC(2026, 10, 21, 12)

/** A minute. */
export const MINUTE_MS = 60_000

/** Windows of five minutes that are over with the first record behind them. */
export const windows: Partial<MultiOutputOptions<Line>> = {
  partitioner: byEventTime(),
  eventTime: { allowedLatenessMs: 0, idlePartitionMs: 10 * MINUTE_MS },
}

/** The directory of a window. */
export function dir(minutes: number): string {
  return `2026-11-21/12-${String(minutes).padStart(2, '0')}`
}

/** Writes a line whose time is so many minutes after noon. */
export function write(output: MultiOutput<Line>, minutes: number, offset: number, partition: number = 0): void {
  const context = { ...at(offset, partition), eventTimeMs: noon + minutes * MINUTE_MS }
  void output.write({ key: '', text: `${partition}-${offset}` }, context)
}

/** The same, as a commit of its own. */
export async function commitAt(output: MultiOutput<Line>, minutes: number, offset: number): Promise<void> {
  write(output, minutes, offset)
  await output.commit()
}

/** What a task's log says. */
export async function stateOf(fileSystem: FileSystem, task: number = 0): Promise<TaskState> {
  return (await readLog(sampleContext(fileSystem, { task }))).state
}

/** The markers that are there. */
export async function marked(fileSystem: FileSystem): Promise<string[]> {
  const paths = (await everythingBelow(fileSystem, '')).map(({ path }) => path)
  return paths.filter((path) => path.endsWith('/_SUCCESS')).sort()
}
