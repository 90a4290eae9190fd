// The formats of the data sets that are written through kills, with what they need of a job.
import { avro, type Format, type MultiOutputOptions, parquet, sequenceFile, text } from '../../../src/index.js'
import type { NumberedRecord } from '../../writer/numbered-source.js'

/** What each data set is written with. */
export type DataSetName = 'avro' | 'gzip' | 'parquet' | 'sequenceFile'

/** A data set's part of the options of `MultiOutput.open`. */
type DataSetOptions = Pick<MultiOutputOptions<NumberedRecord>, 'mode' | 'compression'> & {
  readonly format: Format<NumberedRecord>
}

const fields = ['key', 'value'].map((name) => ({ name, type: 'string' }))

/** Every record carries its id, so that a reader can tell one from another. */
export const dataSets: Readonly<Record<DataSetName, () => DataSetOptions>> = {
  avro: () => ({
    format: avro<NumberedRecord>({
      schema: { type: 'record', name: 'Numbered', fields },
      codec: 'snappy',
      idField: '_id',
    }),
  }),
  gzip: () => ({ format: text<NumberedRecord>({ prefixId: true }), compression: 'gzip' }),
  parquet: () => ({
    format: parquet<NumberedRecord>({ columns: { key: 'string', value: 'string' }, idColumn: '_id' }),
    mode: 'new-file',
  }),
  sequenceFile: () => ({ format: sequenceFile<NumberedRecord>({ compression: 'block' }) }),
}
