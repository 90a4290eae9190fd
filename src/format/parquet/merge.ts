// Makes of two sets of columns the one that both kinds of records fit, and finds columns for fields that have none.
import { type Column, ColumnConflict, type ColumnKind, kindName, LIST_ELEMENT, type ParquetType } from './columns.js'

/**
 * The columns of `wide`, and behind them those that only `other` has; these are optional, as is one of `wide` that `other` lacks. Answers
 * `wide` itself where it takes both already. Throws a {@link ColumnConflict} where a column cannot hold both.
 */
export function mergeColumns(wide: readonly Column[], other: readonly Column[], path: string = ''): readonly Column[] {
  const others = new Map(other.map((column) => [column.name, column]))
  let isSame = true
  const merged = wide.map((column) => {
    const match = others.get(column.name)
    others.delete(column.name)
    const both = match === undefined ? optional(column) : mergeColumn(column, match, path + column.name)
    if (both !== column) isSame = false
    return both
  })
  if (isSame && others.size === 0) return wide
  return [...merged, ...[...others.values()].map(optional)]
}

function optional(column: Column): Column {
  return column.required ? { ...column, required: false } : column
}

function mergeColumn(wide: Column, other: Column, path: string): Column {
  const kind = mergeKinds(wide.kind, other.kind, path)
  const required = wide.required && other.required
  return kind === wide.kind && required === wide.required ? wide : { name: wide.name, required, kind }
}

function mergeKinds(wide: ColumnKind, other: ColumnKind, path: string): ColumnKind {
  if ('type' in wide && 'type' in other) {
    const type = widerType(wide.type, other.type)
    if (type === wide.type) return wide
    if (type !== undefined) return { type }
  } else if ('list' in wide && 'list' in other) {
    const list = mergeColumn(wide.list, other.list, `${path}[]`)
    return list === wide.list ? wide : { list }
  } else if ('struct' in wide && 'struct' in other) {
    const struct = mergeColumns(wide.struct, other.struct, `${path}.`)
    return struct === wide.struct ? wide : { struct }
  }
  throw new ColumnConflict(
    path,
    `it is ${kindName(wide)} in records before and ${kindName(other)} in this one, and no file has both`,
  )
}

/** Of two types the one that holds the values of both without loss. */
function widerType(one: ParquetType, other: ParquetType): ParquetType | undefined {
  if (one === other) return one
  const [narrow, wide] = one === 'int32' ? [one, other] : [other, one]
  return narrow === 'int32' && (wide === 'int64' || wide === 'double') ? wide : undefined
}

/**
 * The columns, and behind them one for each field of `fields` that has none: strings, numbers (double), bigints (int64), booleans,
 * Dates, bytes, and json for objects and arrays. In structs and lists too. Answers `columns` itself where nothing is missing; null and undefined need no column.
 */
export function columnsFor(columns: readonly Column[], fields: object): readonly Column[] {
  const known = new Set(columns.map(({ name }) => name))
  const added: Column[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === undefined || known.has(name)) continue
    const type = typeFor(value)
    if (type !== undefined) added.push({ name, required: false, kind: { type } })
  }
  let isSame = added.length === 0
  const widened = columns.map((column) => {
    if ('type' in column.kind || !Object.hasOwn(fields, column.name)) return column
    const kind = kindFor(column.kind, (fields as Record<string, unknown>)[column.name])
    if (kind === column.kind) return column
    isSame = false
    return { ...column, kind }
  })
  return isSame ? columns : [...widened, ...added]
}

function kindFor(kind: ColumnKind, value: unknown): ColumnKind {
  if (typeof value !== 'object' || value === null) return kind
  if ('struct' in kind) {
    const struct = columnsFor(kind.struct, value)
    return struct === kind.struct ? kind : { struct }
  }
  if (!('list' in kind) || !Array.isArray(value)) return kind
  let element = kind.list.kind
  for (const each of value) element = kindFor(element, each)
  return element === kind.list.kind ? kind : { list: { ...kind.list, name: LIST_ELEMENT, kind: element } }
}

/** Undefined for what no column holds: functions and symbols, which are refused when they are written. */
function typeFor(value: unknown): ParquetType | undefined {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'double'
    case 'bigint':
      return 'int64'
    case 'boolean':
      return 'boolean'
    case 'object':
      if (value instanceof Date) return 'timestamp'
      return value instanceof Uint8Array ? 'bytes' : 'json'
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined
  }
}
