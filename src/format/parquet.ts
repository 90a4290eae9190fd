// Parquet: columns, row groups and a footer, for DuckDB, Spark and whoever reads columns. A file a commit: nothing is appended behind a footer.
import { MultiOutputError } from '../model/multi-output-error.js'
import type { RecordContext } from '../model/record-id.js'
import type { Format, FormatWriter, RecordSink } from './format.js'
import { type IdForm, idTextOf } from './id-form.js'
import { type Codec, codecOf, type ParquetCodec } from './parquet/codecs.js'
import { type Column, ColumnConflict, checkedColumns, type ParquetColumns } from './parquet/columns.js'
import { type FileSettings, ParquetFileWriter } from './parquet/file-writer.js'
import { ID_COLUMN_METADATA } from './parquet/id-column.js'
import { columnsFor, mergeColumns } from './parquet/merge.js'
import { isFields, type RowShape, rowShape, UnfitValue } from './parquet/values.js'

/** Options of {@link parquet}. */
export interface ParquetOptions<R> {
  /**
   * The columns; or a function that says those of a record, where records of several versions come (it answers one object a version, for the
   * next to be known again). A column more goes on in a new file with the columns of all records so far, and in that one records without it stay.
   */
  readonly columns: ParquetColumns | ((record: R, context: RecordContext) => ParquetColumns)
  /** A field that has no column. `reject` (default): the record is refused. `ignore`: it is not written. `add`: it gets a column, in a new file. */
  readonly newFields?: 'reject' | 'ignore' | 'add'
  /** What to write of a record: an object. Left out: the record. */
  readonly value?: (record: R, context: RecordContext) => unknown
  /** A first column of this name that holds the record's id. Then records must have an id. */
  readonly idColumn?: string
  /** `partition-offset` (default): unique within a topic. `topic-partition-offset`: unique across topics. */
  readonly idForm?: IdForm
  /** Inside the file, for it is not compressed as a whole. Default `snappy`. */
  readonly codec?: ParquetCodec
  /** A row group ends when its rows take so much memory; default 16 MiB. In the file it is much less, and it ends earlier with a commit or when memory runs short. */
  readonly rowGroupBytes?: number
  /** And when it has so many rows; default 122,880, which is DuckDB's. */
  readonly rowGroupRecords?: number
}

const ROW_GROUP_BYTES_DEFAULT = 16 * 2 ** 20
const ROW_GROUP_RECORDS_DEFAULT = 122_880

/** What a string takes besides its characters, with what points to it: about, for V8. */
const STRING_BYTES = 32

/**
 * Parquet files: `.parquet`, in mode `new-file`. A record that does not fit is refused, and the column named: of another type, required and
 * not there, half a surrogate pair in a string, or of a schema that cannot be merged with those before. What is held is one row group a file.
 */
export function parquet<R = object>(options: ParquetOptions<R>): Format<R> {
  const checked = checkOptions(options)
  const schemas = new Schemas<R>(options)
  const idOf =
    options.idColumn === undefined
      ? undefined
      : idTextOf(options.idForm ?? 'partition-offset', { format: 'parquet', option: 'idColumn' })
  return {
    name: 'parquet',
    extension: 'parquet',
    appendable: false,
    compressible: false,
    open: () => new FileOfRecords(options, checked, schemas, idOf),
  }
}

type Fields = object

/** The columns of all records so far, and what each record needs. */
class Schemas<R> {
  /** Of all files of this format: one that is begun has them all, so that records with and without a new column do not take turns with files. */
  widest: readonly Column[]
  readonly isFixed: boolean
  readonly #newFields: 'reject' | 'ignore' | 'add'
  readonly #columnsOf: ((record: R, context: RecordContext) => ParquetColumns) | undefined
  readonly #checked = new WeakMap<ParquetColumns, readonly Column[]>()
  readonly #shapes = new WeakMap<readonly Column[], RowShape>()
  readonly #idColumn: string | undefined

  constructor({ columns, newFields = 'reject', idColumn }: ParquetOptions<R>) {
    this.#columnsOf = typeof columns === 'function' ? columns : undefined
    this.#newFields = newFields
    this.#idColumn = idColumn
    this.isFixed = typeof columns !== 'function' && newFields !== 'add'
    this.widest = typeof columns === 'function' ? [] : this.#check(columns, wrongOptions)
  }

