// The part of the configuration that says how records are written: one format with its options.
import * as v from 'valibot'
import type { AvroOptions } from '../../format/avro.js'
import type { BytesOptions } from '../../format/bytes.js'
import type { CsvOptions } from '../../format/csv.js'
import type { ParquetCodec } from '../../format/parquet/codecs.js'
import type { SequenceFileOptions } from '../../format/sequence-file.js'
import { anyMapping, count, listOf, mapping, text } from '../../model/shape.js'
import { orNothing } from './or-nothing.js'

const idForm = v.optional(v.picklist(['partition-offset', 'topic-partition-offset']))
const oneCharacter = v.pipe(v.string(), v.length(1, 'must be one character'))
const prefixId = v.optional(v.union([v.boolean(), v.literal('withTopic')], 'must be true, false or withTopic'))

/** One format. */
export const formatSchema: v.GenericSchema<FormatConfig> = v.pipe(
  mapping({
    text: v.optional(orNothing({ prefixId, newlines: v.optional(v.picklist(['reject', 'escape', 'keep'])) })),
    jsonLines: v.optional(orNothing({ idField: v.optional(text) })),
    csv: v.optional(
      orNothing({
        columns: listOf(
          v.union([text, mapping({ field: text, name: text })], 'must be a text, or { field: <text>, name: <text> }'),
        ),
        header: v.optional(v.boolean()),
        delimiter: v.optional(oneCharacter),
        quote: v.optional(oneCharacter),
        missing: v.optional(v.picklist(['error', 'null'])),
        nullText: v.optional(v.string()),
        idColumn: v.optional(text),
        idForm,
      }),
    ),
    avro: v.optional(
      orNothing({
        schemaFile: text,
        codec: v.optional(v.picklist(['null', 'deflate', 'snappy', 'zstandard'])),
        idField: v.optional(text),
        idForm,
        blockSizeBytes: v.optional(count),
        unknownFields: v.optional(v.picklist(['ignore', 'reject'])),
      }),
    ),
    bytes: v.optional(orNothing({ framing: v.picklist(['uint32be', 'varint']), prefixId })),
    parquet: v.optional(
      orNothing({
        // What they are is checked by the format, which says it in the words of columns.
        columns: v.optional(anyMapping),
        schemaFile: v.optional(text),
        newFields: v.optional(v.picklist(['reject', 'ignore', 'add'])),
        idColumn: v.optional(text),
        idForm,
        codec: v.optional(v.picklist(['uncompressed', 'snappy', 'gzip', 'zstd'])),
        rowGroupBytes: v.optional(count),
        rowGroupRecords: v.optional(count),
      }),
    ),
    sequenceFile: v.optional(
      orNothing({
        /** `$key` is Kafka's. */
        key: v.optional(v.picklist(['id', '$key'])),
        idForm,
        valueClass: v.optional(v.picklist(['Text', 'BytesWritable'])),
        compression: v.optional(v.picklist(['none', 'record', 'block'])),
        codec: v.optional(v.picklist(['deflate', 'gzip'])),
      }),
    ),
  }),
  v.check(
    (one) => Object.keys(one).length === 1,
    'name one format: text, jsonLines, csv, avro, bytes, parquet or sequenceFile',
  ),
) as unknown as v.GenericSchema<FormatConfig>

/** One format with its options. */
export interface FormatConfig {
  readonly text?: { readonly prefixId?: boolean | 'withTopic'; readonly newlines?: 'reject' | 'escape' | 'keep' }
  readonly jsonLines?: { readonly idField?: string }
  readonly csv?: Omit<CsvOptions<never>, 'lookup'>
  readonly avro?: AvroConfig
  readonly bytes?: Omit<BytesOptions<never>, 'value'>
  readonly parquet?: ParquetConfig
  readonly sequenceFile?: Pick<SequenceFileOptions<never>, 'idForm' | 'valueClass' | 'compression' | 'codec'> & {
    readonly key?: 'id' | '$key'
  }
}

/** The schema stands in a file of its own. */
export interface AvroConfig extends Omit<AvroOptions<never>, 'schema' | 'value'> {
  readonly schemaFile: string
}

/** Columns are written here, or in a file of their own. */
export interface ParquetConfig {
  readonly columns?: Readonly<Record<string, unknown>>
  readonly schemaFile?: string
  readonly newFields?: 'reject' | 'ignore' | 'add'
  readonly idColumn?: string
  readonly idForm?: 'partition-offset' | 'topic-partition-offset'
  readonly codec?: ParquetCodec
  readonly rowGroupBytes?: number
  readonly rowGroupRecords?: number
}
