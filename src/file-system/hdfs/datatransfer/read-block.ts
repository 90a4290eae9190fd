// Reads a range of one block from one datanode, and checks every checksum before it hands the bytes on.
import { TransportFailure } from '../../webhdfs-protocol/transport-failure.js'
import type { DatanodeInfo, LocatedBlock } from '../messages/block-messages.js'
import {
  type BlockOpResponse,
  blockOpResponse,
  CHECKSUM_TYPE,
  type Checksum,
  clientReadStatus,
  nameOfStatus,
  opReadBlock,
  STATUS,
} from '../messages/data-transfer-messages.js'
import { delimited } from '../protobuf/message.js'
import { MalformedMessage } from '../protobuf/wire-reader.js'
import type { Session } from '../session.js'
import { type ChecksumFunction, crc32, crc32c, wordsOf } from './crc32.js'
import { CHUNK_BYTES, writeChecksums } from './crc32c-of-chunks.js'
import { shownDatanode } from './datanode-connections.js'
import { type PacketHeader, packetHeaderOf } from './packet.js'
import { SocketReader } from './socket-reader.js'

const DATA_TRANSFER_VERSION = 28
const OP_READ_BLOCK = 81
const CHECKSUM_BYTES = 4
/** The datanode's own limit (`PacketReceiver.MAX_PACKET_SIZE`). */
const PACKET_BYTES_MAX = 16 * 1024 * 1024
/** Datanodes send 64 KiB packets and longer chunks are never configured. */
const CHUNK_BYTES_MAX = 1024 * 1024

/** Bytes of a block from `start` up to, not including, `end`. */
export interface BlockRange {
  readonly start: number
  readonly end: number
}

/** A replica whose bytes do not fit its checksums, or who is said by its datanode not to. */
export class BadReplica extends Error {
  override readonly name: string = 'BadReplica'
}

/** Yields exactly the range. Rejects with {@link BadReplica} or a `TransportFailure`: another replica may be whole. */
export async function* readBlock(
  session: Session,
  { b: block, blockToken: token }: LocatedBlock,
  datanode: DatanodeInfo,
  { start, end }: BlockRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const where = shownDatanode(datanode.id)
  const socket = await session.datanodes.connect(datanode.id)
  try {
    const header = { baseHeader: { block, token }, clientName: session.clientName }
    const request = delimited(opReadBlock, { header, offset: start, len: end - start, sendChecksums: true })
    socket.write(Buffer.concat([Buffer.from([0, DATA_TRANSFER_VERSION, OP_READ_BLOCK]), request]))
    const reader = new SocketReader(socket, { where, silenceMsMax: session.options.progressTimeoutMs })
    const { checksum, chunkOffset } = beginningOf(blockOpResponse.decode(await reader.message()), where)
    let at = chunkOffset
    if (at > start) throw new MalformedMessage(`it begins at ${at} and not at ${start}`)
    while (at < end) {
      const { packet, data } = await nextPacket(reader, checksum, where)
      if (packet.offsetInBlock !== at)
        throw new MalformedMessage(`a packet at ${packet.offsetInBlock} and not at ${at}`)
      if (packet.isLast || data.byteLength === 0)
        throw new BadReplica(`${where}: the replica ends at ${at} of ${end} bytes`)
      const [from, to] = [Math.max(start - at, 0), Math.min(end - at, data.byteLength)]
      at += data.byteLength
      if (to > from) yield data.subarray(from, to)
    }
    // Said so that the datanode knows the replica for good.
    socket.end(delimited(clientReadStatus, { status: STATUS.checksumOk }))
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error
    throw new TransportFailure(`${where}: not what the data port sends: ${error.message}`, {
      reason: 'garbage',
      reach: 'body',
      cause: error,
    })
  } finally {
    if (!socket.writableEnded) socket.destroy()
    // Whatever it has to say yet is not waited for.
    else socket.destroySoon()
  }
}

function beginningOf(response: BlockOpResponse, where: string): { checksum: Checksum; chunkOffset: number } {
  if (response.status !== STATUS.success || response.readOpChecksumInfo === undefined) {
    const reason = response.message === undefined ? '' : `: ${response.message}`
    throw new BadReplica(`${where}: it refused with ${nameOfStatus(response.status)}${reason}`)
  }
  const { checksum, chunkOffset } = response.readOpChecksumInfo
  if (checksum.bytesPerChecksum < 1 || checksum.bytesPerChecksum > CHUNK_BYTES_MAX) {
    throw new MalformedMessage(`checksums of ${checksum.bytesPerChecksum} bytes each`)
  }
  return { checksum, chunkOffset }
}

async function nextPacket(
  reader: SocketReader,
  { type, bytesPerChecksum }: Checksum,
  where: string,
): Promise<{ readonly packet: PacketHeader; readonly data: Uint8Array }> {
  const lengths = await reader.bytes(6)
  const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength)
  const payloadBytes = view.getUint32(0) - 4
  if (payloadBytes < 0 || payloadBytes > PACKET_BYTES_MAX)
    throw new MalformedMessage(`a packet of ${payloadBytes} bytes`)
  const packet = packetHeaderOf(await reader.bytes(view.getUint16(4)))
  const checksumBytes =
    type === CHECKSUM_TYPE.none ? 0 : Math.ceil(packet.dataBytes / bytesPerChecksum) * CHECKSUM_BYTES
  if (payloadBytes !== checksumBytes + packet.dataBytes) {
    throw new MalformedMessage(`a packet of ${payloadBytes} bytes with ${packet.dataBytes} of data`)
  }
  const checksums = await reader.bytes(checksumBytes)
  const data = await reader.bytes(packet.dataBytes)
  verify(
    { data, checksums, type, bytesPerChecksum },
    `${where}: a wrong checksum at ${packet.offsetInBlock} of the block`,
  )
  return { packet, data }
}

interface Checked {
  readonly data: Uint8Array
  readonly checksums: Uint8Array
  readonly type: number
  readonly bytesPerChecksum: number
}

function verify({ data, checksums, type, bytesPerChecksum }: Checked, complaint: string): void {
  if (type === CHECKSUM_TYPE.none) return
  if (type === CHECKSUM_TYPE.crc32c && bytesPerChecksum === CHUNK_BYTES) {
    const computed = Buffer.allocUnsafe(checksums.byteLength)
    writeChecksums(data, computed, 0)
    if (!computed.equals(checksums)) throw new BadReplica(complaint)
    return
  }
  const checksumOf: ChecksumFunction | undefined =
    type === CHECKSUM_TYPE.crc32c ? crc32c : type === CHECKSUM_TYPE.crc32 ? crc32 : undefined
  if (checksumOf === undefined) throw new MalformedMessage(`checksums of type ${type}`)
  const view = new DataView(checksums.buffer, checksums.byteOffset, checksums.byteLength)
  const words = wordsOf(data)
  let chunk = 0
  for (let start = 0; start < data.byteLength; start += bytesPerChecksum) {
    const computed = checksumOf(data, start, Math.min(start + bytesPerChecksum, data.byteLength), words)
    if (computed !== view.getInt32(chunk * CHECKSUM_BYTES)) throw new BadReplica(complaint)
    chunk += 1
  }
}
