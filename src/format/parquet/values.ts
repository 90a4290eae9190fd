// Turns the fields of a record into what the columns store, or says which column they do not fit.
import type { Column, ColumnKind, ParquetType } from './columns.js'
import { kindName } from './columns.js'

/** A value does not fit its column; nothing was kept of it. */
export class UnfitValue extends Error {
  override readonly name: string = 'UnfitValue'

  constructor(column: string, complaint: string) {
    super(`column ${column}: ${complaint}`)
  }
}

/** Counts what the values of a record take in memory, about. */
export interface Tally {
  bytes: number
}

/** Makes of a field's value what is stored: a copy, so that the caller's may change. */
export type Converter = (value: unknown, tally: Tally) => unknown

/** How a record becomes a row. */
export interface RowShape {
  /** Puts into `row`, from `at` on, what each column stores of a record, in the order of the columns. Throws an {@link UnfitValue}; then the row is half done. */
  convert(fields: object, tally: Tally, row: unknown[], at: number): void
}

/** What to do about a field that has no column. */
export type Strays = 'reject' | 'ignore'

// A pointer; a bigint, a number or a string on the heap with its header: about, for V8.
const POINTER_BYTES = 8
const BOXED_BYTES = 24

const SHORT_CHARACTERS = 64

const INT32_MIN = -(2 ** 31)
const INT32_MAX = 2 ** 31 - 1
const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

/** The converter of whole records. */
export function rowShape(columns: readonly Column[], strays: Strays, path: string = ''): RowShape {
  const names = columns.map(({ name }) => name)
  const converters = columns.map((column) => converterOf(column, strays, path + column.name))
  const known = new Set(names)
  const hasUsualNames = !names.some((name) => name in Object.prototype)
  const { length } = names
  return {
    convert(fields, tally, row, at) {
      const record = fields as Record<string, unknown>
      // Names like `constructor` are found in every object, but are no fields of it.
      const prototype: unknown = Object.getPrototypeOf(fields)
      const isBare = hasUsualNames && (prototype === Object.prototype || prototype === null)
      let found = 0
      for (let index = 0; index < length; index++) {
        const name = names[index]!
        const value = isBare || Object.hasOwn(record, name) ? record[name] : undefined
        if (value !== undefined) found++
        row[at + index] = converters[index]!(value, tally)
      }
      // Where all fields were found there are no others, and nobody needs to look for them.
      if (strays === 'reject' && found < Object.keys(fields).length) refuseStrays(fields, known, path)
    },
  }
}

function refuseStrays(fields: object, known: ReadonlySet<string>, path: string): void {
  for (const name of Object.keys(fields)) {
    if (known.has(name)) continue
    const value = (fields as Record<string, unknown>)[name]
    if (value === null || value === undefined) continue
    const complaint = 'there is none of this name; newFields says what to do about it'
    const isData = typeof value !== 'function' && typeof value !== 'symbol'
    throw new UnfitValue(path + name, isData ? complaint : `no column holds a ${typeof value}`)
  }
}

function converterOf(column: Column, strays: Strays, path: string): Converter {
  const convert = kindConverter(column.kind, strays, path)
  const { required } = column
  return (value, tally) => {
    tally.bytes += POINTER_BYTES
    if (value !== null && value !== undefined) return convert(value, tally)
    if (required) throw new UnfitValue(path, 'it is required, and the record has no value for it')
    return null
  }
}

function kindConverter(kind: ColumnKind, strays: Strays, path: string): Converter {
  if ('type' in kind) return scalarConverter(kind.type, path)
  if ('list' in kind) {
    const element = converterOf(kind.list, strays, `${path}[]`)
    return (value, tally) => {
      if (!Array.isArray(value)) throw unfit(path, kind, value)
      tally.bytes += BOXED_BYTES
      return Array.from(value, (each) => element(each, tally))
    }
  }
  const names = kind.struct.map(({ name }) => name)
  const shape = rowShape(kind.struct, strays, `${path}.`)
  return (value, tally) => {
    if (!isFields(value)) throw unfit(path, kind, value)
    tally.bytes += BOXED_BYTES
    const values = new Array<unknown>(names.length)
    shape.convert(value, tally, values, 0)
    // Without a prototype, whose setter would swallow a field that is called __proto__.
    const struct = Object.create(null) as Record<string, unknown>
    for (const [index, name] of names.entries()) struct[name] = values[index]
    return struct
  }
}

