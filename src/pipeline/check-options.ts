// The options of a pipeline: their defaults, and what is refused.
import { z } from 'zod'
import { type Logger, silentLogger } from '../engine/logger.js'
import { type Clock, systemClock } from '../model/clock.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { type Random, systemRandom } from '../model/random.js'
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

const object = z.custom<object>((value) => typeof value === 'object' && value !== null, 'must be an object')
const opens = z.custom<object>(
  (value) => typeof (value as { open?: unknown } | null | undefined)?.open === 'function',
  'must have a method open',
)
const count = z.number().int().min(1)
const positive = z.number().positive()

const schema = z.strictObject({
  source: opens,
  sink: opens,
  decode: z.enum(['json', 'none']).default('json'),
  commit: z
    .strictObject({
      intervalMs: positive.default(10_000),
      recordsMax: count.default(Number.POSITIVE_INFINITY),
      bytesMax: count.default(Number.POSITIVE_INFINITY),
    })
    .prefault({}),
  untilEnd: z.boolean().default(false),
  away: z
    .strictObject({
      pauseMsInitial: positive.default(500),
      pauseMsMax: positive.default(15_000),
      giveUpAfterMs: z.number().min(0).or(z.literal(Number.POSITIVE_INFINITY)).default(3_600_000),
    })
    .prefault({}),
  stopMsMax: positive.default(30_000),
  events: object.optional(),
  logger: object.optional(),
  clock: object.optional(),
  random: object.optional(),
})

/** Checks options and fills in the defaults. Throws `WRONG_OPTIONS` that names the first wrong one. */
export function checkPipelineOptions(options: PipelineOptions): CheckedPipelineOptions {
  const result = schema.safeParse(options)
  if (!result.success) {
    const issue = result.error.issues[0]!
    throw new MultiOutputError('WRONG_OPTIONS', `Pipeline: ${issue.path.join('.') || 'options'}: ${issue.message}`)
  }
  const { decode, commit, untilEnd, away, stopMsMax } = result.data
  return {
    source: options.source,
    sink: options.sink,
    decode,
    commit,
    untilEnd,
    away,
    stopMsMax,
    events: options.events ?? {},
    logger: options.logger ?? silentLogger,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  }
}
