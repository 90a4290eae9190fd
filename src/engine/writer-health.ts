// Whether a writer may be used: not after a failure, until abort(); and never again once it was fenced.
import { isMultiOutputError, MultiOutputError } from '../model/multi-output-error.js'

/** Remembers the first failure since the last abort, and being fenced. */
export class WriterHealth {
  #failure: unknown
  #fenced: MultiOutputError | undefined

  /** Fenced: for good. */
  get fenced(): MultiOutputError | undefined {
    return this.#fenced
  }

  /** What the attempt failed with, if it did. */
  get failure(): unknown {
    return this.#failure
  }

  /** True when nothing is wrong. */
  get isSound(): boolean {
    return this.#fenced === undefined && this.#failure === undefined
  }

  /** Takes note of a failure, and answers it as callers are told. */
  fail(error: unknown): MultiOutputError {
    if (isMultiOutputError(error, 'FENCED')) this.#fenced ??= error
    else this.#failure ??= error
    return error instanceof MultiOutputError ? error : commitFailed(error)
  }

  /** abort() has put everything in order. */
  recover(): void {
    this.#failure = undefined
  }

  /** Throws `FENCED` or `ABORTED` unless the writer is sound. */
  require(): void {
    if (this.#fenced !== undefined) throw this.#fenced
    if (this.#failure === undefined) return
    const cause = this.#failure
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new MultiOutputError('ABORTED', `the attempt failed: ${why} Call abort(), then replay from committed.`, {
      cause,
    })
  }
}

function commitFailed(cause: unknown): MultiOutputError {
  const message = (cause instanceof Error ? cause.message : String(cause)).replace(/\.+$/, '')
  return new MultiOutputError(
    'COMMIT_FAILED',
    `the attempt could not be carried out: ${message}. Call abort(), which finds out whether it was decided, then replay from committed.`,
    { cause },
  )
}
