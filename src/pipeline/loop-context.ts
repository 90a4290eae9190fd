// What the loop of one attempt after the other, and its commits, work with.
import type { SinkSession } from '../sink/sink.js'
import type { Decode } from '../source/decode.js'
import type { SourceReader, SourceRecord } from '../source/source.js'
import type { CheckedPipelineOptions } from './check-options.js'
import type { PipelineCommit } from './pipeline-options.js'
import type { StopRequest } from './stop-request.js'
import type { Tally } from './tally.js'

/** A claimed sink, an opened source, and whom to tell. */
export interface LoopContext {
  readonly options: CheckedPipelineOptions
  readonly session: SinkSession<SourceRecord>
  readonly reader: SourceReader
  readonly decode: Decode
  readonly request: StopRequest
  readonly tally: Tally
  readonly onCommit: (commit: PipelineCommit) => void
  /** Called when it stops reading and commits for the last time. */
  readonly onStopping: (reason: 'asked' | 'source-ended') => void
}
