// Makes the format that a configuration names. Those that bring libraries along are loaded when they are asked for.
import { readFile } from 'node:fs/promises'
import { bytes } from '../../format/bytes.js'
import type { Format } from '../../format/format.js'
import { jsonLines } from '../../format/json-lines.js'
import type { ParquetColumns } from '../../format/parquet/columns.js'
import { text } from '../../format/text.js'
import { sourceFields } from '../../model/source-fields.js'
import type { SourceRecord } from '../../source/source.js'
import { jsonOf } from '../../source/value-record.js'
import { UsageError } from '../exit-code.js'
import type { AvroConfig, FormatConfig, ParquetConfig } from './format-schema.js'
import { parseYaml } from './load.js'

/** Rejects with a UsageError, or `WRONG_OPTIONS`. */
export async function buildFormat(format: FormatConfig, decode: 'json' | 'none'): Promise<Format<SourceRecord>> {
  const parsed = (['jsonLines', 'avro', 'parquet'] as const).find((name) => format[name] !== undefined)
  // Without decoding every record would be a bad one.
  if (parsed !== undefined && decode === 'none') {
    throw new UsageError(`sink.format.${parsed}: nothing was parsed to be written, because source.decode is none`)
  }
  // A tombstone has no bytes: the format refuses what is no string or bytes, in its own words.
  const value = (record: SourceRecord): Uint8Array => record.value as Uint8Array
  if (format.text !== undefined) return text<SourceRecord>({ ...format.text, value })
  if (format.bytes !== undefined) return bytes<SourceRecord>({ ...format.bytes, value })
  if (format.csv !== undefined) return await buildCsv(format.csv, decode)
  if (format.avro !== undefined) return await buildAvro(format.avro)
  if (format.parquet !== undefined) return await buildParquet(format.parquet)
  if (format.sequenceFile !== undefined) {
    const { key, ...options } = format.sequenceFile
    const { sequenceFile } = await import('../../format/sequence-file.js')
    const keyOf = (record: SourceRecord): Uint8Array => record.key ?? new Uint8Array()
    return sequenceFile<SourceRecord>({ ...options, value, ...(key === '$key' ? { keyOf } : {}) })
  }
  return jsonLines<SourceRecord>({ ...format.jsonLines, value: jsonOf })
}

async function buildCsv(
  options: NonNullable<FormatConfig['csv']>,
  decode: 'json' | 'none',
): Promise<Format<SourceRecord>> {
  const fields = options.columns.map((column) => (typeof column === 'string' ? column : column.field))
  const parsed = fields.find((field) => !field.startsWith('$'))
  if (decode === 'none' && parsed !== undefined)
    throw new UsageError(`sink.format.csv: field ${parsed} is found in no value, because source.decode is none`)
  const { csv } = await import('../../format/csv.js')
  return csv<SourceRecord>({ ...options, lookup: sourceFields })
}

async function buildAvro({ schemaFile, ...options }: AvroConfig): Promise<Format<SourceRecord>> {
  const schema = await readText('sink.format.avro.schemaFile', schemaFile)
  const { avro } = await import('../../format/avro.js')
  return avro<SourceRecord>({ ...options, schema, value: ({ parsed }) => parsed })
}

async function readText(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`)
  }
}

async function buildParquet({ columns, schemaFile, ...options }: ParquetConfig): Promise<Format<SourceRecord>> {
  if (columns !== undefined && schemaFile !== undefined)
    throw new UsageError('sink.format.parquet: columns and schemaFile: name one')
  const given = schemaFile === undefined ? columns : await readColumns(schemaFile)
  if (given === undefined && options.newFields !== 'add')
    throw new UsageError('sink.format.parquet: name columns, or a schemaFile, or newFields: add')
  const { parquet } = await import('../../format/parquet.js')
  // The format checks what they are.
  const checked = (given ?? {}) as ParquetColumns
  return parquet<SourceRecord>({ ...options, columns: checked, value: ({ parsed }) => parsed })
}

/** YAML or JSON: a type for each name, as below `columns`. */
async function readColumns(file: string): Promise<unknown> {
  const content = await readText('sink.format.parquet.schemaFile', file)
  return parseYaml(content, file)
}
