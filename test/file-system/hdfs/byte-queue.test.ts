import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteQueue } from '../../../src/file-system/hdfs/byte-queue.js'
import { BadFrame, FrameSplitter } from '../../../src/file-system/hdfs/rpc/frames.js'

/** The bytes in pieces of these lengths, over and over. */
function piecesOf(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, nth = 0; at < bytes.byteLength; nth += 1) {
    const end = at + lengths[nth % lengths.length]!
    pieces.push(bytes.subarray(at, end))
    at = end
  }
  return pieces
}

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 })

describe('a queue of bytes', () => {
  test('gives out what came in, in pieces of whatever lengths', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), lengths, lengths, (bytes, came, taken) => {
        const queue = new ByteQueue()
        for (const piece of piecesOf(bytes, came)) queue.push(piece)
        expect(queue.bytes).toBe(bytes.byteLength)
        const out: Uint8Array[] = []
        for (const piece of piecesOf(bytes, taken)) {
          if (queue.bytes > 0) expect(queue.at(0)).toBe(piece[0])
          out.push(queue.take(piece.byteLength))
        }
        expect(Buffer.concat(out).equals(bytes)).toBe(true)
        expect(queue.bytes).toBe(0)
      }),
    )
  })

  test('gives out messages behind their lengths once they are whole', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), lengths, (messages, came) => {
        const bytes = Buffer.concat(
          messages.flatMap((each) => [
            each.byteLength < 0x80
              ? Buffer.from([each.byteLength])
              : Buffer.from([(each.byteLength & 0x7f) | 0x80, each.byteLength >> 7]),
            each,
          ]),
        )
        const queue = new ByteQueue()
        const out: Uint8Array[] = []
        for (const piece of piecesOf(bytes, came)) {
          queue.push(piece)
          for (let each = queue.takeDelimited(200); each !== undefined; each = queue.takeDelimited(200)) out.push(each)
        }
        expect(out.map((each) => Buffer.from(each))).toEqual(messages.map((each) => Buffer.from(each)))
      }),
    )
  })

  test('refuses messages over the limit, and lengths without an end', () => {
    for (const bytes of [
      [0x81, 0x01],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
    ]) {
      const queue = new ByteQueue()
      queue.push(Buffer.from(bytes))
      expect(() => queue.takeDelimited(128)).toThrow(RangeError)
    }
  })
})

describe('frames', () => {
  test('are cut out of whatever pieces they come in', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 100 })), lengths, (frames, came) => {
        const bytes = Buffer.concat(
          frames.flatMap((frame) => {
            const length = Buffer.alloc(4)
            length.writeUInt32BE(frame.byteLength)
            return [length, frame]
          }),
        )
        const splitter = new FrameSplitter(100)
        const out = piecesOf(bytes, came).flatMap((piece) => [...splitter.take(piece)])
        expect(out.map((each) => Buffer.from(each))).toEqual(frames.map((each) => Buffer.from(each)))
      }),
    )
  })

  test.each([
    ['nothing', [0, 0, 0, 0], /a frame of 0 bytes/],
    ['more than the limit', [0, 0, 0, 101], /a frame of 101 bytes; 100 is the limit/],
    ['four gigabytes', [255, 255, 255, 255], /a frame of 4294967295 bytes/],
    [
      'HTTP',
      [...Buffer.from('HTTP/1.1 400 Bad Request')],
      /speaks HTTP; hdfs:\/\/ wants the namenode's RPC port \(8020\)/,
    ],
    ['a TLS alert', [0x15, 3, 3, 0, 2, 2, 40], /speaks TLS/],
  ])('that are %s are refused', (_, bytes, says) => {
    expect(() => [...new FrameSplitter(100).take(Buffer.from(bytes))]).toThrow(BadFrame)
    expect(() => [...new FrameSplitter(100).take(Buffer.from(bytes))]).toThrow(says)
  })
})
