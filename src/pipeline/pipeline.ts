// Source → sink: the loop that moves records, commits, and goes on by itself when something was away.
import type { PipelineOptions, PipelineResult, PipelineStatus } from './pipeline-options.js'

/**
 * Moves records from a source to a sink, each exactly once, until the source ends, it is stopped, or something fails for good.
 *
 * @example
 * ```ts
 * const pipeline = new Pipeline({ source: linesFromFiles(['a.jsonl']), sink: multiOutputSink({ … }) })
 * process.once('SIGTERM', () => pipeline.stop())
 * const { outcome } = await pipeline.run()
 * ```
 */
export class Pipeline {
  constructor(options: PipelineOptions) {
    void options
  }

  /**
   * Runs it; once. Rejects with what ended it: a MultiOutputError (`FENCED`, `DATA_LOST`, `JOB_MISMATCH`, `BAD_RECORD` where the sink keeps none, …), a
   * SourceError, or a PipelineError with `GAVE_UP`. Nothing committed is ever lost by it, and what was not committed is read again by the next run.
   */
  run(): Promise<PipelineResult> {
    throw new TypeError('comes with the next commit')
  }

  /** Commits what was read, releases the sink, and lets `run` resolve; within `stopMsMax`, else as {@link stopNow}. Repeatable, does not wait. */
  stop(): void {}

  /** Lets `run` resolve at once. What was not committed will be read again; the next open takes the sink over. */
  stopNow(): void {}

  /** Where it is now. Cheap enough to be asked once a second. */
  status(): PipelineStatus {
    throw new TypeError('comes with the next commit')
  }
}
