// How the pages of a Parquet file are compressed, and how they are read again.
import zlib from 'node:zlib'
import { decompress as zstdDecompress } from 'fzstd'
import type { CompressionCodec, Compressors } from 'hyparquet'

/** How a Parquet file is compressed inside. `zstd` where Node has it: 22.15, 23.8 and later. */
export type ParquetCodec = 'uncompressed' | 'snappy' | 'gzip' | 'zstd'

/** A codec as the library wants it. Snappy is its own. */
export interface Codec {
  readonly name: CompressionCodec
  readonly compressors: { readonly [Name in CompressionCodec]?: (bytes: Uint8Array) => Uint8Array }
}

/** Undefined for a name that is none. Throws a RangeError where this version of Node has no zstd. */
export function codecOf(name: ParquetCodec): Codec | undefined {
  switch (name) {
    case 'uncompressed':
      return { name: 'UNCOMPRESSED', compressors: {} }
    case 'snappy':
      return { name: 'SNAPPY', compressors: {} }
    case 'gzip':
      return { name: 'GZIP', compressors: { GZIP: (bytes) => zlib.gzipSync(bytes) } }
    case 'zstd': {
      // The types are those of the oldest Node that we run on, which has none.
      const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array }
      if (zstdCompressSync !== undefined) return { name: 'ZSTD', compressors: { ZSTD: zstdCompressSync } }
      throw new RangeError(`Node ${process.versions.node} has no zstd: take Node 22.15 or later, or gzip`)
    }
    default:
      return undefined
  }
}

/** For reading; snappy is the library's own. */
export const decompressors: Compressors = {
  GZIP: (bytes) => zlib.gunzipSync(bytes),
  ZSTD: (bytes, outputLength) => zstdDecompress(bytes, new Uint8Array(outputLength)),
}
