// Avro's object container files: a header with the schema, and blocks of records that can be appended at any commit.
import { randomBytes } from 'node:crypto'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { RecordContext } from '../model/record-id.js'
import { type AvroFormat, AvroWriter } from './avro/avro-writer.js'
import { type AvroCodec, blockCompressor } from './avro/codec.js'
import type { UnknownFields } from './avro/encode-record.js'
import { type AvroSchemaOption, SchemaChoice } from './avro/schema-choice.js'
import type { Format } from './format.js'
import { type IdForm, idTextOf } from './id-form.js'

/** Options of {@link avro}. */
export interface AvroOptions<R> {
  /** The schema (as JSON text, or parsed), or a function that finds each record's, as in a registry. It must answer the same object each time for the same schema. */
  readonly schema: AvroSchemaOption<R>
  /** How blocks are compressed. Default `null`: not at all. `zstandard` needs Node 22.15 or later. */
  readonly codec?: AvroCodec
  /** Adds the record's id as the first field, a string, under this name. The schema must be a record without such a field, and records need an id. */
  readonly idField?: string
  /** How ids are written; default `partition-offset`. */
  readonly idForm?: IdForm
  /** A block ends with the record that reaches this, and with each commit. Default 65,536, before compression. */
  readonly blockSizeBytes?: number
  /** Fields of a record that its schema does not have: `ignore` (default) leaves them out, `reject` refuses the record; that costs a check of each. */
  readonly unknownFields?: UnknownFields
  /** What to write of a record. Left out: the record. */
  readonly value?: (record: R, context: RecordContext) => unknown
}

const BLOCK_SIZE_BYTES = 65_536

/**
 * Records in Avro's object container files: `.avro`. A file's sync marker and schema go on across commits and restarts.
 *
 * Values are those of the package `avsc`: bytes as `Buffer`, long as number or, exactly, as bigint; logical types as what they rest on (a timestamp as its number) with the annotation kept in the file;
 * values of unions as they are where they can be told apart, else `{ branch: value }`. Missing fields take the schema's default.
 *
 * When the schema changes, the next record goes to a new file. Where a function finds the schema, that file's is made of all that were met under the name: optional fields
 * that were added cost one new file, however old and new records alternate. Schemas without a common one, records that do not fit theirs, and half surrogate
 * pairs are refused with `BAD_RECORD` and the path of the field. Throws `WRONG_OPTIONS`.
 */
export function avro<R = unknown>(options: AvroOptions<R>): Format<R> {
  const { codec = 'null', idField, idForm, blockSizeBytes = BLOCK_SIZE_BYTES, unknownFields = 'ignore' } = options
  const { value } = options
  if (!Number.isInteger(blockSizeBytes) || blockSizeBytes < 1)
    throw wrongOptions('blockSizeBytes must be a whole number from 1 on')
  if (unknownFields !== 'ignore' && unknownFields !== 'reject')
    throw wrongOptions("unknownFields must be 'ignore' or 'reject'")
  if (value !== undefined && typeof value !== 'function') throw wrongOptions('value must be a function')
  if (idField !== undefined && !(typeof idField === 'string' && /^[A-Za-z_]\w*$/.test(idField)))
    throw wrongOptions('idField must be a name of letters, digits and _')
  if (idForm !== undefined && idField === undefined) throw wrongOptions('idForm is for idField, which is not given')
  if (!['string', 'object', 'function'].includes(typeof options.schema) || options.schema === null)
    throw wrongOptions('schema must be a schema, or a function that finds it')
  const format: AvroFormat<R> = {
    schemas: new SchemaChoice<R>(options.schema, idField),
    codec,
    compress: compressorOf(codec),
    idField,
    blockSizeBytes,
    unknownFields,
    newSync: () => randomBytes(16),
    ...(value === undefined ? {} : { value }),
    ...(idField === undefined
      ? {}
      : { idText: idTextOf(idForm ?? 'partition-offset', { format: 'avro', option: 'idField' }) }),
  }
  return { name: 'avro', extension: 'avro', compressible: false, open: (file) => new AvroWriter(format, file) }
}

function compressorOf(codec: AvroCodec): AvroFormat<unknown>['compress'] {
  try {
    return blockCompressor(codec)
  } catch (cause) {
    if (cause instanceof RangeError) throw wrongOptions(cause.message)
    throw cause
  }
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `avro: ${complaint}`)
}
