// How the blocks of an Avro file are compressed, and how they are read again.
import { createRequire } from 'node:module'
import zlib from 'node:zlib'

const require = createRequire(import.meta.url)

/** By the names that Avro gives them. `zstandard` is written where Node has it: 22.15, 23.8 and later. */
export type AvroCodec = 'null' | 'deflate' | 'snappy' | 'zstandard'

type Step = (bytes: Buffer) => Uint8Array

/** Snappy blocks end with a checksum of what they hold. */
const CHECKSUM_BYTES = 4

/** What compresses a block. Throws a RangeError for a name that is none, or where this version of Node has no zstd. */
export function blockCompressor(codec: AvroCodec): Step {
  switch (codec) {
    case 'null':
      return (bytes) => bytes
    case 'deflate':
      return (bytes) => zlib.deflateRawSync(bytes)
    case 'snappy': {
      const { compress } = require('snappyjs') as { readonly compress: Step }
      return (bytes) => {
        const checksum = Buffer.alloc(CHECKSUM_BYTES)
        checksum.writeUInt32BE(zlib.crc32(bytes))
        return Buffer.concat([compress(bytes), checksum])
      }
    }
    case 'zstandard': {
      // The types are those of the oldest Node that we run on, which has none.
      const { zstdCompressSync } = zlib as { zstdCompressSync?: Step }
      if (zstdCompressSync !== undefined) return zstdCompressSync
      throw new RangeError(`Node ${process.versions.node} has no zstd: take Node 22.15 or later, or deflate`)
    }
    default:
      throw new RangeError("codec must be 'null', 'deflate', 'snappy' or 'zstandard'")
  }
}

/** What decompresses a block; it throws where the block is damaged. Throws a RangeError for a codec that nobody here knows. */
export function blockDecompressor(codec: string): Step {
  switch (codec) {
    case 'null':
      return (bytes) => bytes
    case 'deflate':
      return (bytes) => zlib.inflateRawSync(bytes)
    case 'snappy':
      return unsnappy
    case 'zstandard': {
      const { decompress } = require('fzstd') as { readonly decompress: Step }
      return decompress
    }
    default:
      throw new RangeError(`the codec ${JSON.stringify(codec)} cannot be read`)
  }
}

function unsnappy(bytes: Buffer): Uint8Array {
  const { uncompress } = require('snappyjs') as { readonly uncompress: (bytes: Buffer) => Uint8Array }
  const end = bytes.length - CHECKSUM_BYTES
  if (end < 0) throw new RangeError('a snappy block without a checksum')
  const content = uncompress(bytes.subarray(0, end))
  if (zlib.crc32(content) !== bytes.readUInt32BE(end)) throw new RangeError('the checksum of a snappy block is wrong')
  return content
}
