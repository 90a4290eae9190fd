// Reads the partitions of one task: what the membership fetches waits here, in order, until the pipeline takes it.
import type { JsonValue } from '../../model/json-value.js'
import type { Committed, Position } from '../../multi-output.js'
import { Interruption } from '../interruption.js'
import type { SourceBatch, SourceProgress, SourceReader } from '../source.js'
import type { SourceError } from '../source-error.js'
import { type LostRange, withLosses } from './lost-offsets.js'
import type { FetchedBatch, PartitionsByTopic } from './membership.js'
import { type PartitionPlace, PartitionReading } from './partition-reading.js'
import { recordsOf } from './records.js'

/** Where to begin with a partition. */
export interface PartitionStart extends PartitionPlace {
  readonly start: bigint
  readonly end?: bigint
  readonly high: bigint
  /** The beginning shall be committed though nothing was read yet. */
  readonly keepsStart: boolean
  /** What lies directly below `start` and is gone. */
  readonly lost?: LostRange
}

/** What a reader does to the membership; each is harmless while there is none. */
export interface FetchControl {
  goTo(place: PartitionPlace, offset: bigint): void
  pause(place: PartitionPlace): void
  /** Bytes that one reader may hold; changes with the number of readers. */
  heldBytesMax(): number
  committed(reader: TaskReader, committed: Committed): void
  closed(reader: TaskReader): void
}

interface Waiting {
  readonly batch: SourceBatch
  readonly heldBytes: number
  readonly lost?: LostRange
}

/** A task that takes nothing out holds up the fetches of the others for so long at most, then it is paused. */
const ROOM_WAIT_MS = 100

/** A reader of one task. */
export class TaskReader implements SourceReader {
  readonly task: number
  readonly wantsCommit = false
  readonly #control: FetchControl
  readonly #interruption = new Interruption()
  readonly #readings = new Map<string, PartitionReading>()
  readonly #queue: Waiting[] = []
  #metadata: JsonValue | undefined
  /** Of what was handed out last; becomes part of the metadata when the next batch is asked for. */
  #lostJustNow: LostRange[] = []
  #heldBytes = 0
  #isPaused = false
  #isClosed = false
  #failure: SourceError | undefined
  #wake: (() => void) | undefined
  #roomMade: (() => void)[] = []

  constructor(task: number, metadata: JsonValue | undefined, control: FetchControl) {
    this.task = task
    this.#metadata = metadata
    this.#control = control
  }

  get metadata(): JsonValue | undefined {
    return this.#metadata
  }

  /** Adds partitions: at the beginning, and where a topic grew. Fetching begins with `fetchAgain`. */
  add(starts: readonly PartitionStart[]): void {
    for (const { keepsStart, lost, ...from } of starts) {
      const reading = new PartitionReading(from, from)
      this.#readings.set(keyOf(from), reading)
      const { topic, partition, start } = from
      if (lost !== undefined)
        this.#enqueue({ batch: advanceTo({ topic, partition, until: start }), heldBytes: 0, lost })
      else if (keepsStart) this.#enqueue({ batch: advanceTo({ topic, partition, until: start }), heldBytes: 0 })
    }
    this.#ring()
  }

  /** Whether it reads a partition. */
  has(place: PartitionPlace): boolean {
    return this.#readings.has(keyOf(place))
  }

  /** Where it is in a partition, if it reads it. */
  reading(place: PartitionPlace): PartitionReading | undefined {
    return this.#isClosed ? undefined : this.#readings.get(keyOf(place))
  }

