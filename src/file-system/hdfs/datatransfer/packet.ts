// Packets of the data port, made and read by hand, for there are sixteen in each MiB: lengths, header, checksums, data.
import { MalformedMessage, WireReader } from '../protobuf/wire-reader.js'
import { CHUNK_BYTES, writeChecksums } from './crc32c-of-chunks.js'

const CHECKSUM_BYTES = 4
/** Data of a full packet. */
export const PACKET_BYTES: number = 64 * 1024
/** Of a heartbeat, and of its acknowledgement. */
export const HEARTBEAT_SEQNO = -1

/** Length of what follows, and of the header. */
const LENGTHS_BYTES = 6
const HEADER_BYTES = 25
const SYNC_BYTES = 2

/** What stands before the data. */
export interface PacketHead {
  readonly offsetInBlock: number
  readonly seqno: number
  /** The block ends here; such a packet has no data. */
  readonly isLast: boolean
  /** The datanodes bring the block to their disks before they acknowledge. */
  readonly isSynced: boolean
}

/** The bytes before the data: lengths, header and checksums. */
export function headOfPacket({ offsetInBlock, seqno, isLast, isSynced }: PacketHead, data: Uint8Array): Buffer {
  const dataBytes = data.byteLength
  const chunks = Math.ceil(dataBytes / CHUNK_BYTES)
  const headerBytes = HEADER_BYTES + (isSynced ? SYNC_BYTES : 0)
  const head = Buffer.allocUnsafe(LENGTHS_BYTES + headerBytes + chunks * CHECKSUM_BYTES)
  head.writeUInt32BE(4 + chunks * CHECKSUM_BYTES + dataBytes, 0)
  head.writeUInt16BE(headerBytes, 4)
  head[6] = 0x09
  writeInt64(head, offsetInBlock, 7)
  head[15] = 0x11
  writeInt64(head, seqno, 16)
  head[24] = 0x18
  head[25] = isLast ? 1 : 0
  head[26] = 0x25
  head.writeInt32LE(dataBytes, 27)
  let at = LENGTHS_BYTES + HEADER_BYTES
  if (isSynced) {
    head[at] = 0x28
    head[at + 1] = 1
    at += SYNC_BYTES
  }
  writeChecksums(data, head, at)
  return head
}

function writeInt64(buffer: Buffer, value: number, at: number): void {
  buffer.writeInt32LE(value | 0, at)
  buffer.writeInt32LE(Math.floor(value / 2 ** 32), at + 4)
}

/** A packet's header as a reader finds it. */
export interface PacketHeader {
  readonly offsetInBlock: number
  readonly seqno: number
  readonly isLast: boolean
  readonly dataBytes: number
}

/** Reads a PacketHeaderProto. Throws {@link MalformedMessage}. */
export function packetHeaderOf(bytes: Uint8Array): PacketHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let [offsetInBlock, seqno, isLast, dataBytes]: [number, number, boolean, number] = [-1, -1, false, -1]
  const reader = new WireReader(bytes)
  while (!reader.isAtEnd) {
    const tag = reader.uint32()
    const at = reader.position
    if (tag === 0x18) {
      isLast = reader.uint32() !== 0
      continue
    }
    reader.skip(tag & 7)
    if (tag === 0x09) offsetInBlock = Number(view.getBigInt64(at, true))
    else if (tag === 0x11) seqno = Number(view.getBigInt64(at, true))
    else if (tag === 0x25) dataBytes = view.getInt32(at, true)
  }
  if (!Number.isSafeInteger(offsetInBlock) || offsetInBlock < 0 || dataBytes < 0) {
    throw new MalformedMessage(`a packet of ${dataBytes} bytes at ${offsetInBlock}`)
  }
  return { offsetInBlock, seqno, isLast, dataBytes }
}

/** What a pipeline says to a packet. */
export interface PacketAck {
  readonly seqno: number
  /** One for each datanode, in the order of the pipeline. */
  readonly replies: readonly number[]
}

/** Reads a PipelineAckProto. Throws {@link MalformedMessage}. */
export function packetAckOf(bytes: Uint8Array): PacketAck {
  const reader = new WireReader(bytes)
  let seqno: number | undefined
  const replies: number[] = []
  while (!reader.isAtEnd) {
    const tag = reader.uint32()
    if (tag === 0x08) seqno = reader.safeSignedInteger()
    else if (tag === 0x10) replies.push(reader.uint32())
    else if (tag === 0x12) {
      const packed = new WireReader(reader.bytes())
      while (!packed.isAtEnd) replies.push(packed.uint32())
    } else reader.skip(tag & 7)
  }
  if (seqno === undefined) throw new MalformedMessage('an acknowledgement without a number')
  return { seqno, replies }
}
