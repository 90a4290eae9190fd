import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import { sourceFields } from '../../src/model/source-fields.js'
import { byFields } from '../../src/partitioner/by-fields.js'
import { combine } from '../../src/partitioner/combine.js'
import { byEventTime } from '../../src/partitioner/event-time.js'

const HOUR_MS = 3_600_000
const noon = Date.UTC(2026, 10, 21, 12)

test('five minutes of the time that write is given, in UTC', () => {
  const partitioner = byEventTime()
  expect(partitioner({}, { eventTimeMs: noon + 299_999 })).toBe('2026-11-21/12-00')
  expect(partitioner.windowed!({}, { eventTimeMs: noon + 300_000 })).toEqual({
    directory: '2026-11-21/12-05',
    eventTimeMs: noon + 300_000,
    windowEndMs: noon + 600_000,
  })
})

describe('where the time is', () => {
  test('a field by its path, and a function', () => {
    const byPath = byEventTime({ timestamp: 'event.at', unit: 'iso' })
    expect(byPath({ event: { at: '2026-11-21T12:07:00+01:00' } }, {})).toBe('2026-11-21/11-05')
    const byFunction = byEventTime<{ at: number }>({ timestamp: ({ at }) => at, unit: 's' })
    expect(byFunction({ at: noon / 1000 }, {})).toBe('2026-11-21/12-00')
  })

  test("the source's own", () => {
    const partitioner = byEventTime({ timestamp: '$timestamp', lookup: sourceFields })
    const record = { id: { topic: 't', partition: 0, offset: 0n }, key: null, headers: {}, timestampMs: noon }
    expect(partitioner(record, {})).toBe('2026-11-21/12-00')
  })

  test('one that is missing, or none, is a bad record and not 1970', () => {
    const partitioner = byEventTime({ timestamp: 'at', unit: 'iso' })
    const bad = (message: string) => expect.objectContaining({ code: 'BAD_RECORD', message })
    expect(() => partitioner({}, {})).toThrow(bad('field at is missing'))
    expect(() => partitioner({ at: 'soon' }, {})).toThrow(bad('field at is no time (unit iso): soon'))
    expect(() => byEventTime({ timestamp: 'at' })({ at: '2026-11-21T12:00:00Z' }, {})).toThrow(
      bad("field at is no time (unit ms): 2026-11-21T12:00:00Z; texts like this need unit: 'iso'"),
    )
    expect(() => byEventTime()({}, { eventTimeMs: Number.NaN })).toThrow(
      bad('the event time is no time (unit ms): NaN'),
    )
    expect(() => byEventTime()({}, { eventTimeMs: 9.3e15 })).toThrow(expect.objectContaining({ code: 'BAD_RECORD' }))
  })
})

describe('daylight saving', () => {
  const partitioner = byEventTime({ zone: 'Europe/Berlin' })
  const place = (timeMs: number) => partitioner.windowed!({}, { eventTimeMs: timeMs })
  const back = Date.UTC(2026, 9, 25, 1)

  test('the repeated hour shares the directories of the first one, which end with it', () => {
    expect(place(back - HOUR_MS)).toMatchObject({ directory: '2026-10-25/02-00', windowEndMs: back + 300_000 })
    expect(place(back)).toMatchObject({ directory: '2026-10-25/02-00', windowEndMs: back + 300_000 })
    expect(place(back + HOUR_MS)).toMatchObject({
      directory: '2026-10-25/03-00',
      windowEndMs: back + HOUR_MS + 300_000,
    })
  })

  test('a pattern with the offset tells them apart', () => {
    const offsets = byEventTime({ zone: 'Europe/Berlin', pattern: 'yyyy-MM-dd/HH-mmZZZ' })
    expect(offsets({}, { eventTimeMs: back - HOUR_MS })).toBe('2026-10-25/02-00+0200')
    expect(offsets({}, { eventTimeMs: back })).toBe('2026-10-25/02-00+0100')
  })

  test('the hour that is left out has no window', () => {
    const forward = Date.UTC(2026, 2, 29, 1)
    expect(place(forward - 1)).toMatchObject({ directory: '2026-03-29/01-55', windowEndMs: forward })
    expect(place(forward)).toMatchObject({ directory: '2026-03-29/03-00' })
  })

  test('a window of two hours that loses one keeps its name', () => {
    const two = byEventTime({ zone: 'Europe/Berlin', windowMs: 2 * HOUR_MS, pattern: 'yyyy-MM-dd/HH' })
    const forward = Date.UTC(2026, 2, 29, 1)
    expect(two.windowed!({}, { eventTimeMs: forward + 5 })).toMatchObject({
      directory: '2026-03-29/02',
      windowEndMs: forward + HOUR_MS,
    })
  })
})

