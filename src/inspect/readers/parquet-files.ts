// Reads Parquet files from their footers: the ids of the column that the footer names, and every other column to see that it can be read.
import type { AsyncBuffer, FileMetaData } from 'hyparquet'
import { decompressors } from '../../format/parquet/codecs.js'
import { ID_COLUMN_METADATA } from '../../format/parquet/id-column.js'
import { parseFoundId } from '../found-id.js'
import { type CommittedFile, DamagedFile, type RecordReader, type RecordVisitor } from './record-reader.js'

/** Parquet files, as `parquet` writes them. */
export const parquetReader: RecordReader = { unit: 'row', read: readRows }

async function readRows(file: CommittedFile, visitor: RecordVisitor): Promise<void> {
  // Loaded when there is such a file.
  const { parquetMetadataAsync } = await import('hyparquet')
  const stored = new StoredBytes(file)
  let metadata: FileMetaData
  try {
    metadata = await parquetMetadataAsync(stored)
  } catch (error) {
    throw stored.readFailure ?? damaged('its footer is none', file.length, error)
  }
  const idColumn = file.idField ?? metadata.key_value_metadata?.find(({ key }) => key === ID_COLUMN_METADATA)?.value
  let row = 0
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows)
    // Where a group begins, no column of ours begins before the first.
    const byte = Number(group.columns[0]?.file_offset ?? 0)
    let ids: readonly unknown[] | undefined
    for (const name of columnNames(metadata)) {
      const values = await readColumn(stored, { metadata, name, rowStart: row, rowEnd: row + rows, byte })
      if (values.length !== rows) throw damaged(`column ${name} has ${values.length} of ${rows} rows`, byte)
      if (name === idColumn) ids = values
    }
    for (let index = 0; index < rows; index++) {
      const id = ids?.[index]
      visitor.record(typeof id === 'string' ? parseFoundId(id) : undefined, byte)
    }
    row += rows
  }
}

/** Those at the top, in the order in which they stand. */
function columnNames({ schema, row_groups }: FileMetaData): string[] {
  const [root] = schema
  if (root?.num_children === 0) return []
  return [...new Set(row_groups[0]?.columns.map(({ meta_data }) => meta_data?.path_in_schema[0] ?? ''))]
}

/** One column of a row group: a column at a time, so that not a whole group is in memory. */
async function readColumn(
  stored: StoredBytes,
  part: { metadata: FileMetaData; name: string; rowStart: number; rowEnd: number; byte: number },
): Promise<unknown[]> {
  const { byte, name, ...range } = part
  const { parquetRead } = await import('hyparquet')
  try {
    let values: unknown[] = []
    await parquetRead({
      file: stored,
      columns: [name],
      compressors: decompressors,
      utf8: false,
      ...range,
      onComplete: (rows) => {
        values = rows
      },
    })
    return values.map((row) => (row as unknown[])[0])
  } catch (error) {
    throw stored.readFailure ?? damaged(`column ${name}: ${(error as Error).message}`, byte, error)
  }
}

function damaged(complaint: string, byte: number, cause?: unknown): DamagedFile {
  return new DamagedFile(complaint, byte, cause)
}

/** The committed bytes, as the library reads them. */
class StoredBytes implements AsyncBuffer {
  readonly byteLength: number
  readonly #file: CommittedFile
  /** What reading the file itself failed with: no fault of its bytes. */
  readFailure: unknown

  constructor(file: CommittedFile) {
    this.byteLength = file.length
    this.#file = file
  }

  async slice(start: number, end: number = this.byteLength): Promise<ArrayBuffer> {
    try {
      const bytes = await this.#file.bytes({ start, end })
      return Uint8Array.from(bytes).buffer
    } catch (error) {
      this.readFailure = error
      throw error
    }
  }
}
