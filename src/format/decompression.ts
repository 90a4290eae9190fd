// Undoes what compressed data files and input files: gzip members or zstd frames, one after the other.
import { pipeline, Readable } from 'node:stream'
import zlib from 'node:zlib'
import { hasZstd, zstdDecompressed } from './zstd-frames.js'

/** Compressed bytes are cut short or damaged, or this version of Node cannot read them. */
export class DecompressionFailed extends Error {
  override readonly name: string = 'DecompressionFailed'
  readonly code: 'DAMAGED' | 'UNSUPPORTED'

  constructor(code: 'DAMAGED' | 'UNSUPPORTED', message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.code = code
  }
}

/** Larger than zlib's 16 KiB, so that fewer lines lie across two buffers. */
const CHUNK_BYTES = 262_144

/** The bytes of a data file, decompressed if its name ends in `.gz` or `.zst`. Rejects with {@link DecompressionFailed}, or with what `chunks` rejects with. */
export function decompressed(path: string, chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (path.endsWith('.gz')) return decompressedBy('gzip', chunks)
  if (path.endsWith('.zst')) return decompressedBy('zstd', chunks)
  return chunks
}

/** The bytes, decompressed. Rejects with {@link DecompressionFailed}, or with what `chunks` rejects with. */
export async function* decompressedBy(
  compression: 'gzip' | 'zstd',
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let inputFailure: { readonly error: unknown } | undefined
  async function* failuresKept(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks
    } catch (error) {
      inputFailure = { error }
      throw error
    }
  }
  try {
    for await (const bytes of compression === 'gzip' ? gunzipped(failuresKept()) : unzstd(failuresKept()))
      yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  } catch (error) {
    if (inputFailure !== undefined) throw inputFailure.error
    if (error instanceof DecompressionFailed) throw error
    throw new DecompressionFailed('DAMAGED', (error as Error).message, { cause: error })
  }
}

async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = zlib.createGunzip({ chunkSize: CHUNK_BYTES })
  // It is destroyed with what the input fails with, and ends the loop.
  pipeline(Readable.from(chunks, { objectMode: true }), gunzip, () => {})
  for await (const chunk of gunzip) yield chunk as Buffer
}

function unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (hasZstd()) return zstdDecompressed(chunks)
  const needs = `Node ${process.versions.node} cannot read zstd: use Node 22.15 or later, or decompress it first (zstd -d)`
  throw new DecompressionFailed('UNSUPPORTED', needs)
}
