// Reads Avro files with the library's own decoder, which shares nothing with what wrote them but the library's types.
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import avsc, { type Type } from 'avsc'

const snappy = createRequire(import.meta.url)('snappyjs') as { readonly uncompress: (bytes: Buffer) => Uint8Array }

/** The records of a file; longs are bigints where they are no safe integers. Rejects where the bytes are no file, or end within a block. */
export async function readAvro(bytes: Uint8Array): Promise<unknown[]> {
  return (await readAvroFile(bytes)).records
}

/** The same, with the schema that the file has. */
export async function readAvroFile(bytes: Uint8Array): Promise<{ schema: unknown; codec: string; records: unknown[] }> {
  const long = avsc.types.LongType.__with({
    fromBuffer: (eight: Buffer) => plain(eight.readBigInt64LE()),
    toBuffer: () => Buffer.alloc(8),
    fromJSON: (value: number) => value,
    toJSON: String,
    isValid: (value: unknown) => typeof value === 'bigint' || typeof value === 'number',
    compare: () => 0,
  })
  const found = { schema: undefined as unknown, codec: '', records: [] as unknown[] }
  const decoder = new avsc.streams.BlockDecoder({
    parseHook: (schema) => {
      found.schema = schema
      return avsc.Type.forSchema(schema, {
        typeHook: (part) =>
          part === 'long' || (part as { type?: string }).type === 'long' ? long : (undefined as unknown as Type),
      })
    },
    codecs: { ...avsc.streams.BlockDecoder.defaultCodecs(), snappy: unsnappy },
  })
  decoder.on('metadata', (_type: unknown, codec: string) => {
    found.codec = codec
  })
  for await (const record of Readable.from([Buffer.from(bytes)], { objectMode: false }).pipe(decoder)) {
    found.records.push({ ...(record as object) })
  }
  if (found.schema === undefined) throw new Error('it has no header')
  return found
}

function plain(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

function unsnappy(bytes: Buffer, done: (error: Error | null, content?: Buffer) => void): void {
  done(null, Buffer.from(snappy.uncompress(bytes.subarray(0, -4))))
}
