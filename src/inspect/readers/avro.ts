// Reads Avro's object container files: the ids that `avro({ idField })` writes, block by block.
import { blockDecompressor } from '../../format/avro/codec.js'
import { type AvroHeader, readBlockHead, readHeader, SYNC_BYTES } from '../../format/avro/container.js'
import { avroStateIn } from '../../format/avro/file-state.js'
import { type AvroType, avroType } from '../../format/avro/library.js'
import { type FoundId, parseFoundId } from '../found-id.js'
import { type CommittedFile, DamagedFile, type RecordReader, type RecordVisitor } from './record-reader.js'

/** A block of more records than bytes can only be one of empty records, of which nobody writes so many. */
const EMPTY_RECORDS_MAX = 1_000_000

/** Records of Avro files, whoever wrote them. */
export const avroReader: RecordReader = {
  unit: 'record',
  read: async (file, visitor) => {
    const blocks = new Blocks(file, visitor)
    for await (const chunk of file.chunks()) blocks.take(chunk)
    blocks.end()
  },
}

/** Divides bytes into blocks, and these into records. */
class Blocks {
  readonly #file: CommittedFile
  readonly #visitor: RecordVisitor
  #pieces: Uint8Array[] = []
  #heldBytes = 0
  /** So many must be held before it is worth looking. */
  #neededBytes = 1
  /** Of the first byte that is held. */
  #byte = 0
  #opened:
    | {
        readonly header: AvroHeader
        readonly decompress: (bytes: Buffer) => Uint8Array
        readonly ids: IdDecoder | undefined
      }
    | undefined

  constructor(file: CommittedFile, visitor: RecordVisitor) {
    this.#file = file
    this.#visitor = visitor
  }

  take(chunk: Uint8Array): void {
    this.#pieces.push(chunk)
    this.#heldBytes += chunk.byteLength
    if (this.#heldBytes < this.#neededBytes) return
    const bytes = Buffer.concat(this.#pieces)
    let at = 0
    try {
      for (;;) {
        const next = this.#opened === undefined ? this.#header(bytes) : this.#block(bytes, at)
        if (next === undefined) break
        at = next
      }
    } catch (error) {
      if (error instanceof DamagedFile || !(error instanceof Error)) throw error
      // What the library or a decompressor says of bytes that are none of theirs.
      throw new DamagedFile(error.message, this.#byte + at, error)
    }
    this.#pieces = [bytes.subarray(at)]
    this.#heldBytes = bytes.length - at
    this.#neededBytes -= at
    this.#byte += at
  }

  /** Where the first block begins. */
  #header(bytes: Buffer): number | undefined {
    const read = readHeader(bytes)
    if (read === undefined) {
      // A header that is not whole yet is looked at again when twice as much is there.
      this.#neededBytes = bytes.length * 2
      return undefined
    }
    const { header, sizeBytes } = read
    const idField = this.#file.idField ?? avroStateIn(this.#file.formatState)?.idField
    const type = avroType(JSON.parse(header.schemaText) as unknown)
    const ids = idField === undefined ? undefined : new IdDecoder(type, idField)
    if (ids !== undefined) this.#visitor.expectIds()
    this.#opened = { header, decompress: blockDecompressor(header.codec), ids }
    return sizeBytes
  }

  /** Where the next block begins. */
  #block(bytes: Buffer, at: number): number | undefined {
    const { header, decompress, ids } = this.#opened!
    const head = readBlockHead(bytes, at)
    if (head === undefined) {
      this.#neededBytes = bytes.length + 1
      return undefined
    }
    const content = at + head.sizeBytes
    const end = content + head.byteLength + SYNC_BYTES
    if (this.#byte + end > this.#file.length) throw new RangeError('a block lacks its end, or its length is wrong')
    if (end > bytes.length) {
      this.#neededBytes = end
      return undefined
    }
    const byte = this.#byte + at
    if (!bytes.subarray(end - SYNC_BYTES, end).equals(header.sync))
      throw new RangeError("a block does not end with the file's sync marker")
    const records = Buffer.from(decompress(bytes.subarray(content, end - SYNC_BYTES)))
    if (head.count > Math.max(records.length, EMPTY_RECORDS_MAX))
      throw new RangeError('a block says it has more records than bytes')
    if (ids !== undefined) ids.decode(records, head.count, (id) => this.#visitor.record(id, byte))
    else for (let index = 0; index < head.count; index++) this.#visitor.record(undefined, byte)
    return end
  }

  end(): void {
    if (this.#opened !== undefined && this.#heldBytes === 0) return
    throw new DamagedFile('its last block, or its header, lacks its end', this.#byte)
  }
}

/** Decodes the id of each record and skips the rest of it. */
class IdDecoder {
  readonly #type: AvroType
  readonly #idField: string
  readonly #reader: AvroType | undefined
  readonly #resolver: ReturnType<AvroType['createResolver']> | undefined

  constructor(type: AvroType, idField: string) {
    this.#type = type
    this.#idField = idField
    const { name, fields = [] } = type as unknown as { name?: string; fields?: readonly { name: string }[] }
    if (!fields.some((field) => field.name === idField)) return
    this.#reader = avroType({ type: 'record', name, fields: [{ name: idField, type: ['null', 'string'] }] })
    this.#resolver = this.#reader.createResolver(type)
  }

  decode(records: Buffer, count: number, found: (id: FoundId | undefined) => void): void {
    let at = 0
    for (let index = 0; index < count; index++) {
      const { value, offset } = (this.#reader ?? this.#type).decode(records, at, this.#resolver) as {
        value: Record<string, unknown> | undefined
        offset: number
      }
      if (offset < 0) throw new RangeError('a block ends within a record')
      const id = value?.[this.#idField]
      found(typeof id === 'string' ? parseFoundId(id) : undefined)
      at = offset
    }
    if (at !== records.length) throw new RangeError(`a block has ${records.length - at} bytes behind its records`)
  }
}
