// A set of offsets, one bit each in pages, so that a billion of them fit into 128 MiB.

/** Offsets a page: 8 KiB of bits. */
const PAGE_OFFSETS = 65_536n

/** Which offsets of one partition were seen. */
export class OffsetSet {
  readonly #pages = new Map<bigint, Uint8Array>()

  /** Adds an offset. False: it was there already. */
  add(offset: bigint): boolean {
    const number = offset / PAGE_OFFSETS
    let page = this.#pages.get(number)
    if (page === undefined) {
      page = new Uint8Array(Number(PAGE_OFFSETS) / 8)
      this.#pages.set(number, page)
    }
    const bit = Number(offset % PAGE_OFFSETS)
    const mask = 1 << (bit & 7)
    if ((page[bit >> 3]! & mask) !== 0) return false
    page[bit >> 3]! |= mask
    return true
  }

  /** Whether an offset was added. */
  has(offset: bigint): boolean {
    const page = this.#pages.get(offset / PAGE_OFFSETS)
    if (page === undefined) return false
    const bit = Number(offset % PAGE_OFFSETS)
    return (page[bit >> 3]! & (1 << (bit & 7))) !== 0
  }

  /** The first offsets of a range that were never added, at most `count` of them. */
  firstMissing(from: bigint, until: bigint, count: number): bigint[] {
    const missing: bigint[] = []
    for (let offset = from; offset < until && missing.length < count; offset++) {
      if (!this.has(offset)) missing.push(offset)
    }
    return missing
  }
}
