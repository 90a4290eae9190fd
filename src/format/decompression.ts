// Reads data files as their formats wrote them, whatever they were compressed with.
import { pipeline, Readable } from 'node:stream'
import zlib from 'node:zlib'
import { hasZstd, zstdDecompressed } from './zstd-frames.js'

/** A compressed file is cut short or damaged, or this version of Node cannot read it. */
export class DecompressionFailed extends Error {
  override readonly name: string = 'DecompressionFailed'
}

/** The bytes of a data file, decompressed if its name ends in `.gz` or `.zst`. Rejects with {@link DecompressionFailed}, or with what `chunks` rejects with. */
export async function* decompressed(path: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (!path.endsWith('.gz') && !path.endsWith('.zst')) {
    yield* chunks
    return
  }
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
    yield* path.endsWith('.gz') ? gunzipped(failuresKept()) : unzstd(failuresKept())
  } catch (error) {
    if (inputFailure !== undefined) throw inputFailure.error
    if (error instanceof DecompressionFailed) throw error
    throw new DecompressionFailed((error as Error).message, { cause: error })
  }
}

async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = zlib.createGunzip()
  // It is destroyed with what the input fails with, and ends the loop.
  pipeline(Readable.from(chunks, { objectMode: true }), gunzip, () => {})
  for await (const chunk of gunzip) yield chunk as Buffer
}

function unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (hasZstd()) return zstdDecompressed(chunks)
  throw new DecompressionFailed(`Node ${process.versions.node} cannot read zstd: use Node 22.15 or later`)
}
