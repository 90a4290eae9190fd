// The rows of a Parquet file, as hyparquet finds them.
import { parquetReadObjects } from 'hyparquet'
import { decompressors } from '../../src/format/parquet/codecs.js'

/** Every row, with null for what is not there. */
export async function parquetRows(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  const rows = await parquetReadObjects({
    file: Uint8Array.from(bytes).buffer,
    compressors: decompressors,
    utf8: false,
  })
  return rows.map((row) => nullsSaid(row) as Record<string, unknown>)
}

function nullsSaid(value: unknown): unknown {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(nullsSaid)
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, nullsSaid(each)]))
}
