// Cuts what arrives on a connection into frames: four bytes of length, then so many bytes. What is no frame is told apart by how it begins.

const LENGTH_BYTES = 4
const NOTHING = new Uint8Array(0)

/** What arrives is no frame of Hadoop IPC, or one longer than the limit. */
export class BadFrame extends Error {
  override readonly name: string = 'BadFrame'
}

/** Frames of one connection, in order. */
export class FrameSplitter {
  readonly #frameBytesMax: number
  #chunks: Uint8Array[] = []
  #bytes = 0
  /** Of the frame that is arriving; -1 while its length is not known. */
  #frameBytes = -1

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax
  }

  /** Takes what arrived and yields the frames that are whole. Throws {@link BadFrame}. */
  *take(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
    for (;;) {
      if (this.#frameBytes === -1) {
        if (this.#bytes < LENGTH_BYTES) return
        this.#frameBytes = this.#lengthOf(this.#cut(LENGTH_BYTES))
      }
      if (this.#bytes < this.#frameBytes) return
      const frame = this.#cut(this.#frameBytes)
      this.#frameBytes = -1
      yield frame
    }
  }

  #lengthOf(head: Uint8Array): number {
    const frameBytes = ((head[0]! << 24) | (head[1]! << 16) | (head[2]! << 8) | head[3]!) >>> 0
    if (frameBytes >= 1 && frameBytes <= this.#frameBytesMax) return frameBytes
    if (Buffer.from(head).toString('latin1') === 'HTTP') {
      throw new BadFrame("the server speaks HTTP; hdfs:// wants the namenode's RPC port (8020), not the port of its web pages")
    }
    // A TLS alert or handshake record, version 3.x.
    if ((head[0] === 0x15 || head[0] === 0x16) && head[1] === 3) throw new BadFrame('the server speaks TLS')
    throw new BadFrame(`a frame of ${frameBytes} bytes; ${this.#frameBytesMax} is the limit (replyBytesMax)`)
  }

  #cut(bytes: number): Uint8Array {
    this.#bytes -= bytes
    const [first] = this.#chunks
    if (first === undefined || bytes === 0) return NOTHING
    if (first.byteLength > bytes) {
      this.#chunks[0] = first.subarray(bytes)
      return first.subarray(0, bytes)
    }
    const parts: Uint8Array[] = []
    let left = bytes
    let used = 0
    while (left > 0) {
      const part = this.#chunks[used]!
      if (part.byteLength > left) {
        parts.push(part.subarray(0, left))
        this.#chunks[used] = part.subarray(left)
        break
      }
      parts.push(part)
      left -= part.byteLength
      used += 1
    }
    this.#chunks = this.#chunks.slice(used)
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts, bytes)
  }
}
