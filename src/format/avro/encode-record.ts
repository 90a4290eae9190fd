// Encodes one record, and says of one that does not fit which field it is.
import { MultiOutputError } from '../../model/multi-output-error.js'
import type { AvroType } from './library.js'

// What the library makes of half a surrogate pair: U+FFFD in long strings, and in short ones three bytes that are no UTF-8.
const REPLACEMENT = Buffer.from('\ufffd')
const HALF_PAIR_FIRST_BYTE = 0xed
const HALF_PAIR_SECOND_BYTE_MIN = 0xa0

/** How much of a value a message shows. */
const SHOWN_CHARACTERS_MAX = 60

/** Fields that the schema does not have: `ignore` leaves them out, `reject` refuses the record. */
export type UnknownFields = 'ignore' | 'reject'

/**
 * Writes a record into `block` from `at` on; answers where it ends, or, negative, how many bytes are missing; in either case what stands before `at` is untouched. Throws
 * `BAD_RECORD` with the path of the field.
 */
export function encodeRecord(
  type: AvroType,
  record: unknown,
  { block, at, unknownFields }: { readonly block: Buffer; readonly at: number; readonly unknownFields: UnknownFields },
): number {
  // To the library any value is a record whose fields are all missing.
  if ((typeof record !== 'object' || record === null || Array.isArray(record)) && isRecordType(type))
    throw new MultiOutputError('BAD_RECORD', complaintOf([], record, type))
  if (unknownFields === 'reject' && !type.isValid(record, { noUndeclaredFields: true }))
    throw misfit(type, record, { noUndeclaredFields: true })
  let end: number
  try {
    end = type.encode(record, block, at)
  } catch (error) {
    throw misfit(type, record, {}, error)
  }
  if (end >= 0 && mayHoldHalfPair(block.subarray(at, end))) refuseHalfPairs(record, [])
  return end
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

/** Cheap: other bytes may look the same. */
function mayHoldHalfPair(bytes: Buffer): boolean {
  // One byte at a time, for that is four times as quick as to look for three.
  if (bytes.indexOf(REPLACEMENT[0]!) !== -1 && bytes.includes(REPLACEMENT)) return true
  for (let at = bytes.indexOf(HALF_PAIR_FIRST_BYTE); at !== -1; at = bytes.indexOf(HALF_PAIR_FIRST_BYTE, at + 1))
    if ((bytes[at + 1] ?? 0) >= HALF_PAIR_SECOND_BYTE_MIN) return true
  return false
}

/** Looks at strings one by one: U+FFFD itself is a character like another. */
function refuseHalfPairs(value: unknown, path: readonly string[]): void {
  if (typeof value === 'string') {
    if (value.isWellFormed()) return
    const where = path.length === 0 ? 'the record' : `field ${path.join('.')}`
    throw new MultiOutputError('BAD_RECORD', `${where} contains half a surrogate pair, which has no UTF-8`)
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
  for (const [name, inner] of Object.entries(value)) {
    refuseHalfPairs(name, [...path, name.toWellFormed()])
    refuseHalfPairs(inner, [...path, name])
  }
}
