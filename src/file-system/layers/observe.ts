// A layer that tells what is done, how long it took and what came of it: logs and metrics are made from this.
import { type Clock, systemClock } from '../../model/clock.js'
import type { FileSystem, Upload } from '../file-system.js'
import { FileSystemError, type Operation, type Outcome } from '../file-system-error.js'
import { type Call, ForwardingFileSystem } from './forwarding.js'

/**
 * Something that was done, told once it is over. An operation in one go, `list` and `readStream` are told once, at
 * their end, as `whole`; an upload step by step: its `begin`, each `durable`, its `end` or `abort`, and a `write` only if it fails.
 */
export interface Observation {
  readonly operation: Operation
  readonly step: 'whole' | 'begin' | 'write' | 'durable' | 'end' | 'abort'
  readonly path: string
  /** Of a rename. */
  readonly destination?: string
  /** Handed over or received since this upload was last told of, or by this operation, whatever became of it: sums are right. */
  readonly bytes: number
  /** Entries that `list` yielded; 0 for everything else. */
  readonly entries: number
  /** Spent waiting for the file system; of a stream the waits alone, not what was done with its chunks between them. */
  readonly durationMs: number
  readonly outcome: 'done' | Outcome
  /** What it rejected with. */
  readonly error?: unknown
}

/** Options of {@link withObserver}. */
export interface ObserveOptions {
  /** Called synchronously; what it throws or rejects with is reported once as a process warning, and no operation fails of it. */
  readonly onObservation: (observation: Observation) => void
  readonly clock?: Clock
}

/** Tells `onObservation` of every operation. */
export function withObserver(inner: FileSystem, options: ObserveOptions): FileSystem {
  return new ObservedFileSystem(inner, new Reporter(options))
}

class ObservedFileSystem extends ForwardingFileSystem {
  readonly #reporter: Reporter

  constructor(inner: FileSystem, reporter: Reporter) {
    super(inner)
    this.#reporter = reporter
  }

  protected async around<T>(call: Call, run: () => Promise<T>): Promise<T> {
    const watch = this.#reporter.watch(call, 'whole')
    watch.bytes = call.bytes ?? 0
    return await watch.over(async () => {
      const answer = await run()
      if (call.operation === 'read' && answer instanceof Uint8Array) watch.bytes = answer.byteLength
      return answer
    })
  }

  protected override async openUpload(call: Call, run: () => Promise<Upload>): Promise<Upload> {
    const upload = await this.#reporter.watch(call, 'begin').over(run)
    return new ObservedUpload(upload, call, this.#reporter)
  }

  protected async *stream<T>(call: Call, open: () => AsyncIterable<T>): AsyncGenerator<T> {
    const watch = this.#reporter.watch(call, 'whole')
    const iterator = open()[Symbol.asyncIterator]()
    try {
      for (;;) {
        const result = await watch.during(() => iterator.next())
        if (result.done === true) return
        if (result.value instanceof Uint8Array) watch.bytes += result.value.byteLength
        else watch.entries += 1
        yield result.value
      }
    } catch (error) {
      watch.failure = { error }
      throw error
    } finally {
      // Also where whoever iterates has had enough.
      await watch.over(async () => await iterator.return?.())
    }
  }

  override close(): Promise<void> {
    return this.around({ operation: 'close', path: '' }, () => this.inner.close())
  }
}

class ObservedUpload implements Upload {
  readonly #inner: Upload
  readonly #call: Call
  readonly #reporter: Reporter
  #toldBytes = 0

  constructor(inner: Upload, call: Call, reporter: Reporter) {
    this.#inner = inner
    this.#call = call
    this.#reporter = reporter
  }

  get path(): string {
    return this.#inner.path
  }

  get sentBytes(): number {
    return this.#inner.sentBytes
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const watch = this.#reporter.watch(this.#call, 'write')
    const onFailure = (error: unknown): never => {
      watch.failure = { error }
      watch.bytes = this.#untoldBytes()
      watch.tell()
      throw error
    }
    try {
      return this.#inner.write(chunk)?.catch(onFailure)
    } catch (error) {
      return onFailure(error)
    }
  }

  makeDurable(): Promise<number> {
    return this.#step('durable', () => this.#inner.makeDurable())
  }

  end(): Promise<number> {
    return this.#step('end', () => this.#inner.end())
  }

  abort(): Promise<void> {
    return this.#step('abort', () => this.#inner.abort())
  }

  #step<T>(step: Observation['step'], run: () => Promise<T>): Promise<T> {
    const watch = this.#reporter.watch(this.#call, step)
    watch.bytes = this.#untoldBytes()
    return watch.over(run)
  }

  #untoldBytes(): number {
    const bytes = this.#inner.sentBytes - this.#toldBytes
    this.#toldBytes = this.#inner.sentBytes
    return bytes
  }
}

/** Gathers one observation. */
class Watch {
  bytes = 0
  entries = 0
  failure: { readonly error: unknown } | undefined
  readonly #call: Call
  readonly #step: Observation['step']
  readonly #reporter: Reporter
  readonly #begunMs: number
  #durationMs: number | undefined

  constructor(call: Call, step: Observation['step'], reporter: Reporter) {
    this.#call = call
    this.#step = step
    this.#reporter = reporter
    this.#begunMs = reporter.clock.nowMs()
  }

  /** Adds the time that it takes. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    const begunMs = this.#reporter.clock.nowMs()
    try {
      return await run()
    } finally {
      // A clock that is set back meanwhile must not make it negative.
      this.#durationMs = (this.#durationMs ?? 0) + Math.max(0, this.#reporter.clock.nowMs() - begunMs)
    }
  }

  /** The same, and tells: this is the last of it. */
  async over<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await this.during(run)
    } catch (error) {
      this.failure ??= { error }
      throw error
    } finally {
      this.tell()
    }
  }

  tell(): void {
    const { operation, path, destination } = this.#call
    const { bytes, entries, failure } = this
    const durationMs = this.#durationMs ?? Math.max(0, this.#reporter.clock.nowMs() - this.#begunMs)
    this.#reporter.tell({
      operation,
      step: this.#step,
      path,
      ...(destination === undefined ? {} : { destination }),
      bytes,
      entries,
      durationMs,
      outcome: failure === undefined ? 'done' : outcomeOf(failure.error),
      ...(failure === undefined ? {} : { error: failure.error }),
    })
  }
}

// An error that is none of the port's says nothing, so nothing is known.
function outcomeOf(error: unknown): Outcome {
  return error instanceof FileSystemError ? error.outcome : 'unknown'
}

/** Calls the observer, and sees to it that no operation fails of it. */
class Reporter {
  readonly clock: Clock
  readonly #onObservation: (observation: Observation) => unknown
  #hasWarned = false

  constructor({ onObservation, clock = systemClock }: ObserveOptions) {
    this.#onObservation = onObservation
    this.clock = clock
  }

  watch(call: Call, step: Observation['step']): Watch {
    return new Watch(call, step, this)
  }

  tell(observation: Observation): void {
    try {
      const answer = this.#onObservation(observation)
      if (answer instanceof Promise) answer.catch((error: unknown) => this.#warn(error))
    } catch (error) {
      this.#warn(error)
    }
  }

  #warn(error: unknown): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.emitWarning(`the file-system observer failed (said once): ${reason}`, {
      code: 'HDFS_MULTI_OUTPUT_OBSERVER',
    })
  }
}
