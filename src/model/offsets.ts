// Ranges of offsets by topic and partition: what an attempt adds, and what the log says was added.

/** Offsets `from` up to, not including, `until`. Never empty backwards: `from <= until`. */
export interface OffsetRange {
  readonly from: bigint
  readonly until: bigint
}

/** Ranges by topic, then by partition. */
export type OffsetRanges = ReadonlyMap<string, ReadonlyMap<number, OffsetRange>>

/** The same, while it is being filled. */
export class OffsetRangesBuilder implements Iterable<readonly [topic: string, partition: number, range: OffsetRange]> {
  readonly #topics = new Map<string, Map<number, { from: bigint; until: bigint }>>()

  /** The range of a partition that may be changed in place, if there is one. */
  get(topic: string, partition: number): { from: bigint; until: bigint } | undefined {
    return this.#topics.get(topic)?.get(partition)
  }

  /** Starts or replaces a partition's range and answers it, to be changed in place. */
  set(topic: string, partition: number, range: OffsetRange): { from: bigint; until: bigint } {
    let partitions = this.#topics.get(topic)
    if (partitions === undefined) {
      partitions = new Map()
      this.#topics.set(topic, partitions)
    }
    const own = { from: range.from, until: range.until }
    partitions.set(partition, own)
    return own
  }

  /** Widens a partition's range so that it holds the given one too. */
  widen(topic: string, partition: number, range: OffsetRange): void {
    const own = this.get(topic, partition)
    if (own === undefined) this.set(topic, partition, range)
    else {
      if (range.from < own.from) own.from = range.from
      if (range.until > own.until) own.until = range.until
    }
  }

  /** True when no partition has a range. */
  get isEmpty(): boolean {
    return this.#topics.size === 0
  }

  *[Symbol.iterator](): Iterator<readonly [string, number, OffsetRange]> {
    for (const [topic, partitions] of this.#topics) {
      for (const [partition, range] of partitions) yield [topic, partition, range]
    }
  }

  /** What was gathered. The builder must not be changed afterwards. */
  build(): OffsetRanges {
    return this.#topics
  }
}

/** No ranges. */
export const noOffsets: OffsetRanges = new Map()

/** Every range of a set of ranges. */
export function* eachRange(ranges: OffsetRanges): Generator<readonly [topic: string, partition: number, OffsetRange]> {
  for (const [topic, partitions] of ranges) {
    for (const [partition, range] of partitions) yield [topic, partition, range]
  }
}

/** The smallest ranges that hold both: for what a file gained over several commits. */
export function unionOf(a: OffsetRanges, b: OffsetRanges): OffsetRanges {
  if (b.size === 0) return a
  const union = new OffsetRangesBuilder()
  for (const [topic, partition, range] of eachRange(a)) union.set(topic, partition, range)
  for (const [topic, partition, range] of eachRange(b)) union.widen(topic, partition, range)
  return union.build()
}
