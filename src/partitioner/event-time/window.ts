// Windows of event time: a zone's wall clock, cut down to a multiple of a length. See docs/decisions/event-time.md.
import type { Zone } from 'luxon'

/** A window, and the part of it around one moment. Milliseconds since 1970; ends are the first moment after. */
export interface EventWindow {
  /** The wall clock at its beginning, as if it were UTC. */
  readonly wallMs: number
  /** Of the zone, in the part around the moment. */
  readonly offsetMs: number
  /** From its first part to its last. Only where clocks went back within it has it more than one. */
  readonly startMs: number
  readonly endMs: number
  /** Every moment from `fromMs` up to `untilMs` is in this window at this offset. */
  readonly fromMs: number
  readonly untilMs: number
}

/** The zone's wall clock is ahead of UTC by so much. */
export type OffsetAt = (timeMs: number) => number

/** Of a zone; those of the nineteenth century have seconds. */
export function offsetAtOf(zone: Zone): OffsetAt {
  return (timeMs) => Math.round(zone.offset(timeMs) * 60_000)
}

/** No zone ever turned its clocks by more than a day (those that changed sides of the date line). */
const TURN_MS_MAX = 24 * 3_600_000
/** Zones have changed their clocks twice within a week, never within so short a time. */
const BETWEEN_TURNS_MS = 3 * 3_600_000

/** The window of a moment. `windowMs` divides a day. */
export function windowAt(timeMs: number, windowMs: number, offsetAt: OffsetAt): EventWindow {
  const offsetMs = offsetAt(timeMs)
  const wallMs = Math.floor((timeMs + offsetMs) / windowMs) * windowMs
  const isInside = (ms: number): boolean => {
    const wall = ms + offsetAt(ms)
    return wall >= wallMs && wall < wallMs + windowMs
  }
  const part = partAt(timeMs, { wallMs, windowMs, offsetMs }, offsetAt)
  let startMs = part.fromMs
  let endMs = part.untilMs
  // What lies before and behind at other offsets: there is seldom more than one.
  for (const offset of offsetsAround(timeMs, offsetAt)) {
    if (offset === offsetMs) continue
    const from = wallMs - offset
    // Its ends at that offset, or the other side of a turn that the known part touches.
    for (const inside of [from, from + windowMs - 1, part.fromMs - 1, part.untilMs]) {
      if (offsetAt(inside) !== offset || !isInside(inside)) continue
      const { fromMs, untilMs } = partAt(inside, { wallMs, windowMs, offsetMs: offset }, offsetAt)
      startMs = Math.min(startMs, fromMs)
      endMs = Math.max(endMs, untilMs)
    }
  }
  return { wallMs, offsetMs, startMs, endMs, ...part }
}

interface Part {
  readonly fromMs: number
  readonly untilMs: number
}

/** The moments around one that have the same window and offset. */
function partAt(
  timeMs: number,
  { wallMs, windowMs, offsetMs }: { wallMs: number; windowMs: number; offsetMs: number },
  offsetAt: OffsetAt,
): Part {
  const from = wallMs - offsetMs
  const until = from + windowMs
  const holds = (ms: number): boolean => offsetAt(ms) === offsetMs
  return {
    fromMs: holds(from) ? from : turnBetween(timeMs, from, holds),
    untilMs: holds(until - 1) ? until : turnBetween(timeMs, until - 1, holds) + 1,
  }
}

/** The last moment from `yes` towards `no` at which it still holds. */
function turnBetween(yes: number, no: number, holds: (ms: number) => boolean): number {
  let [near, far] = [yes, no]
  while (Math.abs(far - near) > 1) {
    const middle = Math.floor((near + far) / 2)
    if (holds(middle)) near = middle
    else far = middle
  }
  return near
}

function offsetsAround(timeMs: number, offsetAt: OffsetAt): ReadonlySet<number> {
  const offsets = new Set<number>()
  // A day's window and a turn of a day before and behind.
  for (let ms = timeMs - 2 * TURN_MS_MAX; ms <= timeMs + 2 * TURN_MS_MAX; ms += BETWEEN_TURNS_MS) {
    offsets.add(offsetAt(ms))
  }
  return offsets
}
