// Reads files of lines: text, JSON lines, and whatever has a line a record.
import { type LineIdReader, lineIdReader } from './line-ids.js'
import type { CommittedFile, RecordReader, RecordVisitor } from './record-reader.js'

/** How much of a line is looked at for its id. Topics are at most 249 characters, and a field's name is short. */
const ID_BYTES_MAX = 1_024

/** After so many lines without an id nobody looks for one any more. */
const LINES_BEFORE_FIRST_ID_MAX = 100

const LF = 0x0a

/** Lines of text and of JSON. */
export const linesReader: RecordReader = { unit: 'line', read: readLines }

/** Files of somebody else's format: looked through for lines with ids. */
export const unknownReader: RecordReader = {
  unit: 'line',
  read: (file, visitor) => {
    visitor.onlyGuesses()
    return readLines(file, visitor)
  },
}

async function readLines(file: CommittedFile, visitor: RecordVisitor): Promise<void> {
  const lines = new LineIds(visitor, file.idField)
  let carry: Buffer = Buffer.alloc(0)
  let byte = 0
  for await (const chunk of file.chunks()) {
    const bytes = carry.byteLength === 0 ? Buffer.from(chunk) : Buffer.concat([carry, chunk])
    let start = 0
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
      lines.line(bytes.subarray(start, end), byte + start)
      start = end + 1
    }
    carry = bytes.subarray(start)
    byte += start
  }
  if (carry.byteLength > 0) lines.line(carry, byte)
}

class LineIds {
  readonly #visitor: RecordVisitor
  readonly #idField: string | undefined
  #reader: LineIdReader | undefined
  #lines = 0

  constructor(visitor: RecordVisitor, idField: string | undefined) {
    this.#visitor = visitor
    this.#idField = idField
  }

  line(line: Buffer, byte: number): void {
    this.#lines++
    if (this.#reader === undefined && this.#lines > LINES_BEFORE_FIRST_ID_MAX) {
      this.#visitor.record(undefined, byte)
      return
    }
    const head = line.toString('utf8', 0, Math.min(line.byteLength, ID_BYTES_MAX))
    if (this.#reader === undefined) {
      this.#reader = lineIdReader(head, this.#idField)
      if (this.#reader !== undefined) this.#visitor.expectIds()
    }
    this.#visitor.record(this.#reader?.(head), byte)
  }
}