/** Whether a value has fields by name. */
export function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

function scalarConverter(type: ParquetType, path: string): Converter {
  const kind: ColumnKind = { type }
  switch (type) {
    case 'string':
      return (value, tally) => {
        if (typeof value !== 'string') throw unfit(path, kind, value)
        if (!value.isWellFormed()) throw new UnfitValue(path, 'half a surrogate pair, which has no UTF-8')
        const { length } = value
        // Of short ones it makes no difference, and asking costs as much as storing.
        tally.bytes += BOXED_BYTES + (length <= SHORT_CHARACTERS ? length : Buffer.byteLength(value))
        return value
      }
    case 'int32':
      return (value) => {
        const whole = typeof value === 'bigint' ? Number(value) : value
        if (typeof whole !== 'number') throw unfit(path, kind, value)
        if (!Number.isInteger(whole) || whole < INT32_MIN || whole > INT32_MAX) throw beyond(path, kind, value)
        return whole
      }
    case 'int64':
      return (value, tally) => {
        tally.bytes += BOXED_BYTES
        return int64(path, kind, value)
      }
    case 'double':
      return (value, tally) => {
        if (typeof value !== 'number') throw unfit(path, kind, value)
        tally.bytes += BOXED_BYTES
        return value
      }
    case 'boolean':
      return (value) => {
        if (typeof value !== 'boolean') throw unfit(path, kind, value)
        return value
      }
    case 'timestamp':
      return (value, tally) => {
        tally.bytes += BOXED_BYTES
        return int64(path, kind, timestampMs(path, value))
      }
    case 'bytes':
      return (value, tally) => {
        if (!(value instanceof Uint8Array)) throw unfit(path, kind, value)
        tally.bytes += BOXED_BYTES + value.byteLength
        return Uint8Array.from(value)
      }
    case 'json':
      return (value, tally) => {
        const json = jsonText(path, value)
        tally.bytes += BOXED_BYTES + Buffer.byteLength(json)
        return json
      }
  }
}

function int64(path: string, kind: ColumnKind, value: unknown): bigint {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw beyond(path, kind, value)
    return BigInt(value)
  }
  if (typeof value !== 'bigint') throw unfit(path, kind, value)
  if (value < INT64_MIN || value > INT64_MAX) throw beyond(path, kind, value)
  return value
}

/** Date and time with a zone: without one nobody knows which moment it is. */
const isoPattern = /^[+-]?\d{4,6}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/

function timestampMs(path: string, value: unknown): unknown {
  if (!(value instanceof Date) && typeof value !== 'string') return value
  const isGood = typeof value !== 'string' || isoPattern.test(value)
  const timeMs = value instanceof Date ? value.getTime() : Date.parse(value)
  if (isGood && !Number.isNaN(timeMs)) return timeMs
  throw new UnfitValue(path, `${shown(value)} is no time; it takes ISO 8601 with a zone, like 2024-02-29T12:00:00Z`)
}

function jsonText(path: string, value: unknown): string {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (error) {
    throw new UnfitValue(path, `it has no JSON: ${(error as Error).message}`)
  }
  if (json === undefined) throw new UnfitValue(path, `it has no JSON: it is a ${typeof value}`)
  if (json.includes('\\ud') && halfPairEscape.test(json))
    throw new UnfitValue(path, 'half a surrogate pair, for which DuckDB refuses a whole file')
  return json
}

/** What JSON.stringify makes of half a pair; an even number of backslashes before it is text. */
const halfPairEscape = /(?<!\\)(?:\\\\)*\\ud[89a-f]/

function unfit(path: string, kind: ColumnKind, value: unknown): UnfitValue {
  return new UnfitValue(path, `it holds ${kindName(kind)}, and this is ${shown(value)}`)
}

function beyond(path: string, kind: ColumnKind, value: unknown): UnfitValue {
  return new UnfitValue(path, `${String(value)} is no ${kindName(kind)}`)
}

/** So much of a value is quoted. */
const SHOWN_CHARACTERS_MAX = 40

function shown(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value.slice(0, SHOWN_CHARACTERS_MAX))}`
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Date) return 'a date'
  if (typeof value === 'object') return 'an object'
  return `the ${typeof value} ${String(value).slice(0, SHOWN_CHARACTERS_MAX)}`
}
