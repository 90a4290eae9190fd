// The bytes of one file: grows at the end, is cut at the end, hands out copies.

const CAPACITY_BYTES_MIN = 256

/** A growing array of bytes. */
export class ByteStore {
  #bytes: Uint8Array = new Uint8Array(0)
  #lengthBytes = 0

  get lengthBytes(): number {
    return this.#lengthBytes
  }

  append(chunk: Uint8Array): void {
    const needed = this.#lengthBytes + chunk.byteLength
    if (needed > this.#bytes.byteLength) {
      const grown = new Uint8Array(
        Math.max(needed, CAPACITY_BYTES_MIN, Math.min(this.#bytes.byteLength * 2, needed + 2 ** 24)),
      )
      grown.set(this.#bytes.subarray(0, this.#lengthBytes))
      this.#bytes = grown
    }
    this.#bytes.set(chunk, this.#lengthBytes)
    this.#lengthBytes = needed
  }

  cut(lengthBytes: number): void {
    this.#lengthBytes = Math.min(this.#lengthBytes, lengthBytes)
  }

  /** A copy of the bytes from `start` to before `end`, as far as they are there. */
  copy(start = 0, end: number = this.#lengthBytes): Uint8Array {
    return this.#bytes.slice(start, Math.min(end, this.#lengthBytes))
  }
}
