// Avro's object container file: a header with the schema, then blocks of records, each ended by the file's sync marker.
import { avsc } from './library.js'

/** The first four bytes of a file. */
const MAGIC: Buffer = Buffer.from('Obj\u0001', 'latin1')

/** Random bytes that end the header and each block, the same throughout a file. */
export const SYNC_BYTES = 16

/** What a header says. */
export interface AvroHeader {
  readonly schemaText: string
  readonly codec: string
  readonly sync: Buffer
}

/** The bytes of a header. */
export function headerBytes({ schemaText, codec, sync }: AvroHeader): Buffer {
  const entries = { 'avro.schema': Buffer.from(schemaText), 'avro.codec': Buffer.from(codec) }
  return Buffer.concat([MAGIC, metadataType().toBuffer(entries), sync])
}

/** Reads the header at the beginning; `undefined`: there is more of it to come. Throws a RangeError for what is none. */
export function readHeader(bytes: Buffer): { readonly header: AvroHeader; readonly sizeBytes: number } | undefined {
  const magic = bytes.subarray(0, MAGIC.length)
  if (!magic.equals(MAGIC.subarray(0, magic.length))) throw new RangeError('it does not begin as Avro files do')
  if (magic.length < MAGIC.length) return undefined
  const { value, offset } = metadataType().decode(bytes, MAGIC.length) as { value: object; offset: number }
  if (offset < 0 || bytes.length < offset + SYNC_BYTES) return undefined
  const metadata = value as Record<string, Buffer | undefined>
  const schema = metadata['avro.schema']
  if (schema === undefined) throw new RangeError('its header has no schema')
  const codec = metadata['avro.codec']?.toString() ?? 'null'
  const sync = Buffer.from(bytes.subarray(offset, offset + SYNC_BYTES))
  return { header: { schemaText: schema.toString(), codec, sync }, sizeBytes: offset + SYNC_BYTES }
}

/** The bytes before a block's records: how many records, and how many bytes. */
export function blockHead(count: number, byteLength: number): Buffer {
  return Buffer.concat([longBytes(count), longBytes(byteLength)])
}

/** Reads what {@link blockHead} wrote; `undefined`: there is more to come. Throws a RangeError for counts that cannot be. */
export function readBlockHead(
  bytes: Buffer,
  at: number,
): { readonly count: number; readonly byteLength: number; readonly sizeBytes: number } | undefined {
  const count = readLong(bytes, at)
  const byteLength = count && readLong(bytes, at + count.sizeBytes)
  if (count === undefined || byteLength === undefined) return undefined
  if (count.value < 0 || byteLength.value < 0) throw new RangeError('a block of a negative size')
  return { count: count.value, byteLength: byteLength.value, sizeBytes: count.sizeBytes + byteLength.sizeBytes }
}

function metadataType(): ReturnType<ReturnType<typeof avsc>['Type']['forSchema']> {
  return avsc().Type.forSchema({ type: 'map', values: 'bytes' })
}

/** Zigzag, seven bits a byte. */
function longBytes(value: number): Buffer {
  const bytes: number[] = []
  let rest = value * 2
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  bytes.push(rest)
  return Buffer.from(bytes)
}

function readLong(bytes: Buffer, at: number): { value: number; sizeBytes: number } | undefined {
  let zigzag = 0
  for (let sizeBytes = 1; at + sizeBytes <= bytes.length; sizeBytes++) {
    const byte = bytes[at + sizeBytes - 1]!
    zigzag += (byte & 0x7f) * 2 ** (7 * (sizeBytes - 1))
    if (byte < 0x80) return { value: zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2, sizeBytes }
    // Seven bytes hold more than any file.
    if (sizeBytes === 7) throw new RangeError('a block of a size that cannot be')
  }
  return undefined
}
