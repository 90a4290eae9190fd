import { crc32 as zlibCrc32 } from 'node:zlib'
import slowCrc32c from 'crc-32/crc32c.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32, crc32c, wordsOf } from '../../../../src/file-system/hdfs/datatransfer/crc32.js'
import { headOfPacket, packetAckOf, packetHeaderOf } from '../../../../src/file-system/hdfs/datatransfer/packet.js'
import { PacketAssembler } from '../../../../src/file-system/hdfs/datatransfer/packet-assembler.js'
import type { Packet } from '../../../../src/file-system/hdfs/datatransfer/write-pipeline.js'
import { MalformedMessage } from '../../../../src/file-system/hdfs/protobuf/wire-reader.js'

describe('checksums', () => {
  test('are those of other implementations, wherever in a buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(20), fc.nat(20), (bytes, before, behind) => {
        const start = Math.min(before, bytes.byteLength)
        const end = Math.max(start, bytes.byteLength - behind)
        const part = bytes.subarray(start, end)
        expect(crc32(bytes, start, end) >>> 0).toBe(zlibCrc32(part))
        expect(crc32c(bytes, start, end)).toBe(slowCrc32c.buf(part))
        for (const offset of [0, 1, 4]) {
          const moved = new Uint8Array(bytes.byteLength + offset).subarray(offset)
          moved.set(bytes)
          const words = wordsOf(moved)
          expect(words === undefined).toBe(offset === 1)
          expect(crc32c(moved, start, end, words)).toBe(slowCrc32c.buf(part))
          expect(crc32(moved, start, end, words) >>> 0).toBe(zlibCrc32(part))
        }
      }),
    )
  })
})

describe('a packet’s header', () => {
  test('is read as it was written, with lengths that fit', () => {
    const heads = fc.record({
      offsetInBlock: fc.maxSafeNat(),
      seqno: fc.integer({ min: -1, max: 2 ** 40 }),
      isLast: fc.boolean(),
      isSynced: fc.boolean(),
    })
    fc.assert(
      fc.property(heads, fc.uint8Array({ maxLength: 1_600 }), (head, data) => {
        const bytes = headOfPacket(head, data)
        const chunks = Math.ceil(data.byteLength / 512)
        const headerBytes = bytes.readUInt16BE(4)
        expect(bytes.readUInt32BE(0)).toBe(4 + chunks * 4 + data.byteLength)
        expect(bytes.byteLength).toBe(6 + headerBytes + chunks * 4)
        const { offsetInBlock, seqno, isLast } = head
        expect(packetHeaderOf(bytes.subarray(6, 6 + headerBytes))).toEqual({
          offsetInBlock,
          seqno,
          isLast,
          dataBytes: data.byteLength,
        })
        for (let chunk = 0; chunk < chunks; chunk += 1) {
          expect(bytes.readInt32BE(6 + headerBytes + chunk * 4)).toBe(
            slowCrc32c.buf(data.subarray(chunk * 512, chunk * 512 + 512)),
          )
        }
      }),
    )
  })

  test.each(['headers', 'acknowledgements'])('%s of any bytes are read or refused', (kind) => {
    const read = kind === 'headers' ? packetHeaderOf : packetAckOf
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          read(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage)
        }
      }),
      { numRuns: 5_000 },
    )
  })

  test('an acknowledgement has one reply for each datanode, packed or not', () => {
    expect(packetAckOf(Buffer.from([0x08, 0x0a, 0x10, 0, 0x10, 0, 0x18, 5, 0x22, 2, 1, 1]))).toEqual({
      seqno: 5,
      replies: [0, 0],
    })
    expect(packetAckOf(Buffer.from([0x08, 0x01, 0x12, 2, 0, 2]))).toEqual({ seqno: -1, replies: [0, 2] })
    expect(() => packetAckOf(Buffer.from([0x10, 0]))).toThrow('an acknowledgement without a number')
  })
})

describe('the assembler', () => {
  const steps = fc.array(fc.oneof({ weight: 4, arbitrary: fc.nat(3_000) }, fc.constantFrom('flushed', 'synced')), {
    maxLength: 30,
  })

  test('puts every byte into one packet of the right block, and none across a chunk that was begun', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5_000 }), fc.nat(4_999), (all, blockSizeBytes, start) => {
        const offsetInBlock = start % blockSizeBytes
        const packets: Packet[] = []
        const assembler = new PacketAssembler({ blockSizeBytes, offsetInBlock }, (packet) => packets.push(packet))
        const written: Uint8Array[] = []
        let counter = 0
        for (const step of all) {
          if (typeof step === 'string') assembler.flush(step)
          else {
            const chunk = Uint8Array.from({ length: step }, () => counter++ & 0xff)
            written.push(chunk)
            assembler.write(chunk)
          }
        }
        assembler.flush('flushed')
        expect(Buffer.concat(packets.map(({ data }) => data)).equals(Buffer.concat(written))).toBe(true)
        let [at, seqno] = [offsetInBlock, 0]
        for (const packet of packets) {
          if (at === blockSizeBytes) [at, seqno] = [0, 0]
          expect([packet.offsetInBlock, packet.seqno, packet.isLast]).toEqual([at, seqno, false])
          const bytes = packet.data.byteLength
          if (at % 512 !== 0) expect(bytes).toBeLessThanOrEqual(512 - (at % 512))
          at += bytes
          seqno += 1
          expect(at).toBeLessThanOrEqual(blockSizeBytes)
        }
      }),
    )
  })

  test('sends large pieces from where they are', () => {
    const packets: Packet[] = []
    const assembler = new PacketAssembler({ blockSizeBytes: 2 ** 27, offsetInBlock: 0 }, (packet) =>
      packets.push(packet),
    )
    const chunk = new Uint8Array(200_000)
    assembler.write(chunk)
    expect(packets.map(({ data }) => data.byteLength)).toEqual([65_536, 65_536, 65_536])
    for (const { data } of packets) expect(data.buffer).toBe(chunk.buffer)
  })
})
