// Reads sequence files as this format writes them: every key and value, and every byte accounted for.
import { gunzipSync, inflateSync } from 'node:zlib'
import { SYNC_MARKER_BYTES } from './layout.js'

/** A record of a sequence file, without the lengths of Text and BytesWritable. */
export interface SequenceRecord {
  readonly key: Buffer
  readonly value: Buffer
  /** Where it begins, or the block that it is in. */
  readonly byte: number
}

/** What the beginning of a file says. */
export interface ReadHeader {
  readonly valueClassName: string
  readonly metadata: Readonly<Record<string, string>>
}

/** The bytes are no sequence file that this format writes. */
export class DamagedSequenceFile extends Error {
  override readonly name: string = 'DamagedSequenceFile'
  /** About where. */
  readonly byte: number

  constructor(complaint: string, byte: number, cause?: unknown) {
    super(complaint, cause === undefined ? {} : { cause })
    this.byte = byte
  }
}

/** Longer than any text of a header. */
const HEADER_TEXT_BYTES_MAX = 64 * 1024
const METADATA_MAX = 1_000

/**
 * The records of a file of `length` bytes. `onHeader` is called before the first. Throws a {@link DamagedSequenceFile} where the bytes are none, or end within a record; and what
 * `chunks` rejects with.
 */
export async function* sequenceRecords(
  chunks: AsyncIterable<Uint8Array>,
  length: number,
  onHeader: (header: ReadHeader) => void = () => {},
): AsyncGenerator<SequenceRecord> {
  const bytes = new ByteReader(chunks, length)
  const header = await readHeader(bytes)
  onHeader(header)
  for (;;) {
    const byte = bytes.position
    if (byte === length) return
    const recordLength = (await bytes.take(4)).readInt32BE()
    if (recordLength === -1) {
      await expectMarker(bytes, header.syncMarker)
      if (header.isBlockCompressed) yield* readBlock(bytes, header)
    } else if (header.isBlockCompressed) throw new DamagedSequenceFile('a block does not begin with a marker', byte)
    else {
      const keyLength = (await bytes.take(4)).readInt32BE()
      if (keyLength < 0 || keyLength > recordLength)
        throw new DamagedSequenceFile('lengths contradict each other', byte)
      const key = textOf(await bytes.take(keyLength), byte)
      const stored = await bytes.take(recordLength - keyLength)
      yield { key, value: header.contentOf(header.decompress(stored, byte), byte), byte }
    }
  }
}

interface FileHeader extends ReadHeader {
  readonly isBlockCompressed: boolean
  readonly decompress: (stored: Buffer, byte: number) => Buffer
  readonly contentOf: (value: Buffer, byte: number) => Buffer
  readonly syncMarker: Buffer
}

async function readHeader(bytes: ByteReader): Promise<FileHeader> {
  if ((await bytes.take(4)).toString('latin1') !== 'SEQ\u0006')
    throw new DamagedSequenceFile('it does not begin as a sequence file of version 6', 0)
  const keyClassName = await readText(bytes)
  const valueClassName = await readText(bytes)
  const [isCompressed, isBlockCompressed] = await bytes.take(2)
  const codecClassName = isCompressed === 0 ? '' : await readText(bytes)
  const count = (await bytes.take(4)).readInt32BE()
  if (count < 0 || count > METADATA_MAX) throw new DamagedSequenceFile(`it has ${count} metadata`, bytes.position)
  const metadata: [string, string][] = []
  for (let index = 0; index < count; index++) metadata.push([await readText(bytes), await readText(bytes)])
  const contentOf = valueClassName.endsWith('.BytesWritable') ? bytesWritableOf : textOf
  if (!keyClassName.endsWith('.Text') || (contentOf === textOf && !valueClassName.endsWith('.Text')))
    throw new DamagedSequenceFile(`it holds ${keyClassName} and ${valueClassName}`, 0)
  return {
    valueClassName,
    metadata: Object.fromEntries(metadata),
    isBlockCompressed: isBlockCompressed !== 0,
    decompress: decompressorOf(codecClassName),
    contentOf,
    syncMarker: await bytes.take(SYNC_MARKER_BYTES),
  }
}

