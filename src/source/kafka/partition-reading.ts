// How far one partition was read, and what of a fetch is new. Pure. Nothing that kafkajs says of positions is believed: a batch counts from
// the offset that it was fetched from, and is taken only where it joins what was read, without a gap.

/** Where a partition is. */
export interface PartitionPlace {
  readonly topic: string
  readonly partition: number
}

/** A partition that is being read. */
export class PartitionReading {
  readonly topic: string
  readonly partition: number
  /** Where this reader began. */
  readonly start: bigint
  /** Where reading ends, where it does. */
  readonly end: bigint | undefined
  /** The next offset to be read. */
  next: bigint
  /** The end of the partition as far as it is known. */
  high: bigint

  constructor(place: PartitionPlace, from: { readonly start: bigint; readonly end?: bigint; readonly high: bigint }) {
    this.topic = place.topic
    this.partition = place.partition
    this.start = from.start
    this.next = from.start
    this.end = from.end
    this.high = from.high
  }

  /** All that was to be read was. */
  get isDone(): boolean {
    return this.end !== undefined && this.next >= this.end
  }

  /**
   * Takes a fetch that is complete from `fetchedFrom` up to `until`, and answers the part of it that is new, cut at the end. `old`: nothing of it is
   * new. `ahead`: what is between is missing, so it cannot be taken.
   */
  take(fetched: {
    readonly fetchedFrom: bigint
    readonly until: bigint
  }): { readonly from: bigint; readonly until: bigint } | 'old' | 'ahead' {
    if (fetched.fetchedFrom > this.next) return 'ahead'
    const until = this.end !== undefined && fetched.until > this.end ? this.end : fetched.until
    if (until <= this.next) return 'old'
    const from = this.next
    this.next = until
    return { from, until }
  }
}
