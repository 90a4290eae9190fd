// The shape of a CSV file's rows: kept in the log with the file, so that a row of another shape never follows, and verify can read it.
import { stringify } from 'csv-stringify/sync'
import type { JsonValue } from '../../model/json-value.js'
import { MultiOutputError } from '../../model/multi-output-error.js'

/** All that decides how a row is written and read. */
export interface CsvShape {
  /** Names, the id's first. */
  readonly columns: readonly string[]
  readonly header: boolean
  readonly delimiter: string
  readonly quote: string
  readonly nullText: string
  /** The first column holds ids. */
  readonly hasIds: boolean
}

/** Reads a shape out of a data file's state; `undefined` for the state of another format. */
export function csvShapeIn(state: JsonValue | undefined): CsvShape | undefined {
  const shape = state as Partial<Record<keyof CsvShape, unknown>> | null | undefined
  if (typeof shape !== 'object' || shape === null || !Array.isArray(shape.columns)) return undefined
  const { header, delimiter, quote, nullText, hasIds } = shape
  if (typeof header !== 'boolean' || typeof hasIds !== 'boolean') return undefined
  if (typeof delimiter !== 'string' || typeof quote !== 'string' || typeof nullText !== 'string') return undefined
  return shape as CsvShape
}

/** Whether rows of this shape may follow in a file of that state. */
export function sameCsvShape(state: JsonValue | undefined, shape: CsvShape): boolean {
  const other = csvShapeIn(state)
  if (other === undefined || other.columns.length !== shape.columns.length) return false
  if (other.columns.some((name, index) => name !== shape.columns[index])) return false
  const { header, delimiter, quote, nullText, hasIds } = other
  return (
    header === shape.header &&
    delimiter === shape.delimiter &&
    quote === shape.quote &&
    nullText === shape.nullText &&
    hasIds === shape.hasIds
  )
}

type RowLooks = Pick<CsvShape, 'delimiter' | 'quote' | 'nullText'>

/** Makes the text of a row from its cells; `null` is null. Throws `BAD_RECORD` for a row that would be an empty line, which readers skip. */
export function rowWriter({ delimiter, quote, nullText }: RowLooks): (cells: readonly (string | null)[]) => string {
  // The library reads its options again for each row, so that those that are its own defaults are better left out: what it quotes is
  // values with the delimiter, the quote or a line end.
  const options = {
    ...(delimiter === ',' ? {} : { delimiter }),
    ...(quote === '"' ? {} : { quote, escape: quote }),
  }
  const withNulls = {
    ...options,
    // What is null's text but no null.
    quoted_match: new RegExp(`^${escaped(nullText)}$`),
    ...(nullText === '' ? {} : { cast: { null: () => ({ value: nullText, quoted_match: null }) } }),
  }
  const wanting = new RegExp(`[${escaped(delimiter)}${escaped(quote)}\\n\\r]`)
  return (cells) => {
    let row = ''
    for (const [index, cell] of cells.entries()) {
      if (cell === null || cell === nullText) return byLibrary(cells)
      if (index > 0) row += delimiter
      if (!wanting.test(cell)) row += cell
      // Quotes within are the library's; the rest takes a third of the time here, and must come out the same.
      else if (cell.includes(quote)) return byLibrary(cells)
      else row += `${quote}${cell}${quote}`
    }
    return `${row}\n`
  }

  function byLibrary(cells: readonly (string | null)[]): string {
    const hasNulls = cells.includes(null) || cells.includes(nullText)
    const row = stringify([cells as (string | null)[]], hasNulls ? withNulls : options)
    if (row !== '\n') return row
    throw new MultiOutputError('BAD_RECORD', 'its row would be an empty line, which readers skip; set nullText')
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

/** A row of texts. */
export function csvRow(cells: readonly string[], looks: RowLooks): string {
  return rowWriter(looks)(cells)
}
