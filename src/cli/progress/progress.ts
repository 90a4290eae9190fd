// What shows how a run is going: on a terminal, in a log, or for a program.
import type { Logger } from '../../engine/logger.js'
import type { PipelineEvents, PipelineResult, PipelineStatus } from '../../pipeline/pipeline-options.js'

/** A way of showing progress. */
export interface Progress {
  /** For the pipeline. */
  readonly events: PipelineEvents
  /** What the parts below have to say: warnings and errors only. */
  readonly logger: Logger
  /** Begins to show, at its own pace. */
  start(status: () => PipelineStatus): void
  /** A sentence for whoever started the run. */
  say(sentence: string): void
  /** Shows how it ended; the last thing shown. `undefined`: it failed, and that is told elsewhere. */
  end(result: PipelineResult | undefined): void
}

/** Where to write. */
export interface ProgressStreams {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
}
