// The options of a pipeline: their defaults, and what is refused.
import * as v from 'valibot'
import { type Logger, silentLogger } from '../engine/logger.js'
import { type Clock, systemClock } from '../model/clock.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { type Random, systemRandom } from '../model/random.js'
import { checkShape, count, firstComplaint, mapping, notNegative, positive } from '../model/shape.js'
import type { Sink } from '../sink/sink.js'
import type { Decoding } from '../source/decode.js'
import type { Source, SourceRecord } from '../source/source.js'
import type { AwayPolicy, PipelineEvents, PipelineOptions } from './pipeline-options.js'

/** Options with their defaults. */
export interface CheckedPipelineOptions {
  readonly source: Source
  readonly sink: Sink<SourceRecord>
  readonly decode: Decoding
  readonly commit: { readonly intervalMs: number; readonly recordsMax: number; readonly bytesMax: number }
  readonly untilEnd: boolean
  readonly away: Required<AwayPolicy>
  readonly stopMsMax: number
  readonly events: PipelineEvents
  readonly logger: Logger
  readonly clock: Clock
  readonly random: Random
}

const object = v.custom<object>((value) => typeof value === 'object' && value !== null, 'must be an object')
const opens = v.custom<object>(
  (value) => typeof (value as { open?: unknown } | null | undefined)?.open === 'function',
  'must have a method open',
)

const schema = mapping({
  source: opens,
  sink: opens,
  decode: v.optional(v.picklist(['json', 'none']), 'json'),
  commit: v.optional(
    mapping({
      intervalMs: v.optional(positive, 10_000),
      recordsMax: v.optional(count),
      bytesMax: v.optional(count),
    }),
    {},
  ),
  untilEnd: v.optional(v.boolean(), false),
  away: v.optional(
    mapping({
      pauseMsInitial: v.optional(positive, 500),
      pauseMsMax: v.optional(positive, 15_000),
      giveUpAfterMs: v.optional(
        v.union([notNegative, v.literal(Number.POSITIVE_INFINITY)], 'must be at least 0, or Infinity'),
        3_600_000,
      ),
    }),
    {},
  ),
  stopMsMax: v.optional(positive, 30_000),
  events: v.optional(object),
  logger: v.optional(object),
  clock: v.optional(object),
  random: v.optional(object),
})

/** Checks options and fills in the defaults. Throws `WRONG_OPTIONS` that names the first wrong one. */
export function checkPipelineOptions(options: PipelineOptions): CheckedPipelineOptions {
  const result = checkShape(schema, options)
  if (result.complaints) {
    throw new MultiOutputError('WRONG_OPTIONS', `Pipeline: ${firstComplaint(result.complaints, 'options')}`)
  }
  const { decode, commit, untilEnd, away, stopMsMax } = result.value
  return {
    source: options.source,
    sink: options.sink,
    decode,
    commit: {
      intervalMs: commit.intervalMs,
      recordsMax: commit.recordsMax ?? Number.POSITIVE_INFINITY,
      bytesMax: commit.bytesMax ?? Number.POSITIVE_INFINITY,
    },
    untilEnd,
    away,
    stopMsMax,
    events: options.events ?? {},
    logger: options.logger ?? silentLogger,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  }
}