  /** After joining: fetches those of its partitions that are assigned, from where it is. */
  fetchAgain(assigned: PartitionsByTopic): void {
    for (const reading of this.#readings.values()) {
      if (!assigned.get(reading.topic)?.includes(reading.partition)) continue
      if (!this.#isPaused && !reading.isDone) this.#control.goTo(reading, reading.next)
    }
  }

  /** Takes what is new of a fetch. Resolves when there is room again, or soon. `left`: it was no good here. */
  async deliver(batch: FetchedBatch): Promise<'taken' | 'left'> {
    const reading = this.reading(batch)
    if (reading === undefined) return 'left'
    reading.high = batch.high
    const range = this.#take(reading, batch)
    if (range === undefined) return 'left'
    const { records, bytes, heldBytes } = recordsOf(batch.messages, reading, range)
    const last = records.at(-1)
    const { topic, partition } = reading
    const { until } = range
    const advances = last !== undefined && last.id.offset + 1n === until ? [] : [{ topic, partition, until }]
    this.#enqueue({ batch: { records, advances, bytes }, heldBytes })
    if (reading.isDone) this.#control.pause(reading)
    if (this.#isFull) await this.#room()
    return 'taken'
  }

  /** From an offset to another there is nothing to be read. */
  nothing(place: PartitionPlace, fetched: { readonly fetchedFrom: bigint; readonly until: bigint }): void {
    const reading = this.reading(place)
    const range = reading === undefined ? undefined : this.#take(reading, fetched)
    if (reading === undefined || range === undefined) return
    const { topic, partition } = reading
    this.#enqueue({ batch: advanceTo({ topic, partition, until: range.until }), heldBytes: 0 })
    if (reading.isDone) this.#control.pause(reading)
  }

  /** Passes over a range that is lost. */
  skip(lost: LostRange): void {
    const reading = this.reading(lost)
    if (reading === undefined) return
    reading.next = lost.until
    const { topic, partition, until } = lost
    this.#enqueue({ batch: advanceTo({ topic, partition, until }), heldBytes: 0, lost })
    if (!reading.isDone) this.#control.goTo(reading, reading.next)
  }

  /** Ends it with an error, behind what waits. */
  fail(error: SourceError): void {
    this.#failure ??= error
    this.#ring()
  }

  async next(): Promise<SourceBatch | undefined> {
    if (this.#lostJustNow.length > 0) this.#metadata = withLosses(this.#metadata, this.#lostJustNow)
    this.#lostJustNow = []
    while (!this.#interruption.isInterrupted) {
      const waiting = this.#queue.shift()
      if (waiting !== undefined) return this.#handOut(waiting)
      if (this.#failure !== undefined) throw this.#failure
      if (this.#isDone) return undefined
      await this.#interruption.guard(
        new Promise<void>((resolve) => {
          this.#wake = resolve
        }),
      )
    }
    return undefined
  }

  committed(committed: Committed): void {
    this.#control.committed(this, committed)
  }

  progress(): SourceProgress {
    let lag = 0
    let done = 0
    let all = 0
    let ends = 0
    for (const { next, high, start, end } of this.#readings.values()) {
      lag += Number(high > next ? high - next : 0n)
      if (end === undefined) continue
      ends += 1
      all += Number(end > start ? end - start : 0n)
      done += Number(next - start)
    }
    const waiting = this.#queue.reduce((sum, { batch }) => sum + batch.records.length, 0)
    const fraction = all === 0 ? 1 : Math.max(0, Math.min(1, (done - waiting) / all))
    return { lagRecords: lag + waiting, ...(ends === 0 ? {} : { doneFraction: fraction }) }
  }

  stop(): void {
    this.#interruption.interrupt()
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#interruption.interrupt()
    for (const reading of this.#readings.values()) this.#control.pause(reading)
    this.#queue.length = 0
    this.#letIn()
    this.#control.closed(this)
  }

  get #isFull(): boolean {
    return this.#heldBytes >= this.#control.heldBytesMax()
  }

  get #isDone(): boolean {
    if (this.#readings.size === 0) return false
    for (const reading of this.#readings.values()) if (!reading.isDone) return false
    return true
  }

  #take(
    reading: PartitionReading,
    fetched: { readonly fetchedFrom: bigint; readonly until: bigint },
  ): { readonly from: bigint; readonly until: bigint } | undefined {
    const range = reading.take(fetched)
    if (typeof range === 'object') return range
    // Of a fetch that was under way when the position was changed. kafkajs goes on behind it, unless told.
    if (!reading.isDone) this.#control.goTo(reading, reading.next)
    if (this.#isPaused) this.#control.pause(reading)
    return undefined
  }

  #handOut({ batch, heldBytes, lost }: Waiting): SourceBatch {
    this.#heldBytes -= heldBytes
    if (lost !== undefined) this.#lostJustNow.push(lost)
    // Half of it: a fetch at a time would come to a trickle.
    if (this.#heldBytes <= this.#control.heldBytesMax() / 2) this.#letIn()
    return batch
  }

  #enqueue(waiting: Waiting): void {
    this.#queue.push(waiting)
    this.#heldBytes += waiting.heldBytes
    this.#ring()
  }

  #ring(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  /** Resolves when there is room; after a while it pauses this task's partitions instead, so that others go on. */
  #room(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        if (!this.#isClosed && this.#heldBytes > this.#control.heldBytesMax() / 2) this.#pauseAll()
        resolve()
      }, ROOM_WAIT_MS)
      this.#roomMade.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #pauseAll(): void {
    this.#isPaused = true
    for (const reading of this.#readings.values()) this.#control.pause(reading)
  }

  #letIn(): void {
    for (const made of this.#roomMade.splice(0)) made()
    if (!this.#isPaused || this.#isClosed) return
    this.#isPaused = false
    // To where it is: a rebalance meanwhile has made kafkajs forget.
    for (const reading of this.#readings.values()) if (!reading.isDone) this.#control.goTo(reading, reading.next)
  }
}

function keyOf({ topic, partition }: PartitionPlace): string {
  return `${topic}/${partition}`
}

function advanceTo(position: Position): SourceBatch {
  return { records: [], advances: [position], bytes: 0 }
}
