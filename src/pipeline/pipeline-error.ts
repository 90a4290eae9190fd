// The errors that are the pipeline's own; those of the source and the sink come through as they are.

/**
 * - `GAVE_UP` the storage or the source was away for longer than `giveUpAfterMs`; `cause` is the last failure. Nothing is lost: run it again.
 */
export type PipelineErrorCode = 'GAVE_UP'

/** An operating error of a pipeline. */
export class PipelineError extends Error {
  override readonly name: string = 'PipelineError'
  readonly code: PipelineErrorCode

  constructor(code: PipelineErrorCode, message: string, details: { readonly cause: unknown }) {
    super(message, { cause: details.cause })
    this.code = code
  }
}
