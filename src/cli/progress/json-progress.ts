// Progress for programs: one JSON object a line on standard output. Their keys are part of the command's interface.
import type { Logger } from '../../engine/logger.js'
import { formatIdWithTopic } from '../../model/record-id.js'
import type {
  AwayState,
  PipelineCommit,
  PipelineEvents,
  PipelineResult,
  PipelineStatus,
} from '../../pipeline/pipeline-options.js'
import { toJson } from '../json.js'
import { narratingLogger } from './narrator.js'
import type { Progress, ProgressStreams } from './progress.js'

const INTERVAL_MS = 10_000

/** Each line has `event` and `timeMs` (milliseconds since 1970). Warnings go to standard error, in words. */
export class JsonProgress implements Progress {
  readonly events: PipelineEvents
  readonly logger: Logger
  readonly #streams: ProgressStreams
  readonly #nowMs: () => number
  #timer: NodeJS.Timeout | undefined

  constructor(streams: ProgressStreams, nowMs: () => number = Date.now) {
    this.#streams = streams
    this.#nowMs = nowMs
    this.logger = narratingLogger((sentence) => this.say(sentence))
    this.events = {
      opened: (event) => this.#tell('opened', event),
      commit: (commit) => this.#tell('commit', commitFields(commit)),
      badRecord: ({ id, ...event }) => this.#tell('badRecord', { id: formatIdWithTopic(id), ...id, ...event }),
      away: (state) => this.#tell('away', awayFields(state)),
      back: (event) => this.#tell('back', event),
      stopping: (event) => this.#tell('stopping', event),
    }
  }

  start(status: () => PipelineStatus): void {
    this.#timer = setInterval(() => this.#tell('progress', statusFields(status())), INTERVAL_MS)
    this.#timer.unref()
  }

  say(sentence: string): void {
    this.#streams.stderr.write(`${sentence}\n`)
  }

  end(result: PipelineResult | undefined): void {
    clearInterval(this.#timer)
    if (result === undefined) return
    const { outcome, status } = result
    this.#tell('ended', { outcome, ...statusFields(status) })
  }

  #tell(event: string, fields: object): void {
    this.#streams.stdout.write(`${toJson({ event, timeMs: this.#nowMs(), ...fields })}\n`)
  }
}

function commitFields({ offsets, records, bytes, durationMs, timeMs }: PipelineCommit): object {
  return { timeMs, durationMs, records, bytes, offsets }
}

function awayFields({ sinceMs, nextTryMs, tries, error }: AwayState): object {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return {
    sinceMs,
    nextTryMs,
    tries,
    error: { ...(code === undefined ? {} : { code }), message: error instanceof Error ? error.message : String(error) },
  }
}

function statusFields({ lastCommit, away, ...status }: PipelineStatus): object {
  return {
    ...status,
    ...(lastCommit === undefined ? {} : { lastCommit: commitFields(lastCommit) }),
    ...(away === undefined ? {} : { away: awayFields(away) }),
  }
}