  /** `columns`, widened for a record; the same where it fits. Throws `BAD_RECORD` where nothing holds both. */
  widened(columns: readonly Column[], record: R, context: RecordContext, fields: Fields): readonly Column[] {
    if (this.isFixed) return columns
    const own = this.#columnsOf?.(record, context)
    try {
      const merged = own === undefined ? columns : this.#merged(columns, this.#check(own, badRecord))
      return this.#newFields === 'add' ? columnsFor(merged, fields) : merged
    } catch (error) {
      throw error instanceof ColumnConflict ? badRecord(error.message, error) : error
    }
  }

  /** Where nothing was written yet, a required column stays required. */
  #merged(columns: readonly Column[], own: readonly Column[]): readonly Column[] {
    return columns.length === 0 ? own : mergeColumns(columns, own)
  }

  shapeOf(columns: readonly Column[]): RowShape {
    let shape = this.#shapes.get(columns)
    if (shape === undefined) {
      shape = rowShape(columns, this.#newFields === 'ignore' ? 'ignore' : 'reject')
      this.#shapes.set(columns, shape)
    }
    return shape
  }

  #check(columns: ParquetColumns, complain: (complaint: string, cause?: unknown) => Error): readonly Column[] {
    const known = this.#checked.get(columns)
    if (known !== undefined) return known
    let checked: readonly Column[]
    try {
      checked = checkedColumns(columns)
    } catch (error) {
      throw error instanceof ColumnConflict ? complain(error.message, error) : error
    }
    if (checked.some(({ name }) => name === this.#idColumn))
      throw complain(
        `column ${this.#idColumn}: it is the idColumn, and one of the columns too; choose another idColumn`,
      )
    this.#checked.set(columns, checked)
    return checked
  }
}

class FileOfRecords<R> implements FormatWriter<R> {
  readonly fits?: (record: R, context: RecordContext) => boolean
  readonly #valueFrom: (record: R, context: RecordContext) => unknown
  readonly #idColumn: string | undefined
  readonly #settings: FileSettings
  readonly #schemas: Schemas<R>
  readonly #idOf: ((context: RecordContext) => string) | undefined
  /** Made with the first record. */
  #file: ParquetFileWriter | undefined
  #columns: readonly Column[] = []
  #shape: RowShape | undefined
  /** The record that is being taken: its id, if there is one, and what each column stores. One for all, for they go into the columns at once. */
  readonly #row: unknown[] = []

  constructor(
    { value = (record) => record, idColumn }: ParquetOptions<R>,
    settings: FileSettings,
    schemas: Schemas<R>,
    idOf: ((context: RecordContext) => string) | undefined,
  ) {
    this.#valueFrom = value
    this.#idColumn = idColumn
    this.#settings = settings
    this.#schemas = schemas
    this.#idOf = idOf
    if (!schemas.isFixed) this.fits = (record, context) => this.#fits(record, context)
  }

  get heldBytes(): number {
    return this.#file?.heldBytes ?? 0
  }

  encode(record: R, context: RecordContext, sink: RecordSink): void {
    const fields = this.#fieldsOf(record, context)
    const schemas = this.#schemas
    if (this.#file === undefined) {
      const columns = schemas.widened(schemas.widest, record, context, fields)
      const bytes = this.#fillRow(columns, fields, context)
      this.#begin(columns).add(this.#row, bytes, sink)
      return
    }
    const columns = schemas.widened(this.#columns, record, context, fields)
    const bytes = this.#fillRow(columns, fields, context)
    if (columns !== this.#columns) throw badRecord('it has columns that its file lacks, and needs a new file')
    this.#file.add(this.#row, bytes, sink)
  }

  /** A record that is bad by itself fits: `encode` says why it is refused, and no file ends for it. */
  #fits(record: R, context: RecordContext): boolean {
    if (this.#file === undefined) return true
    try {
      const fields = this.#fieldsOf(record, context)
      if (this.#schemas.widened(this.#columns, record, context, fields) === this.#columns) return true
      this.#fillRow(this.#schemas.widened(this.#schemas.widest, record, context, fields), fields, context)
      return false
    } catch (error) {
      if (error instanceof MultiOutputError) return true
      throw error
    }
  }

  #begin(columns: readonly Column[]): ParquetFileWriter {
    // Only now: of a record that was refused nothing stays, and its columns neither.
    this.#schemas.widest = columns
    this.#columns = columns
    this.#shape = this.#schemas.shapeOf(columns)
    const id: readonly Column[] =
      this.#idColumn === undefined ? [] : [{ name: this.#idColumn, required: true, kind: { type: 'string' } }]
    this.#file = new ParquetFileWriter([...id, ...columns], this.#settings)
    return this.#file
  }

  #fieldsOf(record: R, context: RecordContext): Fields {
    const value = this.#valueFrom(record, context)
    if (!isFields(value)) throw badRecord('it is no object, so it has nothing for the columns')
    return value
  }

  /** Answers what the row takes in memory, about. */
  #fillRow(columns: readonly Column[], fields: Fields, context: RecordContext): number {
    const id = this.#idOf?.(context)
    if (id === undefined && columns.length === 0) throw badRecord('it has no field, and there is no column')
    if (id !== undefined && Object.hasOwn(fields, this.#idColumn!))
      throw badRecord(`column ${this.#idColumn}: it has a field of that name of its own; choose another idColumn`)
    const tally = { bytes: 0 }
    if (id !== undefined) {
      if (!id.isWellFormed()) throw badRecord('its topic contains half a surrogate pair, which has no UTF-8')
      this.#row[0] = id
      tally.bytes += STRING_BYTES + id.length
    }
    const shape = columns === this.#columns ? this.#shape : undefined
    try {
      ;(shape ?? this.#schemas.shapeOf(columns)).convert(fields, tally, this.#row, id === undefined ? 0 : 1)
      return tally.bytes
    } catch (error) {
      throw error instanceof UnfitValue ? badRecord(error.message, error) : error
    }
  }

  flush(sink: RecordSink): void {
    this.#file?.endRowGroup(sink)
  }

  finish(sink: RecordSink): void {
    this.#file?.finish(sink)
  }
}

function checkOptions<R>(options: ParquetOptions<R>): FileSettings {
  const { columns, newFields = 'reject', value, idColumn, idForm, codec = 'snappy' } = options
  if (value !== undefined && typeof value !== 'function') throw wrongOptions('value must be a function')
  if (!['reject', 'ignore', 'add'].includes(newFields)) throw wrongOptions('newFields must be reject, ignore or add')
  if (idColumn !== undefined && (typeof idColumn !== 'string' || idColumn === '' || !idColumn.isWellFormed()))
    throw wrongOptions('idColumn must be a name')
  if (idForm !== undefined && idColumn === undefined) throw wrongOptions('idForm is for idColumn, which is not given')
  if (columns === undefined || columns === null)
    throw wrongOptions('columns must be given; {} where newFields adds all')
  if (Object.keys(columns).length === 0 && typeof columns !== 'function' && newFields !== 'add')
    throw wrongOptions('columns names none, and newFields adds none')
  const metadata = idColumn === undefined ? [] : [{ key: ID_COLUMN_METADATA, value: idColumn }]
  return {
    codec: checkedCodec(codec),
    metadata,
    rowGroupBytes: checkedCount('rowGroupBytes', options.rowGroupBytes ?? ROW_GROUP_BYTES_DEFAULT),
    rowGroupRecords: checkedCount('rowGroupRecords', options.rowGroupRecords ?? ROW_GROUP_RECORDS_DEFAULT),
  }
}

function checkedCodec(name: ParquetCodec): Codec {
  let codec: Codec | undefined
  try {
    codec = codecOf(name)
  } catch (error) {
    throw wrongOptions(`codec: ${(error as Error).message}`, error)
  }
  if (codec === undefined) throw wrongOptions('codec must be uncompressed, snappy, gzip or zstd')
  return codec
}

function checkedCount(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw wrongOptions(`${name} must be a whole number from 1 on`)
}

function badRecord(complaint: string, cause?: unknown): MultiOutputError {
  return new MultiOutputError('BAD_RECORD', complaint, cause === undefined ? {} : { cause })
}

function wrongOptions(complaint: string, cause?: unknown): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `parquet: ${complaint}`, cause === undefined ? {} : { cause })
}
