// A Kafka consumer group as the one that shares out tasks: keeps what was assigned, gives each task's reader what the membership fetches, and
// brings readers over from one membership to the next.
import type { Kafka } from 'kafkajs'
import type { JsonValue } from '../../model/json-value.js'
import type { Committed } from '../../multi-output.js'
import type { Source, SourceOpenOptions, SourceReader } from '../source.js'
import { SourceError } from '../source-error.js'
import type { JoinOptions, TaskAssignment, TaskGroup } from '../task-group.js'
import { kafkaClient, withAdmin } from './client.js'
import type { FetchPlace } from './fetch-watch.js'
import { isWithoutCoordinator, sourceErrorOf } from './kafka-failure.js'
import { beyondEndError, type LostRange, lostError } from './lost-offsets.js'
import { type FetchedBatch, Membership, type MembershipListener, type PartitionsByTopic } from './membership.js'
import type { CheckedKafkaOptions } from './options.js'
import type { PartitionPlace } from './partition-reading.js'
import { boundsOf, type EndOffsets, findStarts } from './partition-starts.js'
import type { LeaderView } from './task-assigner.js'
import { taskOf } from './task-assignment.js'
import { type FetchControl, type PartitionStart, TaskReader } from './task-reader.js'

/** Where the offset that is asked for should be there, and the broker says it is not, it is asked again so much later. */
const ASK_AGAIN_MS = 500

/** Joins in a row that found no coordinator though the topics could be asked for: with the pauses between them some ten seconds. */
const COORDINATOR_MISSES_MAX = 5

/** The group of one process. */
export class KafkaGroup implements TaskGroup, MembershipListener, FetchControl {
  readonly name: string
  readonly #options: CheckedKafkaOptions
  /** Open readers by task. */
  readonly #readers = new Map<number, TaskReader>()
  /** Of the last rebalance. */
  #assigned: PartitionsByTopic = new Map()
  #given: readonly number[] = []
  readonly #givenUp = new Set<number>()
  #kafka: Kafka | undefined
  #membership: Membership | undefined
  #joining: JoinOptions | undefined
  #ends: EndOffsets | undefined
  #coordinatorMisses = 0
  #hasJoined = false
  /** Advice under way. */
  readonly #advising = new Set<Promise<void>>()

  constructor(options: CheckedKafkaOptions) {
    this.#options = options
    this.name = `Kafka topic${options.topics.length === 1 ? '' : 's'} ${options.topics.join(', ')}`
  }

  async join(options: JoinOptions): Promise<void> {
    this.#joining = options
    this.#kafka ??= kafkaClient(this.#options, options.logger)
    const kafka = this.#kafka
    try {
      await this.#lookAtTopics(kafka, options)
      const { taskCount, logger } = options
      this.#membership = new Membership(kafka, { options: this.#options, taskCount, listener: this, logger })
      await this.#membership.start()
    } catch (error) {
      throw this.#errorOf(error)
    }
  }

  source(task: number): Source {
    return {
      name: `${this.name}, task ${task}`,
      open: (options) => this.#open(task, options),
      close: async () => {},
    }
  }

  giveUp(task: number): void {
    this.#givenUp.add(task)
  }

