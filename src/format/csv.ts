// Comma-separated values as in RFC 4180: a row a record, the names of the columns at the start of a file.
import { type FieldLookup, fieldsOf } from '../model/field-lookup.js'
import type { JsonValue } from '../model/json-value.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { RecordContext } from '../model/record-id.js'
import { cellText } from './csv/cell-text.js'
import { type CsvShape, csvRow, rowWriter, sameCsvShape } from './csv/shape.js'
import type { Format, FormatFile, FormatWriter, RecordSink } from './format.js'
import { type IdForm, idTextOf } from './id-form.js'

/** A column: the path of its field, which is its name too, or both. */
export type CsvColumn = string | { readonly field: string; readonly name: string }

/** Options of {@link csv}. */
export interface CsvOptions<R> {
  /** What is written of a record, in this order. Other fields are not. */
  readonly columns: readonly CsvColumn[]
  /** Whether each file begins with a row of the columns' names. Default `true`. */
  readonly header?: boolean
  /** One ASCII character; default `,`. `'\t'` makes it tab-separated. */
  readonly delimiter?: string
  /** One ASCII character; default `"`. Values that need it are written between two, and those that are in a value are doubled. */
  readonly quote?: string
  /** A column without the field: `error` (default) refuses the record, `null` writes it as null. */
  readonly missing?: 'error' | 'null'
  /** What stands for null, unquoted; default nothing. A text of the same letters is quoted, also the empty one: DuckDB and PostgreSQL tell them apart, many others do not. */
  readonly nullText?: string
  /** Adds a first column of this name with the record's id. A record without an id is refused then. */
  readonly idColumn?: string
  /** How ids are written; default `partition-offset`. */
  readonly idForm?: IdForm
  /** Where fields are looked up; default: in the record itself. `sourceFields` looks in the records of a source. */
  readonly lookup?: FieldLookup<R>
}

/** Characters that cannot divide or quote, because they end rows, or are no ASCII. */
const singleCharacter = /^[\t\x20-\x7e]$/

/**
 * A row a record: `.csv`, each ended by a line feed. Strings are written as they are, quoted where they hold the delimiter, the quote or a line
 * end, so values may hold line feeds; numbers, bigints and booleans as JavaScript writes them, dates as ISO 8601, objects and arrays as JSON. Refused with
 * `BAD_RECORD` are missing fields (see `missing`), numbers that are not finite, half surrogate pairs, bytes, and what has no text.
 *
 * The header is written at the start of a file only. The shape of the rows is kept with the file: when columns or other options change, the
 * next record goes to a new file. Throws `WRONG_OPTIONS`.
 */
export function csv<R = unknown>(options: CsvOptions<R>): Format<R> {
  const shape = shapeOf(options)
  const cells = cellsOf(options)
  const row = rowWriter(shape)
  const texts: (string | null)[] = cells.map(() => null)
  const encode = (record: R, context: RecordContext): string => {
    for (let index = 0; index < cells.length; index++) texts[index] = cells[index]!(record, context)
    return row(texts)
  }
  const goingOn: FormatWriter<R> = {
    encode: (record, context, sink) => sink.text(encode(record, context)),
    state: () => ({ ...shape }),
  }
  // It takes nothing, and keeps what it has.
  const ofAnotherShape = (state: JsonValue = null): FormatWriter<R> => ({
    ...goingOn,
    fits: () => false,
    state: () => state,
  })
  const open = ({ length, state }: FormatFile): FormatWriter<R> => {
    if (length > 0) return sameCsvShape(state, shape) ? goingOn : ofAnotherShape(state)
    return shape.header ? new HeadedWriter(shape, encode) : goingOn
  }
  return { name: 'csv', extension: 'csv', open }
}

/** Begins a file. */
class HeadedWriter<R> implements FormatWriter<R> {
  readonly #shape: CsvShape
  readonly #encode: (record: R, context: RecordContext) => string
  #isHeaded = false

  constructor(shape: CsvShape, encode: (record: R, context: RecordContext) => string) {
    this.#shape = shape
    this.#encode = encode
  }

  encode(record: R, context: RecordContext, sink: RecordSink): void {
    const row = this.#encode(record, context)
    sink.text(this.#isHeaded ? row : csvRow(this.#shape.columns, this.#shape) + row)
    this.#isHeaded = true
  }

  state(): { readonly [name in keyof CsvShape]: CsvShape[name] } {
    return { ...this.#shape }
  }
}

function shapeOf<R>(options: CsvOptions<R>): CsvShape {
  const { columns, header = true, delimiter = ',', quote = '"', nullText = '', idColumn } = options
  if (!Array.isArray(columns) || columns.length === 0) throw wrongOptions('columns: name at least one')
  if (typeof header !== 'boolean') throw wrongOptions('header must be true or false')
  for (const [name, character] of Object.entries({ delimiter, quote })) {
    if (typeof character !== 'string' || !singleCharacter.test(character))
      throw wrongOptions(`${name} must be one ASCII character`)
  }
  if (delimiter === quote) throw wrongOptions('delimiter and quote must be two characters')
  if (typeof nullText !== 'string' || !nullText.isWellFormed()) throw wrongOptions('nullText must be a text')
  if ([delimiter, quote, '\n', '\r'].some((character) => nullText.includes(character)))
    throw wrongOptions('nullText must do without the delimiter, the quote and line ends')
  const names = [...(idColumn === undefined ? [] : [idColumn]), ...(columns as CsvColumn[]).map(nameOf)]
  for (const name of names) {
    if (typeof name !== 'string' || name === '' || !name.isWellFormed())
      throw wrongOptions(`columns: ${JSON.stringify(name)} is no name`)
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw wrongOptions(`two columns are called ${JSON.stringify(twice)}`)
  return { columns: names, header, delimiter, quote, nullText, hasIds: idColumn !== undefined }
}

type Cell<R> = (record: R, context: RecordContext) => string | null

/** What makes the cells of a row; `null` is null. */
function cellsOf<R>(options: CsvOptions<R>): Cell<R>[] {
  const { columns, missing = 'error', idColumn, idForm, lookup = fieldsOf<R>() } = options
  if (missing !== 'error' && missing !== 'null') throw wrongOptions("missing must be 'error' or 'null'")
  if (idForm !== undefined && idColumn === undefined) throw wrongOptions('idForm is for idColumn, which is not given')
  const cells = columns.map((column): Cell<R> => {
    const field = typeof column === 'string' ? column : column.field
    const read = lookup(field)
    return (record, context) => {
      const value = read(record, context)
      if (value !== undefined) return cellText(value, field)
      if (missing === 'null') return null
      throw new MultiOutputError('BAD_RECORD', `it has no field ${field}; missing: 'null' would let it in`)
    }
  })
  if (idColumn === undefined) return cells
  const idText = idTextOf(idForm ?? 'partition-offset', { format: 'csv', option: 'idColumn' })
  const idCell: Cell<R> = (_record, context) => cellText(idText(context), 'idColumn')
  return [idCell, ...cells]
}

function nameOf(column: CsvColumn): string {
  return typeof column === 'string' ? column : column?.name
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `csv: ${complaint}`)
}
