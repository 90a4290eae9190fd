// The part of the configuration that says how records are written: one format with its options.
import { z } from 'zod'
import type { AvroOptions } from '../../format/avro.js'
import type { BytesOptions } from '../../format/bytes.js'
import type { CsvOptions } from '../../format/csv.js'
import type { ParquetCodec } from '../../format/parquet/codecs.js'
import type { SequenceFileOptions } from '../../format/sequence-file.js'

const count = z.number().int().min(1)
const name = z.string().min(1)
const idForm = z.enum(['partition-offset', 'topic-partition-offset']).optional()

const text = z.strictObject({
  prefixId: z.union([z.boolean(), z.literal('withTopic')], 'must be true, false or withTopic').optional(),
  newlines: z.enum(['reject', 'escape', 'keep']).optional(),
})

const jsonLines = z.strictObject({ idField: name.optional() })

const csv = z.strictObject({
  columns: z
    .array(z.union([name, z.strictObject({ field: name, name })], 'must be a text, or { field: <text>, name: <text> }'))
    .min(1),
  header: z.boolean().optional(),
  delimiter: z.string().length(1, 'must be one character').optional(),
  quote: z.string().length(1, 'must be one character').optional(),
  missing: z.enum(['error', 'null']).optional(),
  nullText: z.string().optional(),
  idColumn: name.optional(),
  idForm,
})

const avro = z.strictObject({
  schemaFile: name,
  codec: z.enum(['null', 'deflate', 'snappy', 'zstandard']).optional(),
  idField: name.optional(),
  idForm,
  blockSizeBytes: count.optional(),
  unknownFields: z.enum(['ignore', 'reject']).optional(),
})

const bytes = z.strictObject({
  framing: z.enum(['uint32be', 'varint']),
  prefixId: z.union([z.boolean(), z.literal('withTopic')], 'must be true, false or withTopic').optional(),
})

const parquet = z.strictObject({
  // What they are is checked by the format, which says it in the words of columns.
  columns: z.record(z.string(), z.unknown()).optional(),
  schemaFile: name.optional(),
  newFields: z.enum(['reject', 'ignore', 'add']).optional(),
  idColumn: name.optional(),
  idForm,
  codec: z.enum(['uncompressed', 'snappy', 'gzip', 'zstd']).optional(),
  rowGroupBytes: count.optional(),
  rowGroupRecords: count.optional(),
})

const sequenceFile = z.strictObject({
  /** `$key` is Kafka's. */
  key: z.enum(['id', '$key']).optional(),
  idForm,
  valueClass: z.enum(['Text', 'BytesWritable']).optional(),
  compression: z.enum(['none', 'record', 'block']).optional(),
  codec: z.enum(['deflate', 'gzip']).optional(),
})

/** In YAML a format without options may stand without a value. */
function orNothing<T extends z.ZodType>(options: T): z.ZodOptional<z.ZodPipe<z.ZodNullable<T>, z.ZodTransform>> {
  return options
    .nullable()
    .transform((given): unknown => given ?? {})
    .optional()
}

/** One format. */
export const formatSchema: z.ZodType<FormatConfig> = z
  .strictObject({
    text: orNothing(text),
    jsonLines: orNothing(jsonLines),
    csv: orNothing(csv),
    avro: orNothing(avro),
    bytes: orNothing(bytes),
    parquet: orNothing(parquet),
    sequenceFile: orNothing(sequenceFile),
  })
  .refine(
    (one) => Object.keys(one).length === 1,
    'name one format: text, jsonLines, csv, avro, bytes, parquet or sequenceFile',
  ) as unknown as z.ZodType<FormatConfig>

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