  async leave(): Promise<void> {
    await Promise.allSettled(this.#advising)
    await this.#membership?.leave()
  }

  // What the membership tells.

  held(): readonly number[] {
    return this.#given.filter((task) => !this.#givenUp.has(task))
  }

  onJoined(assigned: PartitionsByTopic, leading: LeaderView | undefined): void {
    const joining = this.#joining!
    this.#hasJoined = true
    const before = this.held()
    this.#assigned = assigned
    this.#given = [...new Set(placesIn(assigned).map((place) => this.#taskOf(place)))].sort((a, b) => a - b)
    this.#givenUp.clear()
    for (const reader of this.#readers.values()) {
      if (!this.#given.includes(reader.task)) continue
      this.#addNewPartitions(reader)
      reader.fetchAgain(assigned)
    }
    const assignment: TaskAssignment = {
      tasks: this.#given,
      mayBeHeld: (task) => !before.includes(task) && (leading === undefined || leading.heldByMembers.has(task)),
    }
    joining.logger.debug({ tasks: this.#given, assigned: Object.fromEntries(assigned) }, 'joined the consumer group')
    joining.onAssigned(assignment)
  }

  onBatch(batch: FetchedBatch): Promise<'taken' | 'left'> {
    return this.#readerOf(batch)?.deliver(batch) ?? Promise.resolve('left')
  }

  onNothing(place: FetchPlace, until: bigint): void {
    this.#readerOf(place)?.nothing(place, { fetchedFrom: place.fetchedFrom, until })
  }

  onOutOfRange(place: FetchPlace): void {
    const reader = this.#readerOf(place)
    const reading = reader?.reading(place)
    if (reader === undefined || reading === undefined) return
    this.pause(place)
    // Of a fetch that was under way when the position was changed.
    if (place.fetchedFrom !== reading.next) this.goTo(place, reading.next)
    else
      this.#findOutWhatIsLost(reader, place).catch((error: unknown) => reader.fail(sourceErrorOf(error, this.#options)))
  }

  onEnded(error: unknown): void {
    this.#joining?.onLost(this.#errorOf(error))
  }

  // What readers ask for.

  goTo({ topic, partition }: PartitionPlace, offset: bigint): void {
    this.#membership?.goTo(topic, partition, offset)
  }

  pause({ topic, partition }: PartitionPlace): void {
    this.#membership?.pause(topic, partition)
  }

  heldBytesMax(): number {
    return this.#options.prefetchBytesMax / Math.max(1, this.#readers.size)
  }

  committed(reader: TaskReader, { offsets }: Committed): void {
    const positions = placesIn(this.#assigned).flatMap((place) => {
      const until = reader.has(place) ? offsets.get(place.topic)?.get(place.partition)?.until : undefined
      return until === undefined ? [] : [{ ...place, until }]
    })
    const advising: Promise<void> = (this.#membership?.commit(positions) ?? Promise.resolve())
      .catch((error: unknown) => {
        this.#joining?.logger.debug({ err: error }, 'the group offsets, which are advice, were not written')
      })
      .finally(() => this.#advising.delete(advising))
    this.#advising.add(advising)
  }

  closed(reader: TaskReader): void {
    if (this.#readers.get(reader.task) === reader) this.#readers.delete(reader.task)
  }

  /** Brokers that answer for topics and never for the group do not only need time; those that did once do. */
  #errorOf(error: unknown): SourceError {
    const found = sourceErrorOf(error, this.#options)
    this.#coordinatorMisses = isWithoutCoordinator(error) ? this.#coordinatorMisses + 1 : 0
    if (this.#hasJoined || this.#coordinatorMisses < COORDINATOR_MISSES_MAX) return found
    return new SourceError('UNREADABLE', found.message, { cause: error })
  }

  #readerOf(place: PartitionPlace): TaskReader | undefined {
    return this.#readers.get(this.#taskOf(place))
  }

  #taskOf({ topic, partition }: PartitionPlace): number {
    return taskOf(topic, partition, this.#joining!.taskCount)
  }

  /** All topics must be there; where reading ends at the end, that is now. */
  async #lookAtTopics(kafka: Kafka, { stop }: JoinOptions): Promise<void> {
    const { topics } = this.#options
    await withAdmin(kafka, async (admin) => {
      // A list, because asking for one that is missing is tried again for seconds.
      const there = new Set(await admin.listTopics())
      const missing = topics.filter((topic) => !there.has(topic))
      if (missing.length > 0) {
        throw new SourceError(
          'UNREADABLE',
          `Kafka at ${this.#options.brokers.join(', ')} has no topic ${missing.join(', ')}, or does not show it to this user; topics are not made by reading them`,
        )
      }
      if (stop === 'never' || this.#ends !== undefined) return
      const ends = new Map<string, ReadonlyMap<number, bigint>>()
      for (const topic of topics) {
        const bounds = await boundsOf(admin, topic)
        ends.set(topic, new Map([...bounds].map(([partition, { high }]) => [partition, high])))
      }
      this.#ends = ends
    })
  }

  async #open(task: number, { committed }: SourceOpenOptions): Promise<SourceReader> {
    const partitions = placesIn(this.#assigned).filter((place) => this.#taskOf(place) === task)
    const reader = new TaskReader(task, committed.metadata as JsonValue | undefined, this)
    reader.add(await this.#findStarts(partitions, committed, this.#options.from))
    this.#readers.set(task, reader)
    this.#addNewPartitions(reader)
    reader.fetchAgain(this.#assigned)
    return reader
  }

  async #findStarts(
    partitions: readonly PartitionPlace[],
    committed: Committed,
    from: 'earliest' | 'latest',
  ): Promise<PartitionStart[]> {
    const ends = this.#ends
    const request = { partitions, committed: committed.offsets, from, ...(ends === undefined ? {} : { ends }) }
    try {
      return await withAdmin(this.#kafka!, (admin) => findStarts(admin, request, this.#options))
    } catch (error) {
      throw sourceErrorOf(error, this.#options)
    }
  }

  /** The topic grew: all of what is new in it is new to us, so it begins at its first record. */
  #addNewPartitions(reader: TaskReader): void {
    const added = placesIn(this.#assigned).filter((place) => this.#taskOf(place) === reader.task && !reader.has(place))
    if (added.length === 0) return
    this.#joining?.logger.info({ partitions: added }, 'a topic grew')
    this.#findStarts(added, { offsets: new Map() }, 'earliest').then(
      (starts) => {
        reader.add(starts.filter((start) => !reader.has(start)))
        reader.fetchAgain(this.#assigned)
      },
      (error: unknown) => reader.fail(sourceErrorOf(error, this.#options)),
    )
  }

  async #findOutWhatIsLost(reader: TaskReader, place: PartitionPlace): Promise<void> {
    const { topic, partition } = place
    const bounds = await withAdmin(this.#kafka!, (admin) => boundsOf(admin, topic))
    const reading = reader.reading(place)
    const found = bounds.get(partition)
    if (reading === undefined || found === undefined) return
    const { next } = reading
    if (next < found.low) this.#lost(reader, { topic, partition, from: next, until: found.low })
    else if (next > found.high) reader.fail(beyondEndError(place, next, found.high))
    else setTimeout(() => reader.reading(place) === reading && this.goTo(place, reading.next), ASK_AGAIN_MS)
  }

  #lost(reader: TaskReader, lost: LostRange): void {
    if (this.#options.onLostOffsets === 'fail') reader.fail(lostError(lost))
    else {
      this.#joining?.logger.warn(
        { ...lost, from: lost.from.toString(), until: lost.until.toString() },
        `${lost.topic}/${lost.partition}: offsets ${lost.from} to ${lost.until - 1n} are lost; going on behind them, as told`,
      )
      reader.skip(lost)
    }
  }
}

function placesIn(assigned: PartitionsByTopic): PartitionPlace[] {
  return [...assigned].flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })))
}
