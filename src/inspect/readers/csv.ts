// Reads CSV files: the first cell of each row, which is where `csv({ idColumn })` puts the id.
import { type CsvShape, csvRow, csvShapeIn } from '../../format/csv/shape.js'
import { parseFoundId } from '../found-id.js'
import { type Divider, divide } from './divider.js'
import { unknownReader } from './lines.js'
import { DamagedFile, type RecordReader, type RecordVisitor } from './record-reader.js'

/** How much of a row is looked at for its id. */
const ID_BYTES_MAX = 1_024

const LF = 0x0a

/** Rows of `csv`. */
export const csvReader: RecordReader = {
  unit: 'row',
  read: (file, visitor) => {
    const shape = csvShapeIn(file.formatState)
    // Somebody else's format of that extension: nothing is known of it.
    if (shape === undefined) return unknownReader.read(file, visitor)
    return divide(file, visitor, { hasIds: shape.hasIds, divider: new Rows(shape, visitor) })
  },
}

/** Divides bytes into rows. A row may be as long as it likes: only its beginning is kept. */
class Rows implements Divider {
  readonly #shape: CsvShape
  readonly #visitor: RecordVisitor
  readonly #quote: number
  readonly #keptBytesMax: number
  #header: string | undefined
  #foreignHeader = false
  #isQuoted = false
  #kept: Buffer[] = []
  #keptBytes = 0
  #readBytes = 0
  #rowBegin = 0

  constructor(shape: CsvShape, visitor: RecordVisitor) {
    this.#shape = shape
    this.#visitor = visitor
    this.#quote = shape.quote.charCodeAt(0)
    if (shape.header) this.#header = csvRow(shape.columns, shape)
    this.#keptBytesMax = Math.max(ID_BYTES_MAX, Buffer.byteLength(this.#header ?? ''))
  }

  take(bytes: Buffer): void {
    let start = 0
    while (start < bytes.length) {
      const end = this.#endOfRow(bytes, start)
      this.#keep(bytes.subarray(start, end === -1 ? bytes.length : end))
      if (end === -1) break
      this.#row(this.#readBytes + end + 1)
      start = end + 1
    }
    this.#readBytes += bytes.length
  }

  /** The next line feed that is not between quotes. A doubled quote ends and begins. */
  #endOfRow(bytes: Buffer, from: number): number {
    let at = from
    for (;;) {
      if (this.#isQuoted) {
        const quote = bytes.indexOf(this.#quote, at)
        if (quote === -1) return -1
        at = quote + 1
      } else {
        const end = bytes.indexOf(LF, at)
        const quote = bytes.subarray(at, end === -1 ? bytes.length : end).indexOf(this.#quote)
        if (quote === -1) return end
        at += quote + 1
      }
      this.#isQuoted = !this.#isQuoted
    }
  }

  #keep(bytes: Buffer): void {
    if (this.#keptBytes >= this.#keptBytesMax) return
    const piece = bytes.subarray(0, this.#keptBytesMax - this.#keptBytes)
    this.#kept.push(Buffer.from(piece))
    this.#keptBytes += piece.length
  }

  #row(next: number): void {
    const text = Buffer.concat(this.#kept).toString()
    this.#kept = []
    this.#keptBytes = 0
    const byte = this.#rowBegin
    this.#rowBegin = next
    if (this.#header !== undefined) {
      this.#foreignHeader = `${text}\n` !== this.#header
      this.#header = undefined
    } else this.#visitor.record(this.#shape.hasIds ? parseFoundId(this.#firstCell(text)) : undefined, byte)
  }

  #firstCell(row: string): string {
    const { delimiter, quote } = this.#shape
    if (!row.startsWith(quote)) {
      const end = row.indexOf(delimiter)
      return end === -1 ? row : row.slice(0, end)
    }
    let cell = ''
    for (let at = 1; ; ) {
      const end = row.indexOf(quote, at)
      if (end === -1) return ''
      cell += row.slice(at, end)
      if (row[end + 1] !== quote) return cell
      cell += quote
      at = end + 2
    }
  }

  end(): void {
    if (this.#rowBegin < this.#readBytes) {
      if (this.#isQuoted)
        throw new DamagedFile('its last row never ends: a quote is missing or too many', this.#rowBegin)
      this.#row(this.#readBytes)
    }
    if (this.#foreignHeader) throw new DamagedFile('its first row is not the header that it was written with', 0)
  }
}
