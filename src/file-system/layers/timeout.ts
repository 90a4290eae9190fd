// A layer that waits no longer than it was told to. It stops waiting, not the operation: what was sent may still happen.
import { type Clock, systemClock } from '../../model/clock.js'
import type { FileSystem, Upload } from '../file-system.js'
import type { FileSystemError } from '../file-system-error.js'
import { type Call, errorOf, ForwardingFileSystem, isRead } from './forwarding.js'

/** Limits of {@link withTimeout}. */
export interface TimeoutOptions {
  /** For an answer: a call, the first of a stream, the end of an upload, `close`. Default 120,000. */
  readonly operationMsMax?: number
  /** Added for each mebibyte handed over with `create` and `append`. Default 1,000, which is 1 MiB/s. */
  readonly transferMsPerMebibyte?: number
  /** For the next chunk or entry of a stream, and for a `write` under back-pressure. Default 60,000. */
  readonly progressMsMax?: number
  readonly clock?: Clock
}

type TimeoutSettings = Required<TimeoutOptions>

/**
 * Rejects with `TIMEOUT` what takes longer than its limit: `not-applied` for reads, `unknown` for everything else, which **may still happen**. An upload that
 * times out is given up. An upload or stream that begins too late is ended in the background. `truncate` gets its `waitMs` in addition.
 */
export function withTimeout(inner: FileSystem, options: TimeoutOptions = {}): FileSystem {
  return new TimedFileSystem(inner, {
    operationMsMax: 120_000,
    transferMsPerMebibyte: 1_000,
    progressMsMax: 60_000,
    clock: systemClock,
    ...options,
  })
}

const MEBIBYTE_BYTES = 2 ** 20

class TimedFileSystem extends ForwardingFileSystem {
  readonly #settings: TimeoutSettings

  constructor(inner: FileSystem, settings: TimeoutSettings) {
    super(inner)
    this.#settings = settings
  }

  protected around<T>(call: Call, run: () => Promise<T>): Promise<T> {
    const { operationMsMax, transferMsPerMebibyte, clock } = this.#settings
    const transferMs = ((call.bytes ?? 0) / MEBIBYTE_BYTES) * transferMsPerMebibyte
    return within({ call, clock, limitMs: operationMsMax + transferMs + (call.waitMs ?? 0) }, run)
  }

  protected override async openUpload(call: Call, run: () => Promise<Upload>): Promise<Upload> {
    const { operationMsMax: limitMs, clock } = this.#settings
    const upload = await within({ call, clock, limitMs, onLate: (late: Upload) => late.abort() }, run)
    return new TimedUpload(upload, call, this.#settings)
  }

  protected async *stream<T>(call: Call, open: () => AsyncIterable<T>): AsyncGenerator<T> {
    const { operationMsMax, progressMsMax, clock } = this.#settings
    const iterator = open()[Symbol.asyncIterator]()
    let limitMs = operationMsMax
    let isAnswered = false
    try {
      for (;;) {
        isAnswered = false
        const result = await within({ call, clock, limitMs }, () => iterator.next())
        isAnswered = true
        if (result.done === true) return
        yield result.value
        limitMs = progressMsMax
      }
    } finally {
      const ending = endOf(iterator)
      // After a time-out it would wait for the very answer that did not come.
      if (isAnswered) await within({ call, clock, limitMs: progressMsMax }, () => ending)
    }
  }

  override close(): Promise<void> {
    return this.around({ operation: 'close', path: '' }, () => this.inner.close())
  }
}

async function endOf(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.()
  } catch {
    // Nobody wants more of it, so it does not matter why there is no more.
  }
}

class TimedUpload implements Upload {
  readonly #inner: Upload
  readonly #call: Call
  readonly #settings: TimeoutSettings
  #failure: FileSystemError | undefined

  constructor(inner: Upload, call: Call, settings: TimeoutSettings) {
    this.#inner = inner
    this.#call = call
    this.#settings = settings
  }

  get path(): string {
    return this.#inner.path
  }

  get sentBytes(): number {
    return this.#inner.sentBytes
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const wait = this.#inner.write(chunk)
    return wait === undefined ? undefined : this.#within(this.#settings.progressMsMax, () => wait)
  }

  makeDurable(): Promise<number> {
    return this.#within(this.#settings.operationMsMax, () => this.#inner.makeDurable())
  }

  end(): Promise<number> {
    return this.#within(this.#settings.operationMsMax, () => this.#inner.end())
  }

  async abort(): Promise<void> {
    const { operationMsMax: limitMs, clock } = this.#settings
    await within({ call: this.#call, clock, limitMs }, () => this.#inner.abort()).catch(() => {
      // Never rejects, says the port: the upload is given up, whether the other side has noticed or not.
    })
  }

  async #within<T>(limitMs: number, run: () => Promise<T>): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure
    const onExpiry = (error: FileSystemError): void => {
      this.#failure = error
      void this.#inner.abort()
    }
    return await within({ call: this.#call, clock: this.#settings.clock, limitMs, onExpiry }, run)
  }
}

/** A call and how long it may take. */
interface Limit<T> {
  readonly call: Call
  readonly clock: Clock
  readonly limitMs: number
  readonly onExpiry?: (error: FileSystemError) => void
  /** Given what comes after all, so that it does not stay open. */
  readonly onLate?: (value: T) => Promise<void>
}

async function within<T>({ call, clock, limitMs, onExpiry, onLate }: Limit<T>, run: () => Promise<T>): Promise<T> {
  const settled = new AbortController()
  const running = run()
  try {
    const answer = await Promise.race([
      running.then((value) => ({ value })),
      clock.sleep(limitMs, { signal: settled.signal }).then(() => undefined),
    ])
    if (answer !== undefined) return answer.value
  } finally {
    settled.abort()
  }
  const error = errorOf(call, `got no answer within ${Math.round(limitMs)} ms`, {
    code: 'TIMEOUT',
    outcome: isRead(call.operation) ? 'not-applied' : 'unknown',
    retry: isRead(call.operation) ? 'now' : 'later',
  })
  onExpiry?.(error)
  void running.then(onLate, () => {
    // The caller has been told that the outcome is unknown; this is one of the ways in which it may become known.
  })
  throw error
}
