// What the source hands out: a record for every offset of a few partitions, the same whenever it is asked again.

import { eventTimeOf, windowDirectory } from './windows.js'
import type { Workload } from './workload.js'

/** The one topic. */
export const TOPIC = 'orders'

/** What is written: the key names the data file, the value stands in its line. */
export interface SourceRecord {
  readonly key: string
  readonly value: string
  /** With windows, which the key names too. */
  readonly eventTimeMs?: number
}

/** A place in the source. */
export interface Place {
  readonly partition: number
  readonly offset: bigint
}

/** A replayable source. Some offsets carry no record, as Kafka's control records do not. */
export class Source {
  readonly #partitions: number
  readonly #taskCount: number
  readonly #keys: readonly string[]
  readonly #emptyEvery: number
  readonly #hasWindows: boolean

  /** `emptyEvery`: about one offset in so many carries no record; 0 for none. */
  constructor(options: Pick<Workload, 'partitions' | 'taskCount' | 'keys' | 'emptyEvery' | 'windows'>) {
    this.#hasWindows = options.windows !== undefined
    this.#partitions = options.partitions
    this.#taskCount = options.taskCount
    this.#keys = Array.from({ length: options.keys }, (_, index) => `key=${index}`)
    this.#emptyEvery = options.emptyEvery
  }

  /** Those that a task reads. */
  partitionsOf(task: number): readonly number[] {
    return Array.from({ length: this.#partitions }, (_, partition) => partition).filter(
      (partition) => partition % this.#taskCount === task,
    )
  }

  /** The record at a place; undefined where an offset carries none. */
  recordAt({ partition, offset }: Place): SourceRecord | undefined {
    const mixed = mix(partition, Number(offset))
    if (this.#emptyEvery > 0 && mixed % this.#emptyEvery === 0) return undefined
    const key = this.#keys[(mixed >>> 8) % this.#keys.length]!
    const record = { key, value: `${key}${'abcdefghijklmnopqrstuvwxyz'.slice(0, (mixed >>> 16) % 27)}` }
    if (!this.#hasWindows) return record
    const eventTimeMs = eventTimeOf({ partition, offset }, mixed)
    return { ...record, key: windowDirectory(key, eventTimeMs), eventTimeMs }
  }
}

function mix(partition: number, offset: number): number {
  let state = Math.imul(offset + 1, 0x9e3779b1) ^ Math.imul(partition + 7, 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
  state = Math.imul(state ^ (state >>> 12), 0x297a2d39)
  return (state ^ (state >>> 15)) >>> 0
}

/** How a record stands in a data file. */
export function lineOf({ partition, offset }: Place, { value }: SourceRecord): string {
  return `${partition}-${offset}\t${value}\n`
}
