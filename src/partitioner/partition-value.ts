// What may stand in a partition's name, and what counts as missing.
import { MultiOutputError } from '../model/multi-output-error.js'
import { keyValueName, plainName } from './path-escaping.js'

/** What Hive, Spark and Trino write for a missing or empty value, and read back as NULL. */
export const HIVE_DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__'

/**
 * What becomes of a record without a value: `error` refuses it, `{ value }` puts it in that value's partition, where it cannot be told from
 * a record that really has the value. Missing are `undefined`, `null`, the empty string (Hive has no name for it), numbers
 * that are not finite, and what is no string, number, boolean or bigint.
 */
export type MissingValue = 'error' | { readonly value: string }

/** Turns a value into the name of a directory. Throws `BAD_RECORD`. */
export type Naming = (value: unknown) => string

/** How values of one place in the path are named: `name=value`, or the value alone. Throws `WRONG_OPTIONS` for a `missing` that is none. */
export function namingOf(place: {
  /** What messages call it. */
  readonly what: string
  /** Left out: the value alone. */
  readonly name?: string
  readonly missing?: MissingValue
}): Naming {
  const { what, name, missing = 'error' } = place
  if (missing !== 'error' && (typeof missing?.value !== 'string' || missing.value === '')) {
    throw new MultiOutputError(
      'WRONG_OPTIONS',
      `${what}: missing must be 'error' or { value: 'a text that is not empty' }`,
    )
  }
  const nameOf = name === undefined ? plainName : (text: string) => keyValueName(name, text)
  return (value) => {
    const text = textOf(value)
    if (text !== undefined) return nameOf(text)
    if (missing === 'error') throw new MultiOutputError('BAD_RECORD', `${what} ${complaintAbout(value)}`)
    return nameOf(missing.value)
  }
}

function textOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value === '' ? undefined : value
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined
    case 'boolean':
    case 'bigint':
      return String(value)
    default:
      return undefined
  }
}

function complaintAbout(value: unknown): string {
  if (value === undefined) return 'is missing'
  if (value === null) return 'is null'
  if (value === '') return 'is empty'
  if (typeof value === 'number') return `is ${value}`
  const kind = Array.isArray(value) ? 'an array' : value instanceof Date ? 'a Date' : `of type ${typeof value}`
  return `is ${kind}: only strings, numbers, booleans and bigints name a partition`
}
