import fc from 'fast-check'
import { IANAZone } from 'luxon'
import { describe, expect, test } from 'vitest'
import { offsetAtOf, windowAt } from '../../../src/partitioner/event-time/window.js'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** The zone's wall clock as Intl has it, as if it were UTC. Luxon has no part in it. */
function wallClock(zone: string): (timeMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  // Asked for the same minutes again and again.
  const known = new Map<number, number>()
  const ask = (timeMs: number): number => {
    const parts = Object.fromEntries(format.formatToParts(timeMs).map(({ type, value }) => [type, value]))
    const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year)
    const date = new Date(0)
    date.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day))
    date.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second))
    return date.getTime() + (((timeMs % 1000) + 1000) % 1000)
  }
  return (timeMs) => {
    let wall = known.get(timeMs)
    if (wall === undefined) {
      wall = ask(timeMs)
      known.set(timeMs, wall)
    }
    return wall
  }
}

/** Minute after minute, as far as a window can reach. */
function dumbWindow(
  timeMs: number,
  windowMs: number,
  zone: string,
): { wallMs: number; startMs: number; endMs: number } {
  const wall = clocks.get(zone)!
  const cut = (ms: number): number => Math.floor(wall(ms) / windowMs) * windowMs
  const wallMs = cut(timeMs)
  const minute = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS
  let [startMs, endMs] = [minute, minute + MINUTE_MS]
  const turnMs = zone.startsWith('Pacific/') ? 24 * HOUR_MS : HOUR_MS
  for (let ms = minute - windowMs - turnMs; ms <= minute + windowMs + turnMs; ms += MINUTE_MS) {
    if (cut(ms) !== wallMs) continue
    startMs = Math.min(startMs, ms)
    endMs = Math.max(endMs, ms + MINUTE_MS)
  }
  return { wallMs, startMs, endMs }
}

/** Around what is special in each zone. */
const special: readonly (readonly [zone: string, timeMs: number])[] = [
  ['Europe/Berlin', Date.UTC(2026, 2, 29, 1)], // forward
  ['Europe/Berlin', Date.UTC(2026, 9, 25, 1)], // back
  ['America/New_York', Date.UTC(2026, 10, 1, 6)], // back
  ['America/St_Johns', Date.UTC(2010, 10, 7, 2, 31)], // back, at 00:01 until 2011
  ['Australia/Lord_Howe', Date.UTC(2026, 3, 4, 15)], // back by half an hour
  ['America/Sao_Paulo', Date.UTC(2018, 1, 18, 2)], // back at midnight
  ['America/Sao_Paulo', Date.UTC(2018, 10, 4, 3)], // forward at midnight
  ['Pacific/Apia', Date.UTC(2011, 11, 30, 10)], // lost a day
  ['Pacific/Kwajalein', Date.UTC(1969, 8, 30, 13)], // got one again
  ['Asia/Kathmandu', Date.UTC(1985, 11, 31, 18, 30)], // forward by a quarter of an hour
  ['Europe/Berlin', Date.UTC(1969, 11, 31, 23)],
  ['UTC', Date.UTC(2026, 11, 31, 23, 59)],
  ['UTC', Date.UTC(1900, 1, 28, 23, 59)],
]

const clocks = new Map(special.map(([zone]) => [zone, wallClock(zone)] as const))

describe('windows against a dumb reference', () => {
  const near = (hours: number) => fc.integer({ min: -hours * HOUR_MS, max: hours * HOUR_MS })
  const moment = fc
    .tuple(fc.constantFrom(...special), fc.oneof({ weight: 3, arbitrary: near(2) }, near(26)))
    .map(([[zone, at], byMs]) => ({ zone, timeMs: at + byMs }))
  const lengthMs = fc.constantFrom(...[5, 15, 20, 30, 60, 120, 240, 1440].map((minutes) => minutes * MINUTE_MS))

  test('the same window, from the same start to the same end', () => {
    fc.assert(
      fc.property(moment, lengthMs, ({ zone, timeMs }, windowMs) => {
        const { wallMs, startMs, endMs } = windowAt(timeMs, windowMs, offsetAtOf(IANAZone.create(zone)))
        expect({ wallMs, startMs, endMs }).toEqual(dumbWindow(timeMs, windowMs, zone))
      }),
      { numRuns: 300 },
    )
  })

  test('the part around a moment is in it as a whole', () => {
    fc.assert(
      fc.property(
        moment,
        lengthMs,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ zone, timeMs }, windowMs, fraction) => {
          const offsetAt = offsetAtOf(IANAZone.create(zone))
          const window = windowAt(timeMs, windowMs, offsetAt)
          const { fromMs, untilMs, startMs, endMs } = window
          expect(fromMs).toBeLessThanOrEqual(timeMs)
          expect(untilMs).toBeGreaterThan(timeMs)
          expect(startMs).toBeLessThanOrEqual(fromMs)
          expect(endMs).toBeGreaterThanOrEqual(untilMs)
          const within = Math.min(untilMs - 1, Math.floor(fromMs + fraction * (untilMs - fromMs)))
          expect(windowAt(within, windowMs, offsetAt)).toEqual(window)
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('a day where clocks change has 23 or 25 hours', () => {
  const offsetAt = offsetAtOf(IANAZone.create('Europe/Berlin'))
  const length = (timeMs: number): number => {
    const { startMs, endMs } = windowAt(timeMs, 24 * HOUR_MS, offsetAt)
    return (endMs - startMs) / HOUR_MS
  }
  expect(length(Date.UTC(2026, 2, 29, 12))).toBe(23)
  expect(length(Date.UTC(2026, 9, 25, 12))).toBe(25)
  expect(length(Date.UTC(2026, 9, 26, 12))).toBe(24)
})