function decompressorOf(codecClassName: string): (stored: Buffer, byte: number) => Buffer {
  if (codecClassName === '') return (stored) => stored
  const decompress = codecClassName.endsWith('.GzipCodec') ? gunzipSync : inflateSync
  if (decompress === inflateSync && !codecClassName.endsWith('.DefaultCodec'))
    throw new DamagedSequenceFile(`it is compressed by ${codecClassName}`, 0)
  return (stored, byte) => {
    try {
      return decompress(stored)
    } catch (error) {
      throw new DamagedSequenceFile((error as Error).message, byte, error)
    }
  }
}

async function* readBlock(bytes: ByteReader, header: FileHeader): AsyncGenerator<SequenceRecord> {
  const byte = bytes.position
  const count = await bytes.takeVariable()
  const parts: Buffer[] = []
  for (let part = 0; part < 4; part++) parts.push(header.decompress(await bytes.take(await bytes.takeVariable()), byte))
  const [keyLengths, keys, valueLengths, values] = parts.map((part) => new Slices(part, byte))
  for (let index = 0; index < count; index++) {
    const key = textOf(keys!.slice(keyLengths!.variable()), byte)
    yield { key, value: header.contentOf(values!.slice(valueLengths!.variable()), byte), byte }
  }
}

async function expectMarker(bytes: ByteReader, syncMarker: Buffer): Promise<void> {
  const { position } = bytes
  if (!syncMarker.equals(await bytes.take(SYNC_MARKER_BYTES)))
    throw new DamagedSequenceFile("it is not the file's marker", position)
}

async function readText(bytes: ByteReader): Promise<string> {
  const { position } = bytes
  const length = await bytes.takeVariable()
  if (length > HEADER_TEXT_BYTES_MAX) throw new DamagedSequenceFile('a text of its header has no end', position)
  return (await bytes.take(length)).toString()
}

function textOf(value: Buffer, byte: number): Buffer {
  const slices = new Slices(value, byte)
  return slices.slice(slices.variable())
}

function bytesWritableOf(value: Buffer, byte: number): Buffer {
  if (value.length < 4 || value.readInt32BE() !== value.length - 4)
    throw new DamagedSequenceFile('lengths contradict each other', byte)
  return value.subarray(4)
}

/** How many bytes a variable-length integer has behind its first one. */
function bytesBehind(first: number, byte: number): number {
  if (first <= 0x7f) return 0
  const behind = 0x100 - 112 - first
  if (behind < 1 || behind > 4) throw new DamagedSequenceFile('a length is none', byte)
  return behind
}

/** Takes bytes apart. */
class Slices {
  readonly #bytes: Buffer
  readonly #byte: number
  #at = 0

  constructor(bytes: Buffer, byte: number) {
    this.#bytes = bytes
    this.#byte = byte
  }

  variable(): number {
    const first = this.slice(1)[0]!
    const behind = bytesBehind(first, this.#byte)
    return behind === 0 ? first : this.slice(behind).readUIntBE(0, behind)
  }

  slice(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new DamagedSequenceFile('lengths contradict each other', this.#byte)
    const slice = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return slice
  }
}

/** Takes bytes out of chunks of any length. */
class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  readonly #length: number
  #rest: Buffer = Buffer.alloc(0)
  position = 0

  constructor(chunks: AsyncIterable<Uint8Array>, length: number) {
    this.#chunks = chunks[Symbol.asyncIterator]()
    this.#length = length
  }

  async take(length: number): Promise<Buffer> {
    // Before anything is gathered: a damaged length may be of any size.
    if (length < 0 || this.position + length > this.#length)
      throw new DamagedSequenceFile('it ends within a record', this.position)
    if (this.#rest.length < length) await this.#gather(length)
    const taken = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    this.position += length
    return taken
  }

  async takeVariable(): Promise<number> {
    const { position } = this
    const first = (await this.take(1))[0]!
    const behind = bytesBehind(first, position)
    return behind === 0 ? first : (await this.take(behind)).readUIntBE(0, behind)
  }

  async #gather(length: number): Promise<void> {
    const pieces: Uint8Array[] = [this.#rest]
    let gathered = this.#rest.length
    while (gathered < length) {
      const next = await this.#chunks.next()
      if (next.done === true) throw new DamagedSequenceFile('it ends within a record', this.position)
      pieces.push(next.value)
      gathered += next.value.byteLength
    }
    this.#rest = Buffer.concat(pieces)
  }
}
