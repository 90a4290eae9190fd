// Bytes that arrived in pieces of any length, taken out in pieces of the lengths that a protocol has.

const NOTHING = new Uint8Array(0)

/** First in, first out. */
export class ByteQueue {
  #chunks: Uint8Array[] = []
  #bytes = 0

  /** How many there are. */
  get bytes(): number {
    return this.#bytes
  }

  push(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    this.#chunks.push(chunk)
    this.#bytes += chunk.byteLength
  }

  /** The byte at that place, counted from the first that is left; there must be one. */
  at(index: number): number {
    let left = index
    for (const chunk of this.#chunks) {
      if (left < chunk.byteLength) return chunk[left]!
      left -= chunk.byteLength
    }
    throw new RangeError(`no byte ${index} among ${this.#bytes}`)
  }

  /** Takes out the first bytes, of which there must be so many. A view where they came in one piece. */
  take(bytes: number): Uint8Array {
    if (bytes > this.#bytes) throw new RangeError(`${bytes} of ${this.#bytes} bytes`)
    const [first] = this.#chunks
    if (first === undefined || bytes === 0) return NOTHING
    this.#bytes -= bytes
    if (first.byteLength > bytes) {
      this.#chunks[0] = first.subarray(bytes)
      return first.subarray(0, bytes)
    }
    const parts: Uint8Array[] = []
    let left = bytes
    while (left > 0) {
      const part = this.#chunks[parts.length]!
      parts.push(part.byteLength > left ? part.subarray(0, left) : part)
      if (part.byteLength > left) {
        this.#chunks[parts.length - 1] = part.subarray(left)
        this.#chunks.splice(0, parts.length - 1)
        return Buffer.concat(parts, bytes)
      }
      left -= part.byteLength
    }
    this.#chunks.splice(0, parts.length)
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts, bytes)
  }

  /**
   * Takes out a message that stands behind its length as a varint; undefined while it is not whole. Throws a `RangeError` where it would be
   * longer than the limit.
   */
  takeDelimited(messageBytesMax: number): Uint8Array | undefined {
    let messageBytes = 0
    for (let index = 0; index < this.#bytes; index += 1) {
      const byte = this.at(index)
      messageBytes += (byte & 0x7f) * 2 ** (7 * index)
      if (messageBytes > messageBytesMax || index > 4)
        throw new RangeError(`a message of more than ${messageBytesMax} bytes`)
      if (byte >= 0x80) continue
      if (this.#bytes < index + 1 + messageBytes) return undefined
      this.take(index + 1)
      return this.take(messageBytes)
    }
    return undefined
  }
}
