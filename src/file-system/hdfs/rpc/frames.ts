// Cuts what arrives on a connection into frames: four bytes of length, then so many bytes. What is no frame is told by how it begins.
import { ByteQueue } from '../byte-queue.js'

const LENGTH_BYTES = 4

/** What arrives is no frame of Hadoop IPC, or one longer than the limit. */
export class BadFrame extends Error {
  override readonly name: string = 'BadFrame'
}

/** Frames of one connection, in order. */
export class FrameSplitter {
  readonly #frameBytesMax: number
  readonly #queue = new ByteQueue()
  /** Of the frame that is arriving; -1 while its length is not known. */
  #frameBytes = -1

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax
  }

  /** Takes what arrived and yields the frames that are whole. Throws {@link BadFrame}. */
  *take(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.#queue.push(chunk)
    for (;;) {
      if (this.#frameBytes === -1) {
        if (this.#queue.bytes < LENGTH_BYTES) return
        this.#frameBytes = this.#lengthOf(this.#queue.take(LENGTH_BYTES))
      }
      if (this.#queue.bytes < this.#frameBytes) return
      const frame = this.#queue.take(this.#frameBytes)
      this.#frameBytes = -1
      yield frame
    }
  }

  #lengthOf(head: Uint8Array): number {
    const frameBytes = ((head[0]! << 24) | (head[1]! << 16) | (head[2]! << 8) | head[3]!) >>> 0
    if (frameBytes >= 1 && frameBytes <= this.#frameBytesMax) return frameBytes
    if (Buffer.from(head).toString('latin1') === 'HTTP') {
      throw new BadFrame(
        "the server speaks HTTP; hdfs:// wants the namenode's RPC port (8020), not that of its web pages",
      )
    }
    // A TLS alert or handshake record, version 3.x.
    if ((head[0] === 0x15 || head[0] === 0x16) && head[1] === 3) throw new BadFrame('the server speaks TLS')
    throw new BadFrame(`a frame of ${frameBytes} bytes; ${this.#frameBytesMax} is the limit (replyBytesMax)`)
  }
}
