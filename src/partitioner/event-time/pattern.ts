// The pattern of a window's directory: luxon's tokens, and literals in single quotes. What could give two windows one
// directory, or one that readers or HDFS do not take, is refused when the pattern is read.
import { DateTime, FixedOffsetZone } from 'luxon'
import { MultiOutputError } from '../../model/multi-output-error.js'
import { escapePathName, isHidden } from '../path-escaping.js'

/** Writes the directory of a window: of the zone's wall clock at its beginning, in milliseconds as if it were UTC, at an offset in force. */
export type WindowNaming = (wallMs: number, offsetMs: number) => string

/** Tokens whose text no machine's language changes. `false`: of varying width. */
const tokens: Readonly<Record<string, { readonly fixedWidth: boolean } | undefined>> = {
  y: { fixedWidth: false },
  yyyy: { fixedWidth: true },
  q: { fixedWidth: true },
  M: { fixedWidth: false },
  MM: { fixedWidth: true },
  MMM: { fixedWidth: true },
  o: { fixedWidth: false },
  ooo: { fixedWidth: true },
  d: { fixedWidth: false },
  dd: { fixedWidth: true },
  kkkk: { fixedWidth: true },
  W: { fixedWidth: false },
  WW: { fixedWidth: true },
  E: { fixedWidth: true },
  EEE: { fixedWidth: true },
  H: { fixedWidth: false },
  HH: { fixedWidth: true },
  m: { fixedWidth: false },
  mm: { fixedWidth: true },
  s: { fixedWidth: false },
  ss: { fixedWidth: true },
  SSS: { fixedWidth: true },
  ZZZ: { fixedWidth: true },
}

/** Reads a pattern for windows of `windowMs`. Throws `WRONG_OPTIONS`. */
export function windowNaming(pattern: string, windowMs: number): WindowNaming {
  if (typeof pattern !== 'string' || pattern === '') throw wrongPattern(pattern, 'is no text')
  checkTokens(pattern)
  const name: WindowNaming = (wallMs, offsetMs) =>
    DateTime.fromMillis(wallMs - offsetMs, { zone: FixedOffsetZone.instance(offsetMs / 60_000) }).toFormat(pattern, {
      locale: 'en-US',
      numberingSystem: 'latn',
      outputCalendar: 'gregory',
    })
  checkNames(pattern, name(sampleMs, 0))
  checkTellsApart(pattern, windowMs, name)
  return name
}

function checkTokens(pattern: string): void {
  let digitsBefore = false
  for (const [part] of pattern.matchAll(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']|'/g)) {
    if (part === "'") throw wrongPattern(pattern, 'has a quote without its partner')
    if (!/^[A-Za-z]/.test(part)) {
      // A literal divides two numbers if it holds anything but digits; '' writes nothing.
      if (/[^\d']/.test(part)) digitsBefore = false
      continue
    }
    const token = Object.hasOwn(tokens, part) ? tokens[part] : undefined
    if (token === undefined) {
      throw wrongPattern(
        pattern,
        `has ${JSON.stringify(part)}, which is none of ${Object.keys(tokens).join(' ')}; put text in single quotes`,
      )
    }
    if (digitsBefore && !token.fixedWidth)
      throw wrongPattern(pattern, `has ${part} behind another number: 1-11 and 11-1 would read alike`)
    digitsBefore = true
  }
}

/** A Thursday, the first of January: everything but the year is at its beginning. */
const sampleMs = Date.UTC(2026, 0, 1)

function checkNames(pattern: string, directory: string): void {
  for (const name of directory.split('/')) {
    if (name === '') throw wrongPattern(pattern, 'has an empty name between slashes, or at an end')
    if (isHidden(name)) throw wrongPattern(pattern, `makes ${name}, which Hadoop's readers do not see`)
    const plain = name.replaceAll('=', '')
    if (escapePathName(plain) !== plain)
      throw wrongPattern(pattern, `makes ${name}, with a character that Hive escapes or HDFS refuses`)
  }
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * From the beginning of everything to moments at which all smaller units begin too: a unit that the pattern leaves out reads alike in one of
 * these pairs. And the year of the day is not that of its week.
 */
function checkTellsApart(pattern: string, windowMs: number, name: WindowNaming): void {
  const steps = [windowMs, 60_000, HOUR_MS, 12 * HOUR_MS, DAY_MS, 7 * DAY_MS]
  const years = [2027, 2032, 2126, 2426]
  const pairs: readonly (readonly [number, number])[] = [
    ...steps.map((ms) => [sampleMs, sampleMs + ms] as const),
    [sampleMs, Date.UTC(2026, 1, 1)],
    ...years.map((year) => [sampleMs, Date.UTC(year, 0, 1)] as const),
    [Date.UTC(2022, 0, 1), Date.UTC(2022, 11, 31)],
  ]
  for (const [one, other] of pairs) {
    const directory = name(one, 0)
    if ((other - one) % windowMs !== 0 || name(other, 0) !== directory) continue
    const times = [one, other].map((ms) => new Date(ms).toISOString().slice(0, -5)).join(' and ')
    throw wrongPattern(
      pattern,
      `makes ${directory} of the windows of ${windowMs} ms at ${times}. Write more of the time, or take larger windows`,
    )
  }
}

function wrongPattern(pattern: unknown, complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `byEventTime: pattern ${JSON.stringify(pattern)} ${complaint}`)
}
