// Partitions by windows of the records' own time: `2026-11-21/12-05`. The engine seals a window when the watermark has passed it.
import { DateTime, type Zone } from 'luxon'
import { type FieldAccessor, type FieldLookup, fieldsOf } from '../model/field-lookup.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { RecordContext } from '../model/record-id.js'
import { windowNaming } from './event-time/pattern.js'
import { type TimeUnit, timeReaderOf } from './event-time/value.js'
import { offsetAtOf, windowAt } from './event-time/window.js'
import type { Partitioner, WindowedPlace } from './partitioner.js'

/** Options of {@link byEventTime}. */
export interface ByEventTimeOptions<R> {
  /** Where the time is: a field's path (in the records of a source `$timestamp` is the source's own), or a function. Left out: the `eventTimeMs` that `write` is given. */
  readonly timestamp?: string | FieldAccessor<R>
  /** Where fields are looked up; default: in the record itself. `sourceFields` in the records of a source. */
  readonly lookup?: FieldLookup<R>
  /**
   * How it is written; default `ms`. `iso`: an ISO 8601 text, in `zone` where it names no offset. `s`, `ms`, `us`, `ns`: counted since 1970, as
   * number, bigint, or digits in a text (which stay exact beyond 2^53). A `Date` is always read.
   */
  readonly unit?: TimeUnit
  /** The length of a window by the zone's wall clock; divides a day; default 300,000: five minutes. */
  readonly windowMs?: number
  /** An IANA zone such as `Europe/Berlin`; default `UTC`. */
  readonly zone?: string
  /** Luxon's tokens of the window's beginning, other letters in single quotes: `'day='yyyy-MM-dd`. Default `yyyy-MM-dd/HH-mm`. */
  readonly pattern?: string
}

const DAY_MS = 86_400_000
const WINDOW_MS_DEFAULT = 300_000
const PATTERN_DEFAULT = 'yyyy-MM-dd/HH-mm'

/** Windows whose directories are kept. Records come from few windows at a time; with more it starts afresh. */
const WINDOWS_KEPT_MAX = 1_000

/**
 * One directory a window: `byEventTime({ timestamp: 'at', unit: 'iso', windowMs: 3_600_000, zone: 'Europe/Berlin', pattern: "'day='yyyy-MM-dd/'hour='HH" })`.
 * A window is the time of the zone's wall clock, cut down to a multiple of `windowMs`: where clocks change, a day has 23 or 25 hours, and the repeated
 * hour belongs to the windows of the first one, which end with the last of it.
 *
 * Throws `WRONG_OPTIONS`, also for a pattern that would give two windows one directory. The partitioner throws `BAD_RECORD` for what is no time between the years -271820 and 275759.
 */
export function byEventTime<R = unknown>(options: ByEventTimeOptions<R> = {}): Partitioner<R> {
  const { timestamp, unit = 'ms', windowMs = WINDOW_MS_DEFAULT, pattern = PATTERN_DEFAULT } = options
  if (!Number.isSafeInteger(windowMs) || windowMs < 1 || DAY_MS % windowMs !== 0) {
    throw wrongOptions(`windowMs ${windowMs} is no whole number of milliseconds that divides a day`)
  }
  if (!['iso', 's', 'ms', 'us', 'ns'].includes(unit)) throw wrongOptions(`unit ${unit} is none of iso, s, ms, us, ns`)
  const zone = zoneOf(options.zone ?? 'UTC')
  const read = accessorOf(timestamp, options.lookup ?? fieldsOf<R>())
  const what = typeof timestamp === 'string' ? `field ${timestamp}` : 'the event time'
  const timeMsOf = timeReaderOf(unit, zone)
  const windows = new KnownWindows(windowMs, zone, pattern)
  const windowed = (record: R, context: RecordContext): WindowedPlace => {
    const value = read(record, context)
    const eventTimeMs = timeMsOf(value)
    if (eventTimeMs === undefined) throw noTime(what, value, unit)
    const { directory, windowEndMs } = windows.at(eventTimeMs)
    return { directory, eventTimeMs, windowEndMs }
  }
  return Object.assign((record: R, context: RecordContext) => windowed(record, context).directory, { windowed })
}

/** A part of a window, and what is asked of it for each record. */
interface KnownWindow {
  readonly fromMs: number
  readonly untilMs: number
  readonly directory: string
  readonly windowEndMs: number
}

class KnownWindows {
  readonly #windowMs: number
  readonly #make: (timeMs: number) => KnownWindow
  /** By the time as UTC cuts it; two parts of windows share one where an offset is no multiple of their length. */
  readonly #kept = new Map<number, KnownWindow[]>()
  #last: KnownWindow = { fromMs: 0, untilMs: 0, directory: '', windowEndMs: 0 }

  constructor(windowMs: number, zone: Zone, pattern: string) {
    const name = windowNaming(pattern, windowMs)
    const offsetAt = offsetAtOf(zone)
    this.#windowMs = windowMs
    this.#make = (timeMs) => {
      const { fromMs, untilMs, wallMs, offsetMs, endMs } = windowAt(timeMs, windowMs, offsetAt)
      return { fromMs, untilMs, directory: name(wallMs, offsetMs), windowEndMs: endMs }
    }
  }

  at(timeMs: number): KnownWindow {
    const last = this.#last
    if (timeMs >= last.fromMs && timeMs < last.untilMs) return last
    this.#last = this.#find(timeMs)
    return this.#last
  }

  #find(timeMs: number): KnownWindow {
    const place = Math.floor(timeMs / this.#windowMs)
    let parts = this.#kept.get(place)
    if (parts === undefined) {
      if (this.#kept.size >= WINDOWS_KEPT_MAX) this.#kept.clear()
      parts = []
      this.#kept.set(place, parts)
    }
    const known = parts.find(({ fromMs, untilMs }) => timeMs >= fromMs && timeMs < untilMs)
    if (known !== undefined) return known
    const made = this.#make(timeMs)
    parts.push(made)
    return made
  }
}

function accessorOf<R>(timestamp: string | FieldAccessor<R> | undefined, lookup: FieldLookup<R>): FieldAccessor<R> {
  if (timestamp === undefined) return (_record, { eventTimeMs }) => eventTimeMs
  if (typeof timestamp === 'function') return timestamp
  return lookup(timestamp)
}

function zoneOf(name: string): Zone {
  const at = DateTime.fromMillis(0, { zone: name })
  if (typeof name === 'string' && name !== '' && name !== 'local' && name !== 'system' && at.isValid) return at.zone
  throw wrongOptions(`zone ${JSON.stringify(name)} is no IANA zone that this Node knows, such as Europe/Berlin`)
}

function noTime(what: string, value: unknown, unit: TimeUnit): MultiOutputError {
  const text = value === undefined ? 'is missing' : `is no time (unit ${unit}): ${shown(value)}`
  const looksIso = unit !== 'iso' && typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)
  return new MultiOutputError('BAD_RECORD', `${what} ${text}${looksIso ? "; texts like this need unit: 'iso'" : ''}`)
}

function shown(value: unknown): string {
  const text = typeof value === 'object' ? Object.prototype.toString.call(value) : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `byEventTime: ${complaint}`)
}
