// Hadoop's sequence files: a key and a value a record, readable by SequenceFile.Reader and whatever rests on it.

import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { deflateSync, gzipSync } from 'node:zlib'
import type { JsonValue } from '../model/json-value.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { formatId, formatIdWithTopic, type RecordContext } from '../model/record-id.js'
import type { Format, FormatFile, FormatWriter } from './format.js'
import type { IdForm } from './id-form.js'
import { GrowingBytes } from './sequence-file/growing-bytes.js'
import {
  type SequenceCompression,
  type SequenceFileHeader,
  type SequenceValueClass,
  SYNC_MARKER_BYTES,
} from './sequence-file/layout.js'
import { BlockWriter, type Entry, RecordWriter, type SequenceFileShape } from './sequence-file/writers.js'
import { defaultValue, type TextValue } from './text-value.js'

/** Options of {@link sequenceFile}. */
export interface SequenceFileOptions<R> {
  /** The key of a record. Left out: its id, or the empty text where it has none. */
  readonly keyOf?: (record: R, context: RecordContext) => TextValue
  /** Of the id as a key. `partition-offset` (default): unique within a topic. `topic-partition-offset`: unique across topics. */
  readonly idForm?: IdForm
  /** What to write of a record. Left out: the record itself if it is a string or bytes, else its `value`. */
  readonly value?: (record: R, context: RecordContext) => TextValue
  /** Hadoop's class of the values: `Text` (default), which has to be UTF-8, or `BytesWritable`. Keys are `Text`. */
  readonly valueClass?: SequenceValueClass
  /** `none` (default), `record`: each value by itself, or `block`: about a megabyte of records at once, and less at the end of each commit. */
  readonly compression?: SequenceCompression
  /** `deflate` (default): Hadoop's DefaultCodec. `gzip`: its GzipCodec. */
  readonly codec?: SequenceCodec
}

/** How sequence files are compressed inside. */
export type SequenceCodec = 'deflate' | 'gzip'

const codecs = {
  deflate: { className: 'org.apache.hadoop.io.compress.DefaultCodec', compress: deflateSync },
  gzip: { className: 'org.apache.hadoop.io.compress.GzipCodec', compress: gzipSync },
} as const

/** Metadata of a file whose keys are ids; its value is their form. */
export const ID_FORM_METADATA = 'hdfs-multi-output.key'

/**
 * Sequence files: `.seq`. A file's sync marker is its state, so that files are appended to; one that was begun with other options is
 * not, but sealed. Strings are written as UTF-8; half a surrogate pair has none and is refused, and so are bytes that are no UTF-8 where Text is to be written.
 */
export function sequenceFile<R = TextValue | { readonly value: TextValue }>(
  options: SequenceFileOptions<R> = {},
): Format<R> {
  const { valueClass = 'Text', compression = 'none', codec = 'deflate', value: valueFrom = defaultValue } = options
  checkOptions(options)
  const keyFrom = options.keyOf ?? idKey(options.idForm ?? 'partition-offset')
  const header: Omit<SequenceFileHeader, 'syncMarker'> = {
    valueClass,
    compression,
    codecClassName: codecs[codec].className,
    metadata: options.keyOf === undefined ? { [ID_FORM_METADATA]: options.idForm ?? 'partition-offset' } : {},
  }
  // Of these a file has one kind only.
  const kind = [valueClass, compression, compression === 'none' ? '' : codec, JSON.stringify(header.metadata)].join(' ')
  const entryOf = (record: R, context: RecordContext): Entry => ({
    key: checked(keyFrom(record, context), 'key', true),
    value: checked(valueFrom(record, context), 'value', valueClass === 'Text'),
  })
  const scratch = new GrowingBytes()
  return {
    name: 'sequence-file',
    extension: 'seq',
    compressible: false,
    open: (file) => {
      const known = file.length === 0 ? undefined : fileStateIn(file.state)
      const syncMarker = known === undefined ? randomBytes(SYNC_MARKER_BYTES) : Buffer.from(known.syncMarker, 'hex')
      const shape: SequenceFileShape = {
        header: { ...header, syncMarker },
        isBegun: known !== undefined,
        compress: codecs[codec].compress,
        scratch,
      }
      const writer = compression === 'block' ? new BlockWriter(shape) : new RecordWriter(shape)
      const state: FileState = { syncMarker: syncMarker.toString('hex'), kind }
      const refusesAll = isAnother(file, known, kind)
      // A file that takes nothing keeps what it has, whoever wrote it.
      return formatWriter(writer, entryOf, refusesAll ? (file.state ?? null) : state, refusesAll)
    },
  }
}

