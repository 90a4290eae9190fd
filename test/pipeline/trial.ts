// A pipeline over a file system in memory that a test may disturb, with a source that a test feeds.
import type { FileSystem } from '../../src/file-system/file-system.js'
import type { MultiOutputEnvironment } from '../../src/multi-output.js'
import { Pipeline } from '../../src/pipeline/pipeline.js'
import type { PipelineEvents, PipelineOptions } from '../../src/pipeline/pipeline-options.js'
import type { MultiOutputSinkOptions } from '../../src/sink/multi-output-sink.js'
import type { RecordInput } from '../../src/source/iterable.js'
import type { SourceRecord } from '../../src/source/source.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { FaultyFileSystem } from '../engine/faulty-file-system.js'
import { sinkOn } from '../sink/stored-records.js'
import { WaitingClock } from './waiting-clock.js'

/** A source that a test feeds. */
export class FedInput implements AsyncIterable<RecordInput> {
  readonly #values: RecordInput[] = []
  #isOver = false
  #wake: (() => void) | undefined

  give(...values: readonly RecordInput[]): void {
    this.#values.push(...values)
    this.#wake?.()
  }

  end(): void {
    this.#isOver = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordInput> {
    for (;;) {
      const value = this.#values.shift()
      if (value !== undefined) yield value
      else if (this.#isOver) return
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }
}

/** What a test works with. */
export interface Trial {
  readonly pipeline: Pipeline
  readonly clock: WaitingClock
  readonly memory: MemoryFileSystem
  readonly fileSystem: FaultyFileSystem
  /** What was told, in order: the event's name, and what it said. */
  readonly told: (readonly [name: string, event: unknown])[]
  readonly names: () => string[]
}

/** What a trial may have of its own. */
export interface TrialOptions {
  readonly memory?: MemoryFileSystem
  readonly pipeline: Partial<PipelineOptions> & Pick<PipelineOptions, 'source'>
  readonly sink?: Partial<MultiOutputSinkOptions<SourceRecord>>
  readonly environment?: MultiOutputEnvironment
}

/** Makes one; nothing runs yet. */
export function trial({ memory = new MemoryFileSystem(), pipeline: options, sink, environment }: TrialOptions): Trial {
  const clock = new WaitingClock()
  const fileSystem = new FaultyFileSystem(memory)
  const told: (readonly [string, unknown])[] = []
  const listen = (name: string) => (event: unknown) => {
    told.push([name, event])
  }
  const events: PipelineEvents = {
    opened: listen('opened'),
    commit: listen('commit'),
    badRecord: listen('badRecord'),
    away: listen('away'),
    back: listen('back'),
    stopping: listen('stopping'),
  }
  const pipeline = new Pipeline({
    sink: sinkOn(fileSystem as FileSystem, sink, { clock, ...environment }),
    decode: 'none',
    clock,
    random: { id: () => '', fraction: () => 1 },
    events,
    ...options,
  })
  return { pipeline, clock, memory, fileSystem, told, names: () => told.map(([name]) => name) }
}

/** `<topic>-0-<offset>\tv<offset>` of a number of records from 0. */
export function expectedLines(count: number, topic = 'records'): string[] {
  return Array.from({ length: count }, (_, offset) => `${topic}-0-${offset}\tv${offset}`)
}

/** Values `v0`, `v1`, … */
export function values(from: number, until: number): string[] {
  return Array.from({ length: until - from }, (_, i) => `v${from + i}`)
}
