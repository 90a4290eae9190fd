// Which reader reads which data file: by the extension of its name, without that of its compression.
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

/** The reader of data files of this extension. */
export function readerOf(extension: string): RecordReader {
  const ofFormat = extension.replace(/\.(?:gz|zst)$/, '')
  return Object.hasOwn(readers, ofFormat) ? readers[ofFormat]! : unknownReader
}
