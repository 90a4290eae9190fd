// How far the other tasks of a job are, read from their logs: whether a window is complete for all of them.
import type { PlacedRecord } from '../protocol/fold.js'
import { type LogReader, listSequences, readRecord } from './read-log.js'

/** Records of another task's log that are looked at for its watermark. Each of its commits carries it, so that more than a few are claims in a row. */
const RECORDS_LOOKED_AT_MAX = 16

/** What another task's log binds it to. */
export interface SettledWatermark {
  readonly watermarkMs: number
  /** The newest record that this was read from: once it is durable, so is everything that it rests on. */
  readonly newest: PlacedRecord
  /** Its owner has left. */
  readonly released: boolean
}

/** The other tasks of a job; all of them for whoever is none of them. */
export class OtherTasks {
  readonly #context: LogReader
  readonly #taskCount: number
  /** The last task that was found behind: it is asked first, since the others wait for the slowest. */
  #slowest: number | undefined

  constructor(context: LogReader, taskCount: number) {
    this.#context = context
    this.#taskCount = taskCount
  }

  /**
   * The settled watermarks of all other tasks, if each of them is at least `pastMs`, seen and made durable; else `undefined`. A task that was never opened is
   * past nothing: no record binds it yet.
   */
  async allPast(pastMs: number): Promise<ReadonlyMap<number, SettledWatermark> | undefined> {
    const settled = new Map<number, SettledWatermark>()
    for (const task of this.#slowestFirst()) {
      const one = await settledWatermark(this.#context, task)
      if (one === undefined || one.watermarkMs < pastMs) {
        this.#slowest = task
        return undefined
      }
      settled.set(task, one)
    }
    for (const [task, { newest }] of settled) if (!(await isDurable(this.#context, task, newest))) return undefined
    return settled
  }

  /** The largest watermark of the other tasks; `undefined` where none has one. */
  async largest(): Promise<number | undefined> {
    let largestMs: number | undefined
    for (const task of this.#slowestFirst()) {
      const one = await settledWatermark(this.#context, task)
      if (one !== undefined && one.watermarkMs > (largestMs ?? -Infinity)) largestMs = one.watermarkMs
    }
    return largestMs
  }

  #slowestFirst(): readonly number[] {
    const others = Array.from({ length: this.#taskCount }, (_, task) => task).filter(
      (task) => task !== this.#context.task && task !== this.#slowest,
    )
    return this.#slowest === undefined ? others : [this.#slowest, ...others]
  }
}

/**
 * The newest watermark of a task whose record is published as well as decided: it lists nothing, or a record stands above it that is put only when it is. Claims
 * are put before, and so are replacements, which list actions and carry no watermark.
 */
async function settledWatermark(context: LogReader, task: number): Promise<SettledWatermark | undefined> {
  const reader = { ...context, task }
  const newestFirst = (await listSequences(reader, -1)).reverse().slice(0, RECORDS_LOOKED_AT_MAX)
  let newest: PlacedRecord | undefined
  let released = false
  for (const sequence of newestFirst) {
    const placed = await readRecord(reader, sequence)
    // Garbage that is being collected: the log goes on above, and it is looked at again by the next commit.
    if (placed === undefined) return undefined
    const { record } = placed
    if (record.type === 'claim') continue
    const watermarkMs = record.type === 'checkpoint' ? record.state.watermarkMs : record.watermarkMs
    const listsNothing = record.type === 'checkpoint' || record.publish.length === 0
    const isPublished = newest !== undefined || listsNothing
    if (listsNothing || watermarkMs !== undefined) newest ??= placed
    if (sequence === newestFirst[0]) released = record.type === 'commit' && record.released
    if (isPublished && watermarkMs !== undefined) {
      return { watermarkMs, newest: newest ?? placed, released }
    }
    if (record.type === 'checkpoint') return undefined
  }
  return undefined
}

/** Makes durable what was only seen, and looks whether it stayed. */
async function isDurable(context: LogReader, task: number, { path, sequence, record }: PlacedRecord): Promise<boolean> {
  if ((await context.fileSystem.touch(path)) === 'absent') return false
  return (await readRecord({ ...context, task }, sequence))?.record.id === record.id
}
