// The port of the readers: how verify finds the records of a data file, and their ids. One file a format; by-extension.ts knows them all.
import type { ByteRange } from '../../file-system/file-system.js'
import type { JsonValue } from '../../model/json-value.js'
import type { FoundId } from '../found-id.js'

/** The committed part of a data file. What stands behind it is not there for a reader. */
export interface CommittedFile {
  /** Bytes as they are stored. */
  readonly length: number
  /** What its format's writer said last (`FormatWriter.state`); `undefined` where it says nothing. Any other format may have written it: check its shape. */
  readonly formatState: JsonValue | undefined
  /** The field of the ids, where whoever verifies named it. */
  readonly idField: string | undefined
  /** The committed bytes from the first on, decompressed if the file's name ends in `.gz` or `.zst`. */
  chunks(): AsyncIterable<Uint8Array>
  /** A part of the committed bytes, as they are stored: for formats that are read from their end. */
  bytes(range: ByteRange): Promise<Uint8Array>
}

/** Is told of each record, in the file's order. */
export interface RecordVisitor {
  /** Said before the first record by readers that know that each should have an id; otherwise it is found out. */
  expectIds(): void
  /** Said before the first record where it is not known how the format divides records: then they count only if they have ids. */
  onlyGuesses(): void
  /** `id`: `undefined` where the record has none. `byte`: where it begins in `chunks`, or where the block begins that it is in. */
  record(id: FoundId | undefined, byte: number): void
}

/** Reads the files of one format, or of several that read alike. */
export interface RecordReader {
  /** What a record is called there. */
  readonly unit: 'line' | 'row' | 'record' | 'frame'
  /** Tells the visitor of all records. Rejects with {@link DamagedFile} where the bytes are no file of the format, and with what reading them rejects with. */
  read(file: CommittedFile, visitor: RecordVisitor): Promise<void>
}

/** The bytes are no file of the format; the records before were told of. */
export class DamagedFile extends Error {
  override readonly name: string = 'DamagedFile'
  /** About where, in the bytes that were read. */
  readonly byte: number

  constructor(complaint: string, byte: number, cause?: unknown) {
    super(complaint, cause === undefined ? {} : { cause })
    this.byte = byte
  }
}
