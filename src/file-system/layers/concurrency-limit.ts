// A layer that lets a number of operations run at once and queues the others.
import pLimit, { type LimitFunction } from 'p-limit'
import type { FileSystem, Upload } from '../file-system.js'
import { type Call, errorOf, ForwardingFileSystem } from './forwarding.js'

/** Limits of {@link withConcurrencyLimit}. */
export interface ConcurrencyLimitOptions {
  /** Operations that run at once. */
  readonly operationsMax: number
  /** Operations that wait for their turn; one more is `UNAVAILABLE`. Default 1,000,000. */
  readonly operationsQueuedMax?: number
}

/**
 * Runs at most `operationsMax` operations at once, in the order in which they were called. An open stream holds no place: of an upload its beginning, each
 * `makeDurable` and its end take one, of `list` and `readStream` the wait for the first answer. `abort` and `close` never wait; `close` turns away
 * as `CLOSED` what is in the queue.
 *
 * Place it below `withRetry`, so that a pause between tries holds no place, and above `withTimeout`, so that waiting for a place is not held against anybody.
 */
export function withConcurrencyLimit(inner: FileSystem, options: ConcurrencyLimitOptions): FileSystem {
  return new LimitedFileSystem(inner, { operationsQueuedMax: 1_000_000, ...options })
}

class LimitedFileSystem extends ForwardingFileSystem {
  readonly #limit: LimitFunction
  readonly #queuedMax: number
  #isClosed = false

  constructor(inner: FileSystem, { operationsMax, operationsQueuedMax }: Required<ConcurrencyLimitOptions>) {
    super(inner)
    this.#limit = pLimit({ concurrency: operationsMax, rejectOnClear: true })
    this.#queuedMax = operationsQueuedMax
  }

  protected async around<T>(call: Call, run: () => Promise<T>): Promise<T> {
    if (this.#limit.pendingCount >= this.#queuedMax) {
      const says = `was turned away: ${this.#queuedMax} operations are waiting already`
      throw errorOf(call, says, { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'later' })
    }
    let hasBegun = false
    try {
      return await this.#limit(() => {
        hasBegun = true
        return run()
      })
    } catch (error) {
      if (hasBegun || !this.#isClosed) throw error
      throw errorOf(call, 'was waiting for its turn when the file system was closed', {
        code: 'CLOSED',
        outcome: 'not-applied',
        retry: 'never',
      })
    }
  }

  protected override async openUpload(call: Call, run: () => Promise<Upload>): Promise<Upload> {
    const upload = await this.around(call, run)
    return new LimitedUpload(upload, (step) => this.around(call, step))
  }

  protected async *stream<T>(call: Call, open: () => AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = open()[Symbol.asyncIterator]()
    try {
      let result = await this.around(call, () => iterator.next())
      while (result.done !== true) {
        yield result.value
        result = await iterator.next()
      }
    } finally {
      await iterator.return?.()
    }
  }

  override close(): Promise<void> {
    this.#isClosed = true
    this.#limit.clearQueue()
    return this.inner.close()
  }
}

class LimitedUpload implements Upload {
  readonly #inner: Upload
  readonly #inTurn: (step: () => Promise<number>) => Promise<number>

  constructor(inner: Upload, inTurn: (step: () => Promise<number>) => Promise<number>) {
    this.#inner = inner
    this.#inTurn = inTurn
  }

  get path(): string {
    return this.#inner.path
  }

  get sentBytes(): number {
    return this.#inner.sentBytes
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    return this.#inner.write(chunk)
  }

  makeDurable(): Promise<number> {
    return this.#inTurn(() => this.#inner.makeDurable())
  }

  end(): Promise<number> {
    return this.#inTurn(() => this.#inner.end())
  }

  abort(): Promise<void> {
    return this.#inner.abort()
  }
}
