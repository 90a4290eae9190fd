// Makes the format that a configuration names. Those that bring libraries along are loaded when they are asked for.
import { readFile } from 'node:fs/promises'
import type { Format } from '../../format/format.js'
import { jsonLines } from '../../format/json-lines.js'
import type { ParquetColumns } from '../../format/parquet/columns.js'
import { text } from '../../format/text.js'
import type { SourceRecord } from '../../source/source.js'
import { jsonOf } from '../../source/value-record.js'
import { UsageError } from '../exit-code.js'
import type { FormatConfig, ParquetConfig } from './format-schema.js'
import { parseYaml } from './load.js'

/** Rejects with a UsageError, or `WRONG_OPTIONS`. */
export async function buildFormat(format: FormatConfig, decode: 'json' | 'none'): Promise<Format<SourceRecord>> {
  const parsed = (['jsonLines', 'parquet'] as const).find((name) => format[name] !== undefined)
  // Without decoding every record would be a bad one.
  if (parsed !== undefined && decode === 'none') {
    throw new UsageError(`sink.format.${parsed}: nothing was parsed to be written, because source.decode is none`)
  }
  // A tombstone has no bytes: the format refuses what is no string or bytes, in its own words.
  const value = (record: SourceRecord): Uint8Array => record.value as Uint8Array
  if (format.text !== undefined) return text<SourceRecord>({ ...format.text, value })
  if (format.parquet !== undefined) return await buildParquet(format.parquet)
  if (format.sequenceFile !== undefined) {
    const { key, ...options } = format.sequenceFile
    const { sequenceFile } = await import('../../format/sequence-file.js')
    const keyOf = (record: SourceRecord): Uint8Array => record.key ?? new Uint8Array()
    return sequenceFile<SourceRecord>({ ...options, value, ...(key === '$key' ? { keyOf } : {}) })
  }
  return jsonLines<SourceRecord>({ ...format.jsonLines, value: jsonOf })
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
  let content: string
  try {
    content = await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`sink.format.parquet.schemaFile: ${(error as Error).message}`)
  }
  return parseYaml(content, file)
}
