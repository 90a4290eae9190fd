// The watermark of a task: up to when all of its partitions have brought their records, as far as anybody can say. Pure: time is
// passed in. Why it is computed so: docs/decisions/event-time.md.
import { eachRange, type OffsetRanges } from '../model/offsets.js'

/** How far a partition may lag behind itself, and for how long it is waited for. */
export interface WatermarkPolicy {
  /** Records of a partition may come so much later than the latest of it. */
  readonly allowedLatenessMs: number
  /** A partition that brought nothing for so long no longer holds the watermark back. */
  readonly idlePartitionMs: number
}

interface PartitionTime {
  /** The latest event time; -Infinity while it has brought nothing. */
  latestMs: number
  /** When a commit found that it had brought something, or was known at all. */
  seenMs: number
  /** Since the last commit. */
  hasNews: boolean
}

/** Records written without an id are of one partition, which no source has. */
const NO_TOPIC = ''

/** The event times of a task's partitions. */
export class Watermark {
  readonly #policy: WatermarkPolicy
  #topics = new Map<string, Map<number, PartitionTime>>()
  // Records mostly come in runs of one partition.
  #lastTopic: string | undefined
  #lastPartition = -1
  #last: PartitionTime | undefined

  constructor(policy: WatermarkPolicy) {
    this.#policy = policy
  }

  /** Forgets what was seen: at an open, and when an attempt is lost. The partitions that the log knows are waited for. */
  restart(committed: OffsetRanges): void {
    this.#topics = new Map()
    this.#lastTopic = undefined
    for (const [topic, partition] of eachRange(committed)) this.expect(topic, partition)
  }

  /** True while no partition is known. */
  get knowsNoPartition(): boolean {
    return this.#topics.size === 0
  }

  /** Makes a partition known, to be waited for. */
  expect(topic: string, partition: number): void {
    this.#timeOf(topic, partition)
  }

  /** A record was taken in. */
  note(id: { readonly topic: string; readonly partition: number } | undefined, eventTimeMs: number): void {
    const topic = id === undefined ? NO_TOPIC : id.topic
    const partition = id === undefined ? 0 : id.partition
    if (topic !== this.#lastTopic || partition !== this.#lastPartition) {
      this.#last = this.#timeOf(topic, partition)
      this.#lastTopic = topic
      this.#lastPartition = partition
    }
    const time = this.#last!
    time.hasNews = true
    if (eventTimeMs > time.latestMs) time.latestMs = eventTimeMs
  }

  /** The watermark of a commit that is begun now, never below the one before. `undefined` as long as there is none. */
  atCommit(floorMs: number | undefined, nowMs: number): number | undefined {
    let earliestMs = Infinity
    for (const partitions of this.#topics.values()) {
      for (const time of partitions.values()) {
        if (time.hasNews) {
          time.hasNews = false
          time.seenMs = nowMs
        }
        if (nowMs - time.seenMs < this.#policy.idlePartitionMs) earliestMs = Math.min(earliestMs, time.latestMs)
      }
    }
    // None is live, or one that is has brought nothing yet.
    if (!Number.isFinite(earliestMs)) return floorMs
    return Math.max(floorMs ?? -Infinity, earliestMs - this.#policy.allowedLatenessMs)
  }

  #timeOf(topic: string, partition: number): PartitionTime {
    let partitions = this.#topics.get(topic)
    if (partitions === undefined) {
      partitions = new Map()
      this.#topics.set(topic, partitions)
    }
    let time = partitions.get(partition)
    if (time === undefined) {
      time = { latestMs: -Infinity, seenMs: 0, hasNews: true }
      partitions.set(partition, time)
    }
    return time
  }
}
