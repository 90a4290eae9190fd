// Writes one Avro file: gathers records into blocks, and begins the file with its header.
import type { JsonValue } from '../../model/json-value.js'
import { MultiOutputError } from '../../model/multi-output-error.js'
import type { RecordContext } from '../../model/record-id.js'
import type { FormatFile, FormatWriter, RecordSink } from '../format.js'
import { checkedTap } from './checked-tap.js'
import { blockHead, headerBytes } from './container.js'
import { encodeRecord, type UnknownFields } from './encode-record.js'
import { type AvroFileState, avroStateIn } from './file-state.js'
import { SchemasDoNotMerge } from './merge-schemas.js'
import type { PreparedSchema } from './prepared-schema.js'
import type { SchemaChoice } from './schema-choice.js'

/** What all files of a format share. */
export interface AvroFormat<R> {
  readonly schemas: SchemaChoice<R>
  readonly codec: string
  readonly compress: (bytes: Buffer) => Uint8Array
  readonly idField: string | undefined
  readonly idText?: (context: RecordContext) => string
  readonly blockSizeBytes: number
  readonly unknownFields: UnknownFields
  readonly value?: (record: R, context: RecordContext) => unknown
  readonly newSync: () => Buffer
}

/** Room for the first records, and how it grows: there may be 10,000 files with a few records each, and what is spare is not counted. */
const FIRST_BLOCK_BYTES = 512
const GROWTH = 1.5
const ROOM_FOR_ONE_MORE = 1.1

const nothing = Buffer.alloc(0)

/** The writer of one file. */
export class AvroWriter<R> implements FormatWriter<R> {
  readonly #format: AvroFormat<R>
  readonly #sync: Buffer
  /** The file's schema; of a new file until its first record is in: none. */
  #schema: PreparedSchema | undefined
  /** The file is there and is none that this format goes on with. */
  readonly #isForeign: boolean
  readonly #stateBefore: JsonValue
  #hasHeader: boolean
  #fillsBlocks = false
  /** Its buffer is the block, as far as that is filled. */
  readonly #tap = checkedTap()
  #blockBytes = 0
  #blockRecords = 0

  constructor(format: AvroFormat<R>, { length, state }: FormatFile) {
    this.#format = format
    this.#hasHeader = length > 0
    const before = length > 0 ? avroStateIn(state) : undefined
    this.#schema = before === undefined ? undefined : schemaBefore(format, before)
    this.#stateBefore = state ?? null
    this.#isForeign = length > 0 && this.#schema === undefined
    this.#sync = before === undefined ? format.newSync() : Buffer.from(before.sync, 'hex')
  }

  get heldBytes(): number {
    return this.#blockBytes
  }

  fits(record: R, context: RecordContext): boolean {
    if (this.#isForeign) return false
    const { schemas } = this.#format
    const schema = schemaOf(schemas, record, context)
    if (schema === undefined || this.#schema === undefined || this.#schema === schema) return true
    const covers = this.#schema.covers(schema)
    if (typeof covers === 'boolean') return covers
    return !schemas.wantsNewFile(this.#schema, schema)
  }

  encode(record: R, context: RecordContext, sink: RecordSink): void {
    const { value, idText, unknownFields, blockSizeBytes } = this.#format
    const schema = this.#schemaFor(this.#format.schemas.of(record, context))
    const written = value === undefined ? record : value(record, context)
    const writing = { tap: this.#tap, id: idText?.(context), unknownFields }
    this.#tap.pos = this.#blockBytes
    encodeRecord(schema.type, written, writing)
    // It counted what was missing; the record is written again.
    if (this.#tap.pos > this.#tap.buf.length) {
      this.#room(this.#tap.pos)
      this.#tap.pos = this.#blockBytes
      encodeRecord(schema.type, written, writing)
    }
    // Only now: had it been refused, nothing of it would count.
    this.#schema = schema
    this.#blockBytes = this.#tap.pos
    this.#blockRecords++
    if (this.#blockBytes >= blockSizeBytes) this.flush(sink)
  }

  #schemaFor(schema: PreparedSchema): PreparedSchema {
    try {
      if (this.#schema === undefined) return this.#format.schemas.forNewFile(schema)
      if (this.#schema === schema || this.#schema.mergedWith(schema) === this.#schema) return this.#schema
    } catch (error) {
      if (!(error instanceof SchemasDoNotMerge)) throw error
      const message = `its schema and that of other records cannot be merged: ${error.message}`
      throw new MultiOutputError('BAD_RECORD', message, { cause: error })
    }
    throw new MultiOutputError('BAD_RECORD', 'its schema has fields that the file has no place for')
  }

  #room(bytes: number): void {
    const { blockSizeBytes } = this.#format
    const block = this.#tap.buf
    // Who filled a block will fill another one.
    const least = this.#fillsBlocks ? Math.ceil(blockSizeBytes * ROOM_FOR_ONE_MORE) : FIRST_BLOCK_BYTES
    const grown = Buffer.allocUnsafeSlow(Math.max(bytes, Math.ceil(block.length * GROWTH), least))
    block.copy(grown, 0, 0, this.#blockBytes)
    this.#tap.buf = grown
  }

  flush(sink: RecordSink): void {
    if (this.#blockRecords === 0) return
    const { codec, compress, idField } = this.#format
    const content = compress(this.#tap.buf.subarray(0, this.#blockBytes))
    if (!this.#hasHeader)
      sink.bytes(headerBytes({ schemaText: this.#schema!.headerText(idField), codec, sync: this.#sync }))
    this.#hasHeader = true
    sink.bytes(blockHead(this.#blockRecords, content.byteLength))
    if (content.byteLength > 0) sink.bytes(content)
    sink.bytes(this.#sync)
    this.#fillsBlocks = this.#blockBytes >= this.#format.blockSizeBytes
    this.#tap.buf = nothing
    this.#blockBytes = 0
    this.#blockRecords = 0
  }

  state(): JsonValue {
    // A file that took nothing keeps what it has, whoever wrote it.
    if (this.#schema === undefined) return this.#stateBefore
    const { codec, idField, schemas } = this.#format
    const { fingerprint, text } = this.#schema
    return {
      sync: this.#sync.toString('hex'),
      codec,
      fingerprint,
      // The one that all files have is there anyway: the log repeats a state with every commit.
      ...(schemas.fixed === undefined ? { schema: text } : {}),
      ...(idField === undefined ? {} : { idField }),
    }
  }
}

/** The schema of a file that is gone on with; `undefined` where another one must be begun. */
function schemaBefore<R>(
  { schemas, codec, idField }: AvroFormat<R>,
  before: AvroFileState,
): PreparedSchema | undefined {
  if (before.codec !== codec || before.idField !== idField) return undefined
  if (schemas.fixed !== undefined) return schemas.fixed.fingerprint === before.fingerprint ? schemas.fixed : undefined
  if (before.schema === undefined) return undefined
  try {
    const schema = schemas.prepared(before.schema)
    return schema.fingerprint === before.fingerprint ? schema : undefined
  } catch (error) {
    // Of a newer version of the library, perhaps: such a file is not gone on with.
    if (error instanceof MultiOutputError) return undefined
    throw error
  }
}

/** `undefined` where `encode` will refuse it, in its own words. */
function schemaOf<R>(schemas: SchemaChoice<R>, record: R, context: RecordContext): PreparedSchema | undefined {
  try {
    return schemas.of(record, context)
  } catch {
    return undefined
  }
}
