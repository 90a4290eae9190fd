// Makes packets of the bytes of one file: full ones of 64 KiB as the bytes come, and a shorter one when somebody wants what is there sent.
import { CHUNK_BYTES } from './crc32c-of-chunks.js'
import { headOfPacket, PACKET_BYTES } from './packet.js'
import type { Packet } from './write-pipeline.js'

/** The first buffer of a file; it doubles up to a packet. Most files get a few kilobytes between two flushes. */
const BUFFER_BYTES_INITIAL = 4 * 1024
const NOTHING = new Uint8Array(0)

/** See the head of the file. */
export class PacketAssembler {
  readonly #blockSizeBytes: number
  readonly #emit: (packet: Packet) => void
  #offsetInBlock: number
  #seqno = 0
  #buffer: Uint8Array = NOTHING
  #buffered = 0

  /** `offsetInBlock`: where the first byte goes. At the block's end the next block begins. */
  constructor(
    { blockSizeBytes, offsetInBlock }: { readonly blockSizeBytes: number; readonly offsetInBlock: number },
    emit: (packet: Packet) => void,
  ) {
    this.#blockSizeBytes = blockSizeBytes
    this.#offsetInBlock = offsetInBlock
    this.#emit = emit
  }

  /** Takes the bytes, which must not change any more: whole packets of them are sent from where they are. */
  write(chunk: Uint8Array): void {
    let taken = 0
    while (taken < chunk.byteLength) {
      const limitBytes = this.#packetBytesMax()
      const leftBytes = chunk.byteLength - taken
      if (this.#buffered === 0 && leftBytes >= limitBytes) {
        this.#emitData(chunk.subarray(taken, taken + limitBytes), false)
        taken += limitBytes
        continue
      }
      const bytes = Math.min(limitBytes - this.#buffered, leftBytes)
      this.#reserve(bytes, limitBytes)
      this.#buffer.set(chunk.subarray(taken, taken + bytes), this.#buffered)
      this.#buffered += bytes
      taken += bytes
      if (this.#buffered === limitBytes) this.#emitBuffered(false)
    }
  }

  /** Emits what is there. Where nothing is, an empty packet if it is to be `synced`. */
  flush(durability: 'flushed' | 'synced'): void {
    const isSynced = durability === 'synced'
    if (this.#buffered > 0) this.#emitBuffered(isSynced)
    else if (isSynced && this.#offsetInBlock > 0 && this.#offsetInBlock < this.#blockSizeBytes)
      this.#emitData(NOTHING, true)
  }

  /** The packet that ends the block. What is buffered must be flushed. */
  lastOf(
    { seqno, offsetInBlock }: { readonly seqno: number; readonly offsetInBlock: number },
    isSynced: 'flushed' | 'synced',
  ): Packet {
    const head = headOfPacket({ offsetInBlock, seqno, isLast: true, isSynced: isSynced === 'synced' }, NOTHING)
    return { seqno, offsetInBlock, isLast: true, head, data: NOTHING }
  }

  // A packet may not go beyond the chunk that an earlier one has begun: the datanode completes that chunk's checksum by itself.
  #packetBytesMax(): number {
    if (this.#offsetInBlock === this.#blockSizeBytes) return Math.min(PACKET_BYTES, this.#blockSizeBytes)
    const begun = this.#offsetInBlock % CHUNK_BYTES
    const limitBytes = begun === 0 ? PACKET_BYTES : CHUNK_BYTES - begun
    return Math.min(limitBytes, this.#blockSizeBytes - this.#offsetInBlock)
  }

  #reserve(bytes: number, limitBytes: number): void {
    const needed = this.#buffered + bytes
    if (needed <= this.#buffer.byteLength) return
    const larger = Buffer.allocUnsafeSlow(
      Math.min(limitBytes, Math.max(BUFFER_BYTES_INITIAL, this.#buffer.byteLength * 2, needed)),
    )
    larger.set(this.#buffer.subarray(0, this.#buffered))
    this.#buffer = larger
  }

  #emitBuffered(isSynced: boolean): void {
    const data = this.#buffer.subarray(0, this.#buffered)
    // The rest of the buffer stays for what comes next.
    this.#buffer = this.#buffer.subarray(this.#buffered)
    this.#buffered = 0
    this.#emitData(data, isSynced)
  }

  #emitData(data: Uint8Array, isSynced: boolean): void {
    if (this.#offsetInBlock === this.#blockSizeBytes) {
      this.#offsetInBlock = 0
      this.#seqno = 0
    }
    const [offsetInBlock, seqno] = [this.#offsetInBlock, this.#seqno]
    this.#offsetInBlock += data.byteLength
    this.#seqno += 1
    const head = headOfPacket({ offsetInBlock, seqno, isLast: false, isSynced }, data)
    this.#emit({ seqno, offsetInBlock, isLast: false, head, data })
  }
}
