// Writes one Parquet file: rows gather in columns, a full row group leaves memory at once, the footer ends the file.
import type { KeyValue, SchemaElement } from 'hyparquet'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { RecordSink } from '../format.js'
import type { Codec } from './codecs.js'
import type { Column, ColumnKind } from './columns.js'
import { schemaElements } from './schema-elements.js'

/** What files are made with. */
export interface FileSettings {
  readonly codec: Codec
  readonly metadata: readonly KeyValue[]
  /** A row group ends with the row that reaches either. */
  readonly rowGroupBytes: number
  readonly rowGroupRecords: number
}

/** Readers take statistics on trust only from writers whose name and version they can tell. */
const CREATED_BY = 'hdfs-multi-output version 1 (build hyparquet-writer)'

/** Takes rows of one set of columns. */
export class ParquetFileWriter {
  readonly columns: readonly Column[]
  /** Of the rows that are not handed on, about. */
  heldBytes = 0
  readonly #settings: FileSettings
  readonly #values: unknown[][]
  /** Made with the first row group: there may be 10,000 files with a few rows each, and it takes more than those. */
  #begun: { readonly writer: ParquetWriter; readonly bytes: HandedOnBytes } | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(columns: readonly Column[], settings: FileSettings) {
    this.columns = columns
    this.#settings = settings
    this.#values = columns.map(() => [])
  }

  /** Takes a row whose values are checked, one a column; what comes after them in it is not looked at. `bytes` is what they take in memory. */
  add(row: readonly unknown[], bytes: number, sink: RecordSink): void {
    for (let index = 0; index < this.#values.length; index++) this.#values[index]!.push(row[index])
    this.heldBytes += bytes
    const { rowGroupBytes, rowGroupRecords } = this.#settings
    if (this.heldBytes < rowGroupBytes && this.#values[0]!.length < rowGroupRecords) return
    try {
      this.endRowGroup(sink)
    } catch (error) {
      // The row is in, so this is no complaint about it: whoever ends the attempt is told.
      this.#failure = { error }
    }
  }

  /** Hands on what is held. */
  endRowGroup(sink: RecordSink): void {
    if (this.#failure !== undefined) throw this.#failure.error
    const rows = this.#values[0]!.length
    if (rows === 0) return
    const { writer, bytes } = this.#begin()
    // Without a `flush` of the writer's own the library writes at once and answers nothing.
    void writer.write({
      columnData: this.columns.map((column, index) => ({
        name: column.name,
        data: this.#values[index]!,
        // Of JSON the library would keep whole documents as the least and the greatest.
        statistics: !holdsJson(column.kind),
      })),
      rowGroupSize: rows,
    })
    for (const values of this.#values) values.length = 0
    this.heldBytes = 0
    bytes.handOn(sink)
  }

  #begin(): { readonly writer: ParquetWriter; readonly bytes: HandedOnBytes } {
    if (this.#begun !== undefined) return this.#begun
    const { codec, metadata } = this.#settings
    const bytes = new HandedOnBytes()
    const writer = new ParquetWriter({
      writer: bytes,
      schema: schemaElements(this.columns),
      codec: codec.name,
      compressors: codec.compressors,
      kvMetadata: [...metadata],
      createdBy: CREATED_BY,
    })
    this.#begun = { writer, bytes }
    return this.#begun
  }

  /** Hands on the footer. */
  finish(sink: RecordSink): void {
    this.endRowGroup(sink)
    const { writer, bytes } = this.#begin()
    writer.schema = footerSchema(writer.schema)
    void writer.finish()
    bytes.handOn(sink)
  }
}

/**
 * With the older name of JSON too, which is the one that some readers know. While values are written it must not be there: the
 * library would make JSON of our text once more.
 */
function footerSchema(schema: readonly SchemaElement[]): SchemaElement[] {
  return schema.map((element) =>
    element.logical_type?.type === 'JSON' ? { ...element, converted_type: 'JSON' } : element,
  )
}

function holdsJson(kind: ColumnKind): boolean {
  if ('type' in kind) return kind.type === 'json'
  return 'list' in kind ? holdsJson(kind.list.kind) : kind.struct.some((field) => holdsJson(field.kind))
}

const FIRST_BUFFER_BYTES = 1024

/** The library's buffer, emptied now and then; `offset` goes on counting, for the footer names places in the file. */
class HandedOnBytes extends ByteWriter {
  handOn(sink: RecordSink): void {
    sink.bytes(this.getBytes())
    this.buffer = new ArrayBuffer(FIRST_BUFFER_BYTES)
    this.view = new DataView(this.buffer)
    this.index = 0
  }
}
