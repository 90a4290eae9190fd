// One membership in a consumer group: a kafkajs consumer from joining until it leaves or ends. It never restarts by itself: when kafkajs
// gives up, the membership is over, and whoever made it decides about another.
import type { Consumer, Kafka, KafkaMessage } from 'kafkajs'
import type { Logger } from '../../engine/logger.js'
import { type FetchPlace, watchFetches } from './fetch-watch.js'
import type { CheckedKafkaOptions } from './options.js'
import type { StoredBatch } from './record-batches.js'
import { type LeaderView, taskAssigner } from './task-assigner.js'

/** What a fetch of one partition brought: everything that the log holds for consumers from `fetchedFrom` up to `until`. */
export interface FetchedBatch extends FetchPlace {
  readonly until: bigint
  /** The end of the partition as far as the broker knows. */
  readonly high: bigint
  /** Batches of them; single ones where kafkajs decoded them. */
  readonly messages: readonly (StoredBatch | KafkaMessage)[]
}

/** Partitions by topic. */
export type PartitionsByTopic = ReadonlyMap<string, readonly number[]>

/** Whom a membership tells. */
export interface MembershipListener {
  /** Joined, or joined again after a rebalance; nothing is fetched before this returns, and then only what is not paused. */
  onJoined(assigned: PartitionsByTopic, leading: LeaderView | undefined): void
  /** kafkajs fetches on when this resolves; `taken`: behind `until`. */
  onBatch(batch: FetchedBatch): Promise<'taken' | 'left'>
  onNothing(place: FetchPlace, until: bigint): void
  onOutOfRange(place: FetchPlace): void
  /** It is over, not because it was left. */
  onEnded(error: unknown): void
  /** The tasks that this process has, told to the group's leader at each rebalance. */
  held(): readonly number[]
}

/** kafkajs waits so long where there is nothing to fetch, or all is paused: the most that resuming may take. */
const FETCH_WAIT_MS = 100
/** Fetched partitions that are handed on at the same time; handing on waits for room at most, and not for long. */
const BATCHES_AT_ONCE = 32
/** A rebalance is noticed by a heartbeat, a new member waits for it: often, then. */
const HEARTBEAT_MS_MAX = 1_000
const LEAVE_MS_MAX = 15_000

/** A membership. */
export class Membership {
  readonly #options: CheckedKafkaOptions
  readonly #listener: MembershipListener
  readonly #logger: Logger
  readonly #consumer: Consumer
  #leaderView: LeaderView | undefined
  #isJoined = false
  #isOver = false

  constructor(
    kafka: Kafka,
    parts: {
      readonly options: CheckedKafkaOptions
      readonly taskCount: number
      readonly listener: MembershipListener
      readonly logger: Logger
    },
  ) {
    this.#options = parts.options
    this.#listener = parts.listener
    this.#logger = parts.logger
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs, fetchBytesMax, metadataAgeMsMax, isolation } = parts.options
    this.#consumer = kafka.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      heartbeatInterval: Math.min(HEARTBEAT_MS_MAX, Math.floor(sessionTimeoutMs / 3)),
      maxBytesPerPartition: fetchBytesMax,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      metadataMaxAge: metadataAgeMsMax,
      allowAutoTopicCreation: false,
      readUncommitted: isolation === 'read_uncommitted',
      partitionAssigners: [
        ({ cluster }) => {
          watchFetches(cluster, this.#listener)
          return taskAssigner(cluster, {
            topics: parts.options.topics,
            purpose: parts.options.purpose,
            taskCount: parts.taskCount,
            held: () => this.#listener.held(),
            onLeading: (view) => {
              this.#leaderView = view
            },
          })
        },
      ],
      retry: { restartOnFailure: async () => false },
    })
  }

  /** Whether positions can be set: between joining and the end. */
  get isJoined(): boolean {
    return this.#isJoined && !this.#isOver
  }

  /** Joins, in the background once connected. Rejects where that already fails; then it is over. */
  async start(): Promise<void> {
    const { GROUP_JOIN, CRASH } = this.#consumer.events
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#joined(payload.memberAssignment))
    this.#consumer.on(CRASH, ({ payload }) => this.#ended(payload.error))
    try {
      await this.#consumer.connect()
      // From the beginning: so that a position that kafkajs chooses itself is never behind records that were not read.
      await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true })
      await this.#consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: BATCHES_AT_ONCE,
        eachBatch: async ({ batch, resolveOffset, isStale }) => {
          // A fetch that was under way when its position was changed.
          if (isStale() || this.#isOver) return
          // Not in kafkajs' types. It says what the batch is complete from, which its first record does not where there are gaps.
          const { fetchedOffset } = batch as unknown as { readonly fetchedOffset: string }
          const taken = await this.#listener.onBatch({
            topic: batch.topic,
            partition: batch.partition,
            fetchedFrom: BigInt(fetchedOffset),
            until: BigInt(batch.lastOffset()) + 1n,
            high: BigInt(batch.highWatermark),
            messages: batch.messages,
          })
          if (taken === 'taken') resolveOffset(batch.messages.at(-1)!.offset)
        },
      })
    } catch (error) {
      this.#isOver = true
      await this.#letGo()
      throw error
    }
  }

  /** Fetches a partition from an offset on, and no longer what it was fetching. */
  goTo(topic: string, partition: number, offset: bigint): void {
    this.#whileRunning(() => {
      this.#consumer.seek({ topic, partition, offset: offset.toString() })
      this.#consumer.resume([{ topic, partitions: [partition] }])
    })
  }

  /** Fetches no more of a partition. */
  pause(topic: string, partition: number): void {
    this.#whileRunning(() => this.#consumer.pause([{ topic, partitions: [partition] }]))
  }

  /** Writes positions to the group. Rejects where the broker refuses them, as after a rebalance that is not known here yet. */
  async commit(
    positions: readonly { readonly topic: string; readonly partition: number; readonly until: bigint }[],
  ): Promise<void> {
    if (!this.isJoined || positions.length === 0) return
    await this.#consumer.commitOffsets(
      positions.map(({ topic, partition, until }) => ({ topic, partition, offset: until.toString() })),
    )
  }

  /** Leaves the group. Resolves when the broker knows, or after a limit. */
  async leave(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    await this.#letGo()
  }

  async #letGo(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LEAVE_MS_MAX)
    })
    const leaving = this.#consumer.disconnect().catch((error: unknown) => {
      this.#logger.debug({ err: error }, 'leaving the consumer group failed; its session will expire')
    })
    await Promise.race([leaving, limit])
    clearTimeout(timer)
  }

  #joined(memberAssignment: Readonly<Record<string, readonly number[]>>): void {
    if (this.#isOver) return
    this.#isJoined = true
    // Whoever listens says which of them are to be fetched, and from where.
    for (const [topic, partitions] of Object.entries(memberAssignment)) {
      this.#consumer.pause([{ topic, partitions: [...partitions] }])
    }
    const leading = this.#leaderView
    this.#leaderView = undefined
    this.#listener.onJoined(new Map(Object.entries(memberAssignment)), leading)
  }

  #ended(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#listener.onEnded(error)
  }

  /** kafkajs forgets its consumer group a moment before it says that it crashed. */
  #whileRunning(run: () => void): void {
    if (!this.isJoined) return
    try {
      run()
    } catch (error) {
      this.#logger.debug({ err: error }, 'the consumer is stopping')
    }
  }
}
