// What a record says of a data file that has another name now and the same bytes.
import type { DataFile } from '../model/data-file.js'
import { noOffsets } from '../model/offsets.js'
import type { FileChange } from '../protocol/log-record.js'

/** A change that adds nothing and gives the file's present name. */
export function unchangedAt(file: DataFile, path: string): FileChange {
  const { serial, stream, directory, length } = file
  const change = {
    serial,
    stream,
    directory,
    path,
    baseLength: length,
    length,
    recordCount: 0,
    offsets: noOffsets,
    sealed: false,
  }
  return file.formatState === undefined ? change : { ...change, formatState: file.formatState }
}
