// Makes batches readable that producers compressed with snappy, lz4 or zstd. kafkajs itself knows gzip only.
import { createRequire } from 'node:module'
import kafkajs from 'kafkajs'

interface Codec {
  compress(): Promise<Buffer>
  decompress(buffer: Buffer): Promise<Buffer>
}

const require = createRequire(import.meta.url)

/** The header of the framing in which Java's clients write snappy: magic, then two versions of 32 bits. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const XERIAL_HEADER_BYTES = 16

/** In the third byte of an lz4 frame behind its magic; clients of Kafka do not use it. */
const LZ4_BLOCK_CHECKSUMS = 0x10

/** Registers the codecs with kafkajs, for the whole process, where nobody registered others before. Repeatable. */
export function registerCodecs(): void {
  const { CompressionTypes, CompressionCodecs } = kafkajs
  const codecs = CompressionCodecs as unknown as Record<number, () => unknown>
  register(codecs, CompressionTypes.Snappy, unsnappy)
  register(codecs, CompressionTypes.LZ4, unlz4)
  register(codecs, CompressionTypes.ZSTD, unzstd)
}

function register(codecs: Record<number, () => unknown>, type: number, decompress: (bytes: Buffer) => Buffer): void {
  if (isRegistered(codecs[type])) return
  const codec: Codec = {
    // Nothing here writes to Kafka but dead letters, and those are not compressed.
    compress: () => Promise.reject(new TypeError('this codec only decompresses')),
    decompress: async (buffer) => decompress(buffer),
  }
  codecs[type] = () => codec
}

/** What kafkajs puts in the place of a codec that it does not have throws. */
function isRegistered(codec: (() => unknown) | undefined): boolean {
  try {
    return codec !== undefined && codec() !== undefined
  } catch {
    return false
  }
}

function unsnappy(bytes: Buffer): Buffer {
  const { uncompress } = require('snappyjs') as { readonly uncompress: (bytes: Buffer) => Buffer }
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return uncompress(bytes)
  const blocks: Buffer[] = []
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    const length = bytes.readInt32BE(at)
    blocks.push(uncompress(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return Buffer.concat(blocks)
}

function unlz4(bytes: Buffer): Buffer {
  if ((bytes[4]! & LZ4_BLOCK_CHECKSUMS) !== 0) throw new Error('lz4 frames with block checksums cannot be read')
  const { decompress } = require('lz4js') as { readonly decompress: (bytes: Uint8Array) => Uint8Array }
  return bufferOf(decompress(bytes))
}

function unzstd(bytes: Buffer): Buffer {
  const { decompress } = require('fzstd') as { readonly decompress: (bytes: Uint8Array) => Uint8Array }
  return bufferOf(decompress(bytes))
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
