// Event time at the intake: which records are late, which lie in the future, and the watermark that the next commit carries. The rules are in
// docs/decisions/event-time.md.
import { MultiOutputError } from '../model/multi-output-error.js'
import type { RecordContext } from '../model/record-id.js'
import type { WindowedPlace } from '../partitioner/partitioner.js'
import type { TaskState } from '../protocol/task-state.js'
import { Watermark, type WatermarkPolicy } from '../protocol/watermark.js'
import { tell } from './hooks.js'
import type { TaskContext } from './task-context.js'

/**
 * What becomes of a record whose window is sealed. `directory`: it is written below the late directory. `deadLetter`: `write` throws `BAD_RECORD`. `drop`: it is
 * counted, and its place counts as written. `append`: it is written to a further file of the window; then no window is promised to be complete, and none gets a `_SUCCESS`.
 */
export type LatePolicy = 'directory' | 'deadLetter' | 'drop' | 'append'

/** The stream of late records. */
export const LATE_STREAM = 'late'

/** How a task follows event time. Milliseconds where a name ends so. */
export interface EventTimePolicy extends WatermarkPolicy {
  /** A record further ahead of the clock is refused and moves nothing. */
  readonly maxFutureMs: number
  readonly late: LatePolicy
  /** Relative to the location: where late records go, each in the directory that it would have had. */
  readonly lateDirectory: string
}

/** What is thought of a record. */
export type Verdict = 'in-time' | Exclude<LatePolicy, 'deadLetter'>

/** Follows the event times of one task. */
export class EventTimes {
  /** Late records since the open, each time that they were written. */
  lateCount = 0
  readonly policy: EventTimePolicy
  readonly #context: TaskContext
  readonly #watermark: Watermark
  /** A record whose window ends at or below it is late. */
  #floorMs: number | undefined
  /** The clock is asked only for times beyond it. */
  #surelyPastMs = -Infinity
  #startedMs = 0

  constructor(context: TaskContext, policy: EventTimePolicy, state: TaskState) {
    this.#context = context
    this.policy = policy
    this.#watermark = new Watermark(policy)
    this.restart(state)
  }

  /** At an open, and when attempts are lost: what they had seen is forgotten, the log's watermark counts. */
  restart(state: TaskState): void {
    this.#watermark.restart(state.offsets)
    this.#floorMs = state.watermarkMs
    this.#startedMs = this.#context.clock.nowMs()
  }

  /** Makes a partition known that has brought no record yet. */
  expect(topic: string, partition: number): void {
    this.#watermark.expect(topic, partition)
  }

  /** True when the source has shown no partition for long enough: this task owns none. */
  ownsNoPartition(nowMs: number): boolean {
    return this.#watermark.knowsNoPartition && nowMs - this.#startedMs >= this.policy.idlePartitionMs
  }

  /** Throws `BAD_RECORD` for what lies in the future, and for late records where they are dead letters. Nothing is counted yet: the format may refuse the record. */
  judge(place: WindowedPlace): Verdict {
    const { eventTimeMs, windowEndMs } = place
    if (eventTimeMs > this.#surelyPastMs) this.#checkFuture(eventTimeMs)
    if (this.#floorMs === undefined || windowEndMs > this.#floorMs) return 'in-time'
    const { late } = this.policy
    if (late !== 'deadLetter') return late
    this.#countLate(place, {})
    throw new MultiOutputError(
      'BAD_RECORD',
      `it is late: its window ended at ${timeText(windowEndMs)} and is sealed, the watermark is ${timeText(this.#floorMs)}`,
    )
  }

  /** A record was taken in, or dropped. */
  taken(place: WindowedPlace, verdict: Verdict, context: RecordContext): void {
    this.#watermark.note(context.id, place.eventTimeMs)
    if (verdict !== 'in-time') this.#countLate(place, context)
  }

  /** The watermark of a commit that is begun now, of everything taken in. `followedMs`: what a task that owns no partition takes over from the others. */
  atCommit(nowMs: number, followedMs: number | undefined): number | undefined {
    if (!this.#watermark.knowsNoPartition) return this.#watermark.atCommit(this.#floorMs, nowMs)
    if (followedMs === undefined) return this.#floorMs
    return Math.max(followedMs, this.#floorMs ?? -Infinity)
  }

  /** The attempt is closed with this watermark: records of the next one are judged by it. */
  rotate(watermarkMs: number | undefined): void {
    this.#floorMs = watermarkMs
  }

  #checkFuture(eventTimeMs: number): void {
    const nowMs = this.#context.clock.nowMs()
    const { maxFutureMs } = this.policy
    this.#surelyPastMs = nowMs + maxFutureMs
    if (eventTimeMs <= this.#surelyPastMs) return
    throw new MultiOutputError(
      'BAD_RECORD',
      `its time ${timeText(eventTimeMs)} is more than ${maxFutureMs} ms ahead of the clock`,
    )
  }

  #countLate({ directory, eventTimeMs, windowEndMs }: WindowedPlace, { id }: RecordContext): void {
    this.lateCount += 1
    const { late } = this.policy
    tell(this.#context, 'late', { ...(id === undefined ? {} : { id }), directory, eventTimeMs, windowEndMs, late })
  }
}

function timeText(timeMs: number): string {
  const date = new Date(timeMs)
  return Number.isNaN(date.getTime()) ? `${timeMs} ms` : date.toISOString()
}
