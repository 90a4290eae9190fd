// The text of a value in a cell.
import { MultiOutputError } from '../../model/multi-output-error.js'

/** `null` for null. Throws `BAD_RECORD`, naming the field, for what has no text. */
export function cellText(value: unknown, field: string): string | null {
  switch (typeof value) {
    case 'string':
      if (value.isWellFormed()) return value
      throw badField(field, 'contains half a surrogate pair, which has no UTF-8')
    case 'number':
      if (Number.isFinite(value)) return String(value)
      throw badField(field, `is ${value}, which is no number to other programs`)
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      return value === null ? null : objectText(value, field)
    default:
      throw badField(field, `is of type ${typeof value}`)
  }
}

function objectText(value: object, field: string): string {
  if (value instanceof Uint8Array) throw badField(field, 'holds bytes, which have no text: decode them')
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw badField(field, 'is no valid date')
    return value.toISOString()
  }
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (cause) {
    throw badField(field, `has no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  if (json === undefined) throw badField(field, 'has no JSON')
  return json
}

function badField(field: string, complaint: string, cause?: unknown): MultiOutputError {
  return new MultiOutputError('BAD_RECORD', `field ${field} ${complaint}`, cause === undefined ? {} : { cause })
}
