// What columns a Parquet file has: as users say it, and checked, as this format works with it.

/**
 * What a column holds. `int64` takes bigints and whole numbers; `timestamp` (milliseconds, in UTC) takes Dates, milliseconds since 1970 and ISO 8601 texts with a zone;
 * `json` takes whatever has a JSON and keeps its text; `bytes` takes Uint8Arrays.
 */
export type ParquetType = 'string' | 'int32' | 'int64' | 'double' | 'boolean' | 'timestamp' | 'bytes' | 'json'

/** A column. Optional unless it says `required`: then a record without a value for it is refused. */
export type ParquetColumn =
  | ParquetType
  | { readonly type: ParquetType; readonly required?: boolean }
  | { readonly list: ParquetColumn; readonly required?: boolean }
  | { readonly struct: ParquetColumns; readonly required?: boolean }

/** Columns by name, in the order in which they stand in the file. */
export interface ParquetColumns {
  readonly [name: string]: ParquetColumn
}

/** A checked column. Values, so that two are the same where they say the same. */
export interface Column {
  readonly name: string
  readonly required: boolean
  readonly kind: ColumnKind
}

/** What a checked column holds. */
export type ColumnKind =
  | { readonly type: ParquetType }
  | { readonly list: Column }
  | { readonly struct: readonly Column[] }

/** A column's definition is none, or two of one name do not go together. `column` is its path. */
export class ColumnConflict extends Error {
  override readonly name: string = 'ColumnConflict'

  constructor(column: string, complaint: string) {
    super(`column ${column}: ${complaint}`)
  }
}

const types: ReadonlySet<string> = new Set<ParquetType>([
  'string',
  'int32',
  'int64',
  'double',
  'boolean',
  'timestamp',
  'bytes',
  'json',
])

/** Structs and lists inside one another, at most: beyond it a definition holds itself. */
const DEPTH_MAX = 20

/** The name of what a list holds, as the specification wants it. */
export const LIST_ELEMENT = 'element'

/** Checks columns as users say them. Throws a {@link ColumnConflict}. */
export function checkedColumns(columns: ParquetColumns, path: string = '', depth: number = 0): readonly Column[] {
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns))
    throw new ColumnConflict(path === '' ? '(all)' : path, 'columns are an object: a type for each name')
  return Object.entries(columns).map(([name, column]) => {
    if (name === '' || !name.isWellFormed())
      throw new ColumnConflict(path + JSON.stringify(name), 'it has no good name')
    return checkedColumn(name, column, path + name, depth)
  })
}

function checkedColumn(name: string, column: ParquetColumn, path: string, depth: number): Column {
  if (depth > DEPTH_MAX) throw new ColumnConflict(path, `more than ${DEPTH_MAX} structs and lists inside one another`)
  if (typeof column === 'string') return { name, required: false, kind: { type: checkedType(column, path) } }
  if (typeof column !== 'object' || column === null) throw notOneThing(path)
  const { required = false } = column
  if (typeof required !== 'boolean') throw new ColumnConflict(path, 'required is true or false')
  const given = (['type', 'list', 'struct'] as const).filter((word) => Object.hasOwn(column, word))
  const unknown = Object.keys(column).find((word) => !['type', 'list', 'struct', 'required'].includes(word))
  if (given.length !== 1 || unknown !== undefined) throw notOneThing(path)
  if ('type' in column) return { name, required, kind: { type: checkedType(column.type, path) } }
  if ('list' in column)
    return { name, required, kind: { list: checkedColumn(LIST_ELEMENT, column.list, `${path}[]`, depth + 1) } }
  const struct = checkedColumns(column.struct, `${path}.`, depth + 1)
  if (struct.length === 0) throw new ColumnConflict(path, 'a struct has at least one field')
  return { name, required, kind: { struct } }
}

function checkedType(type: string, path: string): ParquetType {
  if (types.has(type)) return type as ParquetType
  throw new ColumnConflict(path, `${JSON.stringify(type)} is no type; there are ${[...types].join(', ')}`)
}

function notOneThing(path: string): ColumnConflict {
  return new ColumnConflict(path, 'it is a type, { type }, { list } or { struct }, and perhaps required')
}

/** How people call what a column holds. */
export function kindName(kind: ColumnKind): string {
  if ('type' in kind) return kind.type
  return 'list' in kind ? 'list' : 'struct'
}
