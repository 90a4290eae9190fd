// Reads times as records have them: ISO 8601 texts, and counts of seconds to nanoseconds since 1970. What is none is
// undefined and never 1970.
import { DateTime, type Zone } from 'luxon'

/** How a time is written: `iso`, or what since 1970 is counted. */
export type TimeUnit = 'iso' | 's' | 'ms' | 'us' | 'ns'

/** Dates end at 8.64e15 ms (year 275760); two days less, so that a window's bounds are dates too. */
const TIME_MS_MAX = 8.64e15 - 2 * 86_400_000

/** The whole milliseconds since 1970 of a value, rounded down; `undefined` where it is no time. */
export type TimeReader = (value: unknown) => number | undefined

/** Makes the reader of a unit. An ISO text without an offset is taken in `zone`. */
export function timeReaderOf(unit: TimeUnit, zone: Zone): TimeReader {
  const read = unit === 'iso' ? isoReader(zone) : countReader(unit)
  return (value) => {
    const timeMs = value instanceof Date ? value.getTime() : read(value)
    // NaN too is not within.
    return timeMs !== undefined && timeMs >= -TIME_MS_MAX && timeMs <= TIME_MS_MAX ? timeMs : undefined
  }
}

const wholePerMs = { us: 1_000n, ns: 1_000_000n } as const

function countReader(unit: Exclude<TimeUnit, 'iso'>): TimeReader {
  return (value) => {
    switch (typeof value) {
      case 'number':
        return ofNumber(value, unit)
      case 'bigint':
        return ofBigint(value, unit)
      case 'string':
        // JSON's numbers are exact to 2^53 only: who counts nanoseconds writes them as text.
        if (/^-?\d{1,30}$/.test(value)) return ofBigint(BigInt(value), unit)
        return /^-?\d{1,15}\.\d{1,9}$/.test(value) ? ofNumber(Number(value), unit) : undefined
      default:
        return undefined
    }
  }
}

function ofNumber(value: number, unit: Exclude<TimeUnit, 'iso'>): number | undefined {
  if (!Number.isFinite(value)) return undefined
  switch (unit) {
    case 's':
      // By way of microseconds: 0.29 s are 290 ms, though 0.29 * 1000 is a little less.
      return Number.isInteger(value) ? value * 1_000 : Math.floor(Math.round(value * 1e6) / 1_000)
    case 'ms':
      return Math.floor(value)
    case 'us':
    case 'ns':
      return ofBigint(BigInt(Math.floor(value)), unit)
  }
}

function ofBigint(value: bigint, unit: Exclude<TimeUnit, 'iso'>): number {
  switch (unit) {
    case 's':
      return Number(value * 1_000n)
    case 'ms':
      return Number(value)
    case 'us':
    case 'ns': {
      const per = wholePerMs[unit]
      const quotient = value / per
      // BigInt division cuts towards 0; times before 1970 go down like all others.
      return Number(value < 0n && quotient * per !== value ? quotient - 1n : quotient)
    }
  }
}

const usualForm = /^\d{4}-\d\d-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/

function isoReader(zone: Zone): TimeReader {
  const isUtc = zone.isUniversal && zone.offset(0) === 0
  return (value) => {
    if (typeof value !== 'string') return undefined
    // Luxon reads all of ISO 8601 and takes its time. Date.parse reads the usual form as quickly as one could wish, but takes
    // the 31st of February for the 3rd of March.
    const usual = usualForm.exec(value)
    if (usual !== null && usual[1]! <= '28') {
      if (usual[3] !== undefined) return Date.parse(value)
      if (isUtc) return Date.parse(`${value}Z`)
    }
    const read = DateTime.fromISO(value, { zone })
    return read.isValid ? read.toMillis() : undefined
  }
}
