// Reads data files as their formats wrote them, whatever they were compressed with.
import { pipeline, Readable, type Transform } from 'node:stream'
import zlib from 'node:zlib'

/** A compressed file is cut short or damaged, or this version of Node cannot read it. */
export class DecompressionFailed extends Error {
  override readonly name: string = 'DecompressionFailed'
}

/** The bytes of a data file, decompressed if its name ends in `.gz` or `.zst`. Rejects with {@link DecompressionFailed}, or with what `chunks` rejects with. */
export async function* decompressed(path: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const transform = decompressorFor(path)
  if (transform === undefined) {
    yield* chunks
    return
  }
  let inputFailure: { readonly error: unknown } | undefined
  // The transform is destroyed with what the input fails with, and ends the loop below.
  pipeline(Readable.from(failuresKept(), { objectMode: true }), transform, () => {})
  async function* failuresKept(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks
    } catch (error) {
      inputFailure = { error }
      throw error
    }
  }
  try {
    for await (const chunk of transform) yield chunk as Buffer
  } catch (error) {
    if (inputFailure !== undefined) throw inputFailure.error
    throw new DecompressionFailed((error as Error).message, { cause: error })
  }
}

function decompressorFor(path: string): Transform | undefined {
  if (path.endsWith('.gz')) return zlib.createGunzip()
  if (!path.endsWith('.zst')) return undefined
  // The types are those of the oldest Node that we run on, which has none.
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform }
  if (createZstdDecompress !== undefined) return createZstdDecompress()
  throw new DecompressionFailed(`Node ${process.versions.node} cannot read zstd: use Node 22.15 or later`)
}
