// A layer that asks again, where asking again is safe: nothing is ever done twice because of it.
import { setMaxListeners } from 'node:events'
import { type Clock, systemClock } from '../../model/clock.js'
import { type Random, systemRandom } from '../../model/random.js'
import type { ByteRange, FileStatus, FileSystem } from '../file-system.js'
import { FileSystemError, type Operation } from '../file-system-error.js'
import { nameOf } from '../path.js'
import { type Call, ForwardingFileSystem } from './forwarding.js'

/** Limits of {@link withRetry}. Whichever is reached first ends it. */
export interface RetryOptions {
  /** Tries in all, the first one included. Default 6. */
  readonly attemptsMax?: number
  /** From the first try to the beginning of the last. Default 60,000. */
  readonly totalMsMax?: number
  /** The first pause; each further one is twice as long. Default 100. */
  readonly delayMsInitial?: number
  /** The longest pause. Default 10,000. */
  readonly delayMsMax?: number
  readonly clock?: Clock
  /** Where the jitter comes from: each pause is cut to between a half and the whole of it. */
  readonly random?: Random
}

type RetrySettings = Required<RetryOptions>

/**
 * Tries again what failed with a `retry` other than `never`: whatever was `not-applied` (reads always are), and `mkdirs`, `delete` and `touch` of unknown outcome, which
 * the port calls repeatable. Never a create, append, truncate, concat or rename of unknown outcome, nor anything of an upload that was opened.
 *
 * `list` goes on after the last name that it yielded, `readStream` after the last byte; there every yield begins a new count of tries. That is right
 * for files that only grow, as the protocol's do under one name; a file that is replaced meanwhile would be read half old, half new.
 *
 * The error that ends it is the last one; if an earlier try's outcome was `unknown` it says `unknown`. A `delete` may answer `absent` because an earlier try of its own did it.
 */
export function withRetry(inner: FileSystem, options: RetryOptions = {}): FileSystem {
  return new RetryingFileSystem(inner, {
    attemptsMax: 6,
    totalMsMax: 60_000,
    delayMsInitial: 100,
    delayMsMax: 10_000,
    clock: systemClock,
    random: systemRandom,
    ...options,
  })
}

const repeatable: ReadonlySet<Operation> = new Set(['mkdirs', 'delete', 'touch'])

class RetryingFileSystem extends ForwardingFileSystem {
  readonly #settings: RetrySettings
  readonly #closing = new AbortController()

  constructor(inner: FileSystem, settings: RetrySettings) {
    super(inner)
    this.#settings = settings
    // One listener for each call that is pausing.
    setMaxListeners(0, this.#closing.signal)
  }

  protected async around<T>({ operation }: Call, run: () => Promise<T>): Promise<T> {
    const tries = this.#begin(operation)
    for (;;) {
      try {
        return await run()
      } catch (error) {
        await tries.pauseOrThrow(error)
      }
    }
  }

  protected stream<T>(_call: Call, open: () => AsyncIterable<T>): AsyncIterable<T> {
    return open()
  }

  override async *list(path: string, options: { readonly startAfter?: string } = {}): AsyncGenerator<FileStatus> {
    let from = options
    let tries = this.#begin('list')
    for (;;) {
      try {
        for await (const status of this.inner.list(path, from)) {
          from = { startAfter: nameOf(status.path) }
          tries = this.#begin('list')
          yield status
        }
        return
      } catch (error) {
        await tries.pauseOrThrow(error)
      }
    }
  }

  override async *readStream(path: string, range: ByteRange = {}): AsyncGenerator<Uint8Array> {
    let rest = range
    let tries = this.#begin('read')
    for (;;) {
      try {
        for await (const chunk of this.inner.readStream(path, rest)) {
          rest = { ...rest, start: (rest.start ?? 0) + chunk.byteLength }
          tries = this.#begin('read')
          yield chunk
        }
        return
      } catch (error) {
        if (rest.end !== undefined && rest !== range && rest.start === rest.end) return
        await tries.pauseOrThrow(error)
      }
    }
  }

  override close(): Promise<void> {
    this.#closing.abort()
    return this.inner.close()
  }

  #begin(operation: Operation): Tries {
    return new Tries(operation, this.#settings, this.#closing.signal)
  }
}

/** The tries of one call. */
class Tries {
  readonly #operation: Operation
  readonly #settings: RetrySettings
  readonly #signal: AbortSignal
  readonly #begunMs: number
  #failures = 0
  #mayHaveHappened = false

  constructor(operation: Operation, settings: RetrySettings, signal: AbortSignal) {
    this.#operation = operation
    this.#settings = settings
    this.#signal = signal
    this.#begunMs = settings.clock.nowMs()
  }

  /** Resolves when it is time for the next try; throws what the call ends with if there is to be none. */
  async pauseOrThrow(error: unknown): Promise<void> {
    const { attemptsMax, totalMsMax, clock } = this.#settings
    if (!(error instanceof FileSystemError)) throw error
    this.#failures += 1
    const mayHaveHappened = this.#mayHaveHappened || error.outcome === 'unknown'
    const pauseMs = this.#pauseMs(error)
    const isTooLate = clock.nowMs() - this.#begunMs + pauseMs > totalMsMax
    if (!this.#isSafe(error) || this.#failures >= attemptsMax || isTooLate || this.#signal.aborted) {
      throw this.#mayHaveHappened ? withUnknownOutcome(error) : error
    }
    this.#mayHaveHappened = mayHaveHappened
    if (pauseMs > 0) await clock.sleep(pauseMs, { signal: this.#signal })
  }

  #isSafe(error: FileSystemError): boolean {
    if (error.retry === 'never') return false
    return error.outcome === 'not-applied' || (error.outcome === 'unknown' && repeatable.has(this.#operation))
  }

  // `now` is answered at once, but only the first time: another server may be no better.
  #pauseMs({ retry }: FileSystemError): number {
    const { delayMsInitial, delayMsMax, random } = this.#settings
    if (retry === 'now' && this.#failures === 1) return 0
    const fullMs = Math.min(delayMsMax, delayMsInitial * 2 ** (this.#failures - 1))
    return fullMs * (0.5 + random.fraction() / 2)
  }
}

// What an earlier try may have done counts, although the last one surely did nothing.
function withUnknownOutcome(error: FileSystemError): FileSystemError {
  if (error.outcome !== 'not-applied') return error
  const { code, retry, operation, path } = error
  return new FileSystemError(`${error.message} (an earlier try may have happened)`, {
    code,
    outcome: 'unknown',
    retry,
    operation,
    path,
    cause: error,
  })
}
