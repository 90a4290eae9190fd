// Windows of event time in a run: what time a record has, which window that is, and how a directory tells it.
import type { Partitioner } from '../../src/partitioner/partitioner.js'

/** How event time is followed in a run; the windows themselves are the same in all. */
export interface WindowSettings {
  readonly allowedLatenessMs: number
  readonly idlePartitionMs: number
  readonly late: 'directory' | 'drop'
}

/** A window's length. With a record every 100 ms that is five of a partition. */
const WINDOW_MS = 500

/** Beyond every time of a run; nobody's clock says anything here. */
const FUTURE_MS_MAX = 2 ** 50

/** When a record happened: partitions are not in step, most records a little out of order, some very late. */
export function eventTimeOf(
  { partition, offset }: { readonly partition: number; readonly offset: bigint },
  mixed: number,
): number {
  const lateMs = mixed % 13 === 0 ? 1_500 : mixed % 5 === 0 ? 400 : mixed % 90
  return 1_000_000 + Number(offset) * 100 + partition * 130 - lateMs
}

/** The directory of a key's window. */
export function windowDirectory(key: string, eventTimeMs: number): string {
  return `${key}/w=${Math.floor(eventTimeMs / WINDOW_MS)}`
}

/** When a directory's window ends; `undefined` for one that is of none. */
export function windowEndOf(directory: string): number | undefined {
  const number = /^(?!_late\/).*\/w=(\d+)$/.exec(directory)?.[1]
  return number === undefined ? undefined : (Number(number) + 1) * WINDOW_MS
}

/** The key of a directory, whether its records came in time or late. */
export function withoutLate(directory: string): string {
  return directory.replace(/^_late\//, '')
}

/** What is asked of a record; its key names the window. */
interface Dated {
  readonly key: string
  readonly eventTimeMs?: number
}

/** What an output is opened with for windows. */
export function windowOptions(settings: WindowSettings): {
  partitioner: Partitioner<Dated>
  eventTime: WindowSettings & { readonly maxFutureMs: number }
} {
  const windowed = ({ key, eventTimeMs = 0 }: Dated) => ({
    directory: key,
    eventTimeMs,
    windowEndMs: windowEndOf(key) ?? 0,
  })
  const partitioner = Object.assign(({ key }: Dated) => key, { windowed })
  return { partitioner, eventTime: { ...settings, maxFutureMs: FUTURE_MS_MAX } }
}
