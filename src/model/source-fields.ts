// The fields of the records that a pipeline hands on: those of the parsed value by their path, and, under reserved names that
// begin with a dollar sign, what the source itself knows of the record.
import { type FieldAccessor, type FieldLookup, fieldsOf, parseFieldPath, wrongPath } from './field-lookup.js'
import { MultiOutputError } from './multi-output-error.js'
import type { RecordId } from './record-id.js'

/** A header's value; a source whose headers may repeat gives an array, in order. */
export type HeaderValue = Uint8Array | string | undefined | readonly (Uint8Array | string)[]

/** What {@link sourceFields} needs of a record. */
export interface RecordWithFields {
  readonly id: RecordId
  readonly key: Uint8Array | null
  readonly headers: Readonly<Record<string, HeaderValue>>
  /** Milliseconds since 1970. */
  readonly timestampMs: number
  /** The value as parsed; `undefined` where it was left as bytes, and then no path finds anything. */
  readonly parsed?: unknown
  /** A field of `parsed` itself, where the record can tell it without parsing all of it; as {@link fieldsOf} would. */
  fieldOf?(name: string): unknown
}

const HEADERS = '$headers.'

const reserved: Readonly<Record<string, FieldAccessor<RecordWithFields>>> = {
  $key: ({ key }) => textOf(key, '$key'),
  $topic: ({ id }) => id.topic,
  $partition: ({ id }) => id.partition,
  $offset: ({ id }) => id.offset,
  // Kafka's way to say that a record has none; a time a millisecond before 1970 it cannot say.
  $timestamp: ({ timestampMs }) => (timestampMs === -1 ? undefined : timestampMs),
}

/**
 * Looks up `$key` (its bytes as UTF-8), `$topic`, `$partition`, `$offset`, `$timestamp` (milliseconds since 1970) and `$headers.<name>`
 * (the last of that name), and every other path in `parsed`. A field whose own name begins with a dollar sign is written `\$name`. Key and headers that
 * are not UTF-8 throw `BAD_RECORD`; another name with a dollar sign throws `WRONG_OPTIONS`.
 */
export const sourceFields: FieldLookup<RecordWithFields> = (path) => {
  if (typeof path !== 'string' || !path.startsWith('$')) return parsedFields(path)
  if (Object.hasOwn(reserved, path)) return reserved[path]!
  // What follows is one name to its end: headers are flat, and their names often hold dots.
  const name = path.slice(HEADERS.length)
  if (path.startsWith(HEADERS) && name !== '') return headerAccessor(name, path)
  const known = [...Object.keys(reserved), `${HEADERS}<name>`].join(', ')
  throw wrongPath(path, `is not one of ${known}; a field of that very name is written \\${path}`)
}

const fieldsOfParsed = fieldsOf<RecordWithFields>(({ parsed }) => parsed)

function parsedFields(path: string): FieldAccessor<RecordWithFields> {
  const read = fieldsOfParsed(path)
  const [name, ...rest] = parseFieldPath(path)
  if (rest.length > 0) return read
  return (record, context) => (record.fieldOf === undefined ? read(record, context) : record.fieldOf(name!))
}

function headerAccessor(name: string, path: string): FieldAccessor<RecordWithFields> {
  return ({ headers }) => {
    if (!Object.hasOwn(headers, name)) return undefined
    const value = headers[name]
    const last = Array.isArray(value) ? (value as readonly (Uint8Array | string)[]).at(-1) : value
    return textOf(last as Uint8Array | string | undefined, path)
  }
}

// Bytes that are no UTF-8 would come out as replacement characters, and different keys in one place.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(value: Uint8Array | string | null | undefined, path: string): string | null | undefined {
  if (!(value instanceof Uint8Array)) return value
  try {
    return utf8.decode(value)
  } catch (cause) {
    throw new MultiOutputError('BAD_RECORD', `field ${path} is not UTF-8`, { cause })
  }
}
