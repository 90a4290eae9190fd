// JSON lines: a value a line, and in it, if asked for, where the record comes from.
import { JsonAtHand } from '../model/json-at-hand.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { formatId, formatIdWithTopic, type RecordContext, type RecordId } from '../model/record-id.js'
import type { Format, FormatWriter, RecordSink } from './format.js'

/** Options of {@link jsonLines}. */
export interface JsonLinesOptions<R> {
  /** Adds the record's id as the first field, under this name. Then records must be objects without a field of the name, and have an id. */
  readonly idField?: string
  /** `partition-offset` (default): `<partition>-<offset>`, unique within a topic. `topic-partition-offset`: unique across topics. */
  readonly idForm?: 'partition-offset' | 'topic-partition-offset'
  /** What to write of a record. Left out: the record. */
  readonly value?: (record: R, context: RecordContext) => unknown
}

const OPENING_BRACE = 0x7b
const EMPTY_OBJECT_BYTES = 2

/**
 * `JSON.stringify` of a record a line: `.jsonl`. What JSON leaves out or turns to `null` inside a record (undefined, functions, NaN) it does here too;
 * a record that has no JSON at all (undefined, a function, a symbol), a bigint or a cycle in it is refused. Half
 * surrogate pairs are written as escapes and come back unchanged.
 */
export function jsonLines<R = unknown>(options: JsonLinesOptions<R> = {}): Format<R> {
  const { idField, idForm, value: valueFrom } = options
  if (idField !== undefined && (typeof idField !== 'string' || idField === ''))
    throw wrongOptions('idField must be a name')
  if (idForm !== undefined && idField === undefined) throw wrongOptions('idForm is for idField, which is not given')
  if (idForm !== undefined && !['partition-offset', 'topic-partition-offset'].includes(idForm)) {
    throw wrongOptions("idForm must be 'partition-offset' or 'topic-partition-offset'")
  }
  if (valueFrom !== undefined && typeof valueFrom !== 'function') throw wrongOptions('value must be a function')
  const line = idField === undefined ? lineWithoutId : lineWithId(idField, idForm ?? 'partition-offset')
  const writer: FormatWriter<R> = {
    encode(record, context, sink) {
      const value = valueFrom === undefined ? record : valueFrom(record, context)
      if (value instanceof JsonAtHand) line.copied(value, context, sink)
      else sink.text(line.written(value, context))
    },
  }
  return { name: 'json-lines', extension: 'jsonl', open: () => writer }
}

/** How a line is made of a value, or of the JSON of one. Either throws before it calls the sink. */
interface Line {
  written(value: unknown, context: RecordContext): string
  copied(json: JsonAtHand, context: RecordContext, sink: RecordSink): void
}

const lineWithoutId: Line = {
  written: (value) => `${jsonOf(value)}\n`,
  copied: ({ bytes }, _context, sink) => {
    sink.bytes(bytes)
    sink.text('\n')
  },
}

function jsonOf(value: unknown): string {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (cause) {
    // A bigint, a cycle, a toJSON that throws: V8 says which, and on which path.
    throw badRecord(`it has no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  if (json === undefined)
    throw badRecord(`it has no JSON: it is ${value === undefined ? 'undefined' : `of type ${typeof value}`}`)
  return json
}

function lineWithId(idField: string, idForm: 'partition-offset' | 'topic-partition-offset'): Line {
  const head = `{${JSON.stringify(idField)}:"`
  const idOf = idForm === 'partition-offset' ? formatId : escapedIdWithTopic
  const headOf = ({ id }: RecordContext): string => {
    if (id !== undefined) return `${head}${idOf(id)}"`
    throw badRecord(`it has no id for the field ${idField}; write it with { id }, or leave idField out`)
  }
  const fieldOfItsOwn = (): MultiOutputError =>
    badRecord(`it has a field ${idField} of its own; choose another idField`)
  return {
    written: (value, context) => {
      const begin = headOf(context)
      const json = jsonOf(value)
      if (json.charCodeAt(0) !== OPENING_BRACE)
        throw badRecord(`it is no object, so it has no place for the field ${idField}`)
      if (hasField(value, idField)) throw fieldOfItsOwn()
      return json === '{}' ? `${begin}}\n` : `${begin},${json.slice(1)}\n`
    },
    copied: (json, context, sink) => {
      const begin = headOf(context)
      if (json.hasField(idField)) throw fieldOfItsOwn()
      const { bytes } = json
      sink.text(bytes.byteLength === EMPTY_OBJECT_BYTES ? begin : `${begin},`)
      sink.bytes(bytes.subarray(1))
      sink.text('\n')
    },
  }
}

function escapedIdWithTopic(id: RecordId): string {
  return JSON.stringify(formatIdWithTopic(id)).slice(1, -1)
}

/** Whether the JSON of an object has a field: of the object itself, or of what its toJSON answers. */
function hasField(value: unknown, name: string): boolean {
  const object = value as { toJSON?: unknown }
  const written = typeof object.toJSON === 'function' ? (object.toJSON('') as object) : object
  return Object.hasOwn(written, name)
}

function badRecord(complaint: string, cause?: unknown): MultiOutputError {
  return new MultiOutputError('BAD_RECORD', complaint, cause === undefined ? {} : { cause })
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `jsonLines: ${complaint}`)
}
