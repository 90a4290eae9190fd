import fc from 'fast-check'
import { DateTime, IANAZone } from 'luxon'
import { describe, expect, test } from 'vitest'
import { type TimeUnit, timeReaderOf } from '../../../src/partitioner/event-time/value.js'

const utc = IANAZone.create('UTC')
const berlin = IANAZone.create('Europe/Berlin')

describe('counts since 1970', () => {
  test.each([
    ['s', 1_795_262_400, 1_795_262_400_000],
    ['s', 0.29, 290],
    ['s', 1_795_262_400.123, 1_795_262_400_123],
    ['s', '1795262400.123', 1_795_262_400_123],
    ['s', -0.5, -500],
    ['ms', 1_795_262_400_000.9, 1_795_262_400_000],
    ['ms', -0.5, -1],
    ['us', 1_795_262_400_123_456, 1_795_262_400_123],
    ['ns', 1_795_262_400_123_999_999n, 1_795_262_400_123],
    ['ns', '1795262400123999999', 1_795_262_400_123],
    ['ns', -1n, -1],
    ['ns', -1_000_000n, -1],
    ['us', -1_001, -2],
    ['ms', new Date(5), 5],
  ] as const)('%s %s', (unit, value, timeMs) => expect(timeReaderOf(unit, utc)(value)).toBe(timeMs))

  test('nanoseconds are exact to the last one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n }), (ns) => {
        const timeMs = timeReaderOf('ns', utc)(ns)!
        expect(BigInt(timeMs) * 1_000_000n <= ns && ns < BigInt(timeMs + 1) * 1_000_000n).toBe(true)
        expect(timeReaderOf('ns', utc)(String(ns))).toBe(timeMs)
      }),
    )
  })

  test.each([
    ['s', '', 'an empty text'],
    ['ms', 'yesterday', 'a word'],
    ['ms', null, 'null'],
    ['ms', undefined, 'nothing'],
    ['ms', true, 'a boolean'],
    ['ms', Number.NaN, 'NaN'],
    ['ms', Number.POSITIVE_INFINITY, 'infinity'],
    ['ms', new Date(Number.NaN), 'an invalid Date'],
    ['ms', 9_223_372_036_854_775_807n, 'the year 292278994'],
    ['s', '9223372036854775807', 'a Long that was never set'],
    ['s', 1e300, 'a number beyond everything'],
    ['ms', {}, 'an object'],
    ['iso', 5, 'a number where a text was said'],
    ['iso', '+292278994-08-17T07:12:55.807Z', 'the year 292278994 as text'],
    ['iso', '2026-02-31T00:00:00Z', 'the 31st of February'],
    ['iso', '2026-02-29T00:00:00Z', 'the 29th of February where there is none'],
    ['iso', '1', 'what Date.parse would read'],
  ] as const satisfies readonly (readonly [TimeUnit, unknown, string])[])(
    '%s %s is no time: %s',
    (unit: TimeUnit, value: unknown) => expect(timeReaderOf(unit, berlin)(value)).toBeUndefined(),
  )
})

describe('ISO 8601', () => {
  test.each([
    ['2026-11-21T12:00:00Z', Date.UTC(2026, 10, 21, 12)],
    ['2026-11-21T12:00:00.123456789+01:00', Date.UTC(2026, 10, 21, 11, 0, 0, 123)],
    ['2026-11-21T12:00:00', Date.UTC(2026, 10, 21, 11)],
    ['2026-11-21', Date.UTC(2026, 10, 20, 23)],
    ['2024-02-29T23:59:59.999Z', Date.UTC(2024, 1, 29, 23, 59, 59, 999)],
    ['1969-12-31T23:59:59.9Z', -100],
  ])('%s', (text, timeMs) => expect(timeReaderOf('iso', berlin)(text)).toBe(timeMs))

  test('the quick way and luxon agree', () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'))
    const texts = fc
      .tuple(
        fc.integer({ min: 0, max: 9999 }),
        two(13),
        two(32),
        two(25),
        two(61),
        two(61),
        fc.constantFrom('', '.5', '.1234', '.000001'),
        fc.constantFrom('Z', '+02:00', '-11:30', '', '+1', '+15:00'),
      )
      .map(
        ([year, month, day, hour, minute, second, fraction, offset]) =>
          `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}${fraction}${offset}`,
      )
    fc.assert(
      fc.property(texts, fc.constantFrom(utc, berlin), (text, zone) => {
        const luxon = DateTime.fromISO(text, { zone })
        expect(timeReaderOf('iso', zone)(text)).toBe(luxon.isValid ? luxon.toMillis() : undefined)
      }),
      { numRuns: 1_000 },
    )
  })
})
