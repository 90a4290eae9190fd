// Which reader reads which data file: by the extension of its name, without that of its compression.
import { nameOf } from '../../file-system/path.js'
import { parseDataFileName } from '../../protocol/layout.js'
import { avroReader } from './avro.js'
import { bytesReader } from './bytes.js'
import { csvReader } from './csv.js'
import { linesReader, unknownReader } from './lines.js'
import { parquetReader } from './parquet-files.js'
import type { RecordReader } from './record-reader.js'
import { sequenceFileReader } from './sequence-files.js'

/** A format of ours that verify reads has its line here. */
const readers: Readonly<Record<string, RecordReader>> = {
  txt: linesReader,
  jsonl: linesReader,
  csv: csvReader,
  avro: avroReader,
  bin: bytesReader,
  parquet: parquetReader,
  seq: sequenceFileReader,
}

/** The reader of a data file of this final path. */
export function readerOf(path: string): RecordReader {
  const extension = parseDataFileName(nameOf(path))?.extension.replace(/\.(?:gz|zst)$/, '') ?? ''
  return Object.hasOwn(readers, extension) ? readers[extension]! : unknownReader
}
