// The one error that every source throws.

/**
 * What went wrong. Codes are stable; messages are for people and may change.
 *
 * - `UNREADABLE` the input is not there, may not be read, or broke off
 * - `CHANGED` the input is not the one that was read before: shorter than what is committed, or other lines at the same place
 * - `OFFSETS_LOST` offsets that were not read yet are gone from the source
 * - `UNSUPPORTED` this version of Node, or the source, cannot read it
 * - `UNAVAILABLE` no server could be reached
 */
export type SourceErrorCode = 'UNREADABLE' | 'CHANGED' | 'OFFSETS_LOST' | 'UNSUPPORTED' | 'UNAVAILABLE'

/** An operating error of a source. `message` says what, where and what to do. */
export class SourceError extends Error {
  override readonly name: string = 'SourceError'
  readonly code: SourceErrorCode
  /** Whether opening the source again, after a pause, may help. */
  readonly retry: 'never' | 'later'

  constructor(
    code: SourceErrorCode,
    message: string,
    details: { readonly retry?: 'never' | 'later'; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retry = details.retry ?? 'never'
  }
}

/** True for a {@link SourceError} with one of the codes (any code when none is given). */
export function isSourceError(error: unknown, ...codes: SourceErrorCode[]): error is SourceError {
  return error instanceof SourceError && (codes.length === 0 || codes.includes(error.code))
}
