// Encodes one record, and says of one that does not fit which field it is.
import { MultiOutputError } from '../../model/multi-output-error.js'
import { HalfSurrogatePair, type Tap } from './checked-tap.js'
import type { AvroType } from './library.js'

/** How much of a value a message shows. */
const SHOWN_CHARACTERS_MAX = 60

/** Fields that the schema does not have: `ignore` leaves them out, `reject` refuses the record. */
export type UnknownFields = 'ignore' | 'reject'

/** What is written of a record, and through what. */
export interface Writing {
  /** Stands where the record is to begin. */
  readonly tap: Tap
  /** Written before the record, as a string. */
  readonly id: string | undefined
  readonly unknownFields: UnknownFields
}

/**
 * Writes a record, and moves the tap behind it: beyond the end of its buffer where there is too little room. What stands before the tap is untouched. Throws
 * `BAD_RECORD` with the path of the field; then the tap stands anywhere.
 */
export function encodeRecord(type: AvroType, record: unknown, { tap, id, unknownFields }: Writing): void {
  // To the library any value is a record whose fields are all missing.
  if ((typeof record !== 'object' || record === null || Array.isArray(record)) && isRecordType(type))
    throw new MultiOutputError('BAD_RECORD', complaintOf([], record, type))
  if (unknownFields === 'reject' && !type.isValid(record, { noUndeclaredFields: true }))
    throw misfit(type, record, { noUndeclaredFields: true })
  try {
    if (id !== undefined) tap.writeString(id)
    ;(type as unknown as WritingType)._write(tap, record)
  } catch (error) {
    throw error instanceof HalfSurrogatePair ? halfPair(record, error) : misfit(type, record, {}, error)
  }
}

/** What the library's own `encode` calls. */
interface WritingType {
  _write(tap: Tap, value: unknown): void
}

function isRecordType(type: AvroType): boolean {
  return (type as unknown as { typeName: string }).typeName === 'record'
}

function misfit(
  type: AvroType,
  record: unknown,
  options: { readonly noUndeclaredFields?: boolean },
  cause?: unknown,
): MultiOutputError {
  let complaint: string | undefined
  const errorHook = (path: readonly string[], value: unknown, wanted: AvroType): void => {
    complaint ??= complaintOf(path, value, wanted)
  }
  try {
    type.isValid(record, { ...options, errorHook })
  } catch {
    // What threw when it was written may throw here, too: then its own words must do.
  }
  complaint ??= cause instanceof Error ? cause.message : 'it does not fit its schema'
  return new MultiOutputError('BAD_RECORD', complaint, cause === undefined ? {} : { cause })
}

function complaintOf(path: readonly string[], value: unknown, wanted: AvroType): string {
  const where = path.length === 0 ? 'the record' : `field ${path.join('.')}`
  if (value === undefined && path.length > 0) return `${where} is missing; it must be ${kindText(wanted)}`
  return `${where} is ${shown(value)}; it must be ${kindText(wanted)}`
}

function kindText(type: AvroType): string {
  const { name, typeName, types } = type as unknown as { name?: string; typeName: string; types?: readonly AvroType[] }
  if (types !== undefined) return types.map(kindText).join(' or ')
  return name ?? typeName.replace(/^abstract:/, '')
}

function shown(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch {
    text = undefined
  }
  text ??= String(value)
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text
}

function halfPair(record: unknown, cause: HalfSurrogatePair): MultiOutputError {
  const path = pathOfHalfPair(record, [])
  // Without a path it is the id's, whose topic has it.
  const where = path === undefined ? 'its id' : path.length === 0 ? 'the record' : `field ${path.join('.')}`
  return new MultiOutputError('BAD_RECORD', `${where} contains half a surrogate pair, which has no UTF-8`, { cause })
}

/** The first string that has one, names of fields included. */
function pathOfHalfPair(value: unknown, path: readonly string[]): readonly string[] | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : path
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const found = pathOfHalfPair(name, [...path, name.toWellFormed()]) ?? pathOfHalfPair(inner, [...path, name])
    if (found !== undefined) return found
  }
  return undefined
}