/** What is kept of a file. */
interface FileState {
  readonly [name: string]: JsonValue
  /** In hexadecimal. */
  readonly syncMarker: string
  readonly kind: string
}

/** Undefined for the state of another format. */
function fileStateIn(state: JsonValue | undefined): FileState | undefined {
  const { syncMarker, kind } = (state ?? {}) as Partial<Record<keyof FileState, unknown>>
  return typeof syncMarker === 'string' && typeof kind === 'string' ? (state as unknown as FileState) : undefined
}

function isAnother({ length }: FormatFile, known: FileState | undefined, kind: string): boolean {
  return length > 0 && known?.kind !== kind
}

function formatWriter<R>(
  writer: RecordWriter | BlockWriter,
  entryOf: (record: R, context: RecordContext) => Entry,
  state: JsonValue,
  refusesAll: boolean,
): FormatWriter<R> {
  return {
    encode(record, context, sink) {
      if (refusesAll) throw badRecord('the file was begun with other options')
      writer.add(entryOf(record, context), sink)
    },
    ...(refusesAll ? { fits: () => false } : {}),
    get heldBytes() {
      return writer.heldBytes
    },
    flush: (sink) => writer.flush(sink),
    state: () => state,
  }
}

function idKey(idForm: IdForm): (record: unknown, context: RecordContext) => string {
  const idOf = idForm === 'partition-offset' ? formatId : formatIdWithTopic
  return (_record, { id }) => (id === undefined ? '' : idOf(id))
}

function checked(value: TextValue, what: 'key' | 'value', isText: boolean): TextValue {
  if (typeof value === 'string') {
    if (value.isWellFormed()) return value
    throw badRecord(`its ${what} contains half a surrogate pair, which has no UTF-8`)
  }
  if (!(value instanceof Uint8Array))
    throw badRecord(`its ${what} is ${value === null ? 'null' : typeof value}, not a string or bytes`)
  if (isText && !isUtf8(value)) throw badRecord(`its ${what} is not UTF-8, which Hadoop's Text has to be`)
  return value
}

function checkOptions<R>({ keyOf, idForm, value, valueClass, compression, codec }: SequenceFileOptions<R>): void {
  if (keyOf !== undefined && typeof keyOf !== 'function') throw wrongOptions('keyOf must be a function')
  if (value !== undefined && typeof value !== 'function') throw wrongOptions('value must be a function')
  if (keyOf !== undefined && idForm !== undefined) throw wrongOptions('idForm is of ids as keys; keyOf makes others')
  checkChoice('idForm', idForm, ['partition-offset', 'topic-partition-offset'])
  checkChoice('valueClass', valueClass, ['Text', 'BytesWritable'])
  checkChoice('compression', compression, ['none', 'record', 'block'])
  checkChoice('codec', codec, Object.keys(codecs))
  if (codec !== undefined && (compression ?? 'none') === 'none')
    throw wrongOptions("codec is of compression: 'record' or 'block', which is not given")
}

function checkChoice(name: string, value: string | undefined, choices: readonly string[]): void {
  if (value !== undefined && !choices.includes(value)) throw wrongOptions(`${name} must be ${choices.join(' or ')}`)
}

function badRecord(complaint: string): MultiOutputError {
  return new MultiOutputError('BAD_RECORD', complaint)
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `sequenceFile: ${complaint}`)
}