test('in any order, what it answers is what a new one answers, and a directory has one end', () => {
  const zones = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns']
  const around = [Date.UTC(2026, 9, 25, 1), Date.UTC(2026, 3, 4, 15), Date.UTC(2010, 10, 7, 2, 31), 0]
  const times = fc.array(
    fc.record({ at: fc.constantFrom(...around), byMs: fc.integer({ min: -5 * HOUR_MS, max: 5 * HOUR_MS }) }),
    { minLength: 2, maxLength: 40 },
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(300_000, 1_200_000, HOUR_MS),
      times,
      (zone, windowMs, list) => {
        const old = byEventTime({ zone, windowMs })
        const ends = new Map<string, number>()
        for (const { at, byMs } of list) {
          const context = { eventTimeMs: at + byMs }
          const place = old.windowed!({}, context)
          expect(place).toEqual(byEventTime({ zone, windowMs }).windowed!({}, context))
          expect(place.windowEndMs).toBeGreaterThan(place.eventTimeMs)
          expect(ends.get(place.directory) ?? place.windowEndMs).toBe(place.windowEndMs)
          ends.set(place.directory, place.windowEndMs)
          const wall = DateTime.fromMillis(at + byMs, { zone }).toFormat('yyyy-MM-dd/HH-mm')
          expect(place.directory <= wall).toBe(true)
        }
      },
    ),
    { numRuns: 60 },
  )
})

describe('combined', () => {
  const record = { country: 'de', at: '2026-11-21T12:07:00Z' }
  const time = byEventTime<typeof record>({ timestamp: 'at', unit: 'iso' })

  test.each([
    ['time first', combine(time, byFields(['country'])), '2026-11-21/12-05/country=de'],
    ['time last', combine(byFields(['country']), time), 'country=de/2026-11-21/12-05'],
    ['combined twice', combine(combine(byFields(['country']), time), () => 'x'), 'country=de/2026-11-21/12-05/x'],
  ])('%s', (_, partitioner, directory) => {
    expect(partitioner(record, {})).toBe(directory)
    const eventTimeMs = Date.parse(record.at)
    expect(partitioner.windowed!(record, {})).toEqual({ directory, eventTimeMs, windowEndMs: eventTimeMs + 180_000 })
  })

  test('one of them at most has windows', () => {
    expect(() => combine(time, time)).toThrow(expect.objectContaining({ code: 'WRONG_OPTIONS' }))
    expect(combine(byFields(['country'])).windowed).toBeUndefined()
  })
})

test.each([
  [{ windowMs: 7 * 60_000 }, 'divides a day'],
  [{ windowMs: 0 }, 'divides a day'],
  [{ windowMs: 2 * 86_400_000 }, 'divides a day'],
  [{ unit: 'minutes' as never }, 'unit minutes'],
  [{ zone: 'Europe/Atlantis' }, 'no IANA zone'],
  [{ zone: 'local' }, 'no IANA zone'],
  [{ timestamp: 'a..b' }, 'empty name'],
  [{ pattern: 'yyyy' }, 'Write more of the time'],
])('%o is refused', (options, complaint) => {
  expect(() => byEventTime(options)).toThrow(
    expect.objectContaining({ code: 'WRONG_OPTIONS', message: expect.stringContaining(complaint) }),
  )
})
