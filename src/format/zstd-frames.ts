// Reads zstd data of several frames, one after the other. Node's decompressor ends with the first frame, in silence
// (tried on 24.21), so the frames are told apart here: RFC 8878, section 3.1, knows only headers and block lengths.
import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { TransformMember } from './compression.js'

const MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50

/** Whether this version of Node can read zstd: 22.15, 23.8 and later. */
export function hasZstd(): boolean {
  return 'createZstdDecompress' in zlib
}

/** The bytes of all frames. Rejects where the data is cut short or damaged, and with what `chunks` rejects with. */
export async function* zstdDecompressed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // The types are those of the oldest Node that we run on, which has none.
  const { createZstdDecompress } = zlib as unknown as { createZstdDecompress: () => Transform }
  let frame: { readonly end: FrameEnd; readonly member: TransformMember } | undefined
  try {
    for await (const chunk of chunks) {
      for (let from = 0; from < chunk.byteLength; ) {
        frame ??= { end: new FrameEnd(), member: new TransformMember(createZstdDecompress()) }
        const until = frame.end.find(chunk, from)
        yield* await frame.member.write(chunk.subarray(from, until ?? chunk.byteLength))
        from = until ?? chunk.byteLength
        if (until === undefined) continue
        yield* await frame.member.end()
        frame.member.close()
        frame = undefined
      }
    }
    if (frame !== undefined) throw new RangeError('it ends in the middle of a frame')
  } finally {
    frame?.member.close()
  }
}

type Part = 'magic' | 'descriptor' | 'header' | 'block header' | 'block' | 'checksum' | 'skippable length' | 'skippable'

/** Follows one frame through chunks to its end. */
class FrameEnd {
  #part: Part = 'magic'
  #left = 4
  #value = 0
  #read = 0
  #hasChecksum = false
  #isLastBlock = false

  /** The index behind the frame's last byte, or `undefined` where it goes on behind the chunk. Throws a RangeError for what is no frame. */
  find(chunk: Uint8Array, from: number): number | undefined {
    for (let at = from; at < chunk.byteLength; ) {
      if (
        this.#part === 'header' ||
        this.#part === 'block' ||
        this.#part === 'checksum' ||
        this.#part === 'skippable'
      ) {
        const skipped = Math.min(this.#left, chunk.byteLength - at)
        at += skipped
        this.#left -= skipped
      } else {
        this.#value += chunk[at]! * 2 ** (8 * this.#read)
        this.#read++
        this.#left--
        at++
      }
      while (this.#left === 0) if (this.#next() === 'over') return at
    }
    return undefined
  }

  #go(part: Part, bytes: number): void {
    this.#part = part
    this.#left = bytes
    this.#value = 0
    this.#read = 0
  }

  #next(): 'over' | undefined {
    const value = this.#value
    switch (this.#part) {
      case 'magic':
        if (value === MAGIC) this.#go('descriptor', 1)
        else if ((value & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) this.#go('skippable length', 4)
        else throw new RangeError('what follows a frame is none')
        return undefined
      case 'skippable length':
        this.#go('skippable', value)
        return value === 0 ? 'over' : undefined
      case 'descriptor': {
        const isSingleSegment = (value & 0x20) !== 0
        this.#hasChecksum = (value & 0x04) !== 0
        const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][value >> 6]!
        this.#go('header', (isSingleSegment ? 0 : 1) + [0, 1, 2, 4][value & 0x03]! + contentSizeBytes)
        return undefined
      }
      case 'header':
        this.#go('block header', 3)
        return undefined
      case 'block header': {
        this.#isLastBlock = (value & 1) !== 0
        const isRunLength = ((value >> 1) & 3) === 1
        this.#go('block', isRunLength ? 1 : value >> 3)
        return undefined
      }
      case 'block':
        if (!this.#isLastBlock) this.#go('block header', 3)
        else if (this.#hasChecksum) this.#go('checksum', 4)
        else return 'over'
        return undefined
      case 'checksum':
      case 'skippable':
        return 'over'
    }
  }
}
