// Columns as Parquet's own flat list of schema elements.
import type { SchemaElement } from 'hyparquet'
import type { Column, ParquetType } from './columns.js'

/** The whole schema: a root, and below it each column, depth first. */
export function schemaElements(columns: readonly Column[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flatMap(elementsOf)]
}

function elementsOf({ name, required, kind }: Column): SchemaElement[] {
  const repetition_type = required ? 'REQUIRED' : 'OPTIONAL'
  if ('type' in kind) return [{ name, repetition_type, ...scalarElement(kind.type) }]
  if ('struct' in kind)
    return [{ name, repetition_type, num_children: kind.struct.length }, ...kind.struct.flatMap(elementsOf)]
  const list: SchemaElement = { name, repetition_type, num_children: 1, converted_type: 'LIST' }
  return [
    { ...list, logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...elementsOf(kind.list),
  ]
}

function scalarElement(type: ParquetType): Omit<SchemaElement, 'name'> {
  switch (type) {
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'int32':
      return { type: 'INT32' }
    case 'int64':
      return { type: 'INT64' }
    case 'double':
      return { type: 'DOUBLE' }
    case 'boolean':
      return { type: 'BOOLEAN' }
    case 'timestamp':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      }
    case 'bytes':
      return { type: 'BYTE_ARRAY' }
    case 'json':
      // The converted type comes with the footer, see there.
      return { type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } }
  }
}
