// The configuration of `run`: one shape, written in YAML or as flags, with the names of the library's options.
import * as v from 'valibot'
import {
  type Checked,
  checkShape,
  count,
  keysAt,
  listOf,
  mapping,
  notNegative,
  positive,
  text,
  wholeNotNegative,
} from '../../model/shape.js'
import type { MultiOutputOptions } from '../../options.js'
import { type FormatConfig, formatSchema } from './format-schema.js'
import { type KafkaConfig, kafkaSchema } from './kafka-schema.js'
import { orNothing } from './or-nothing.js'
import { eventTimeSchema, type PartitionConfig, partitionerSchema } from './partitioner-schema.js'

const strings = v.union([text, listOf(text)], 'must be a text, or a list of texts')

const source = v.pipe(
  mapping({
    lines: v.optional(mapping({ files: listOf(text) })),
    stdin: v.optional(orNothing({})),
    kafka: v.optional(kafkaSchema),
    decode: v.optional(v.picklist(['json', 'none']), 'json'),
  }),
  v.check(
    ({ lines, stdin, kafka }) => [lines, stdin, kafka].filter((one) => one !== undefined).length === 1,
    'name one source: lines, stdin or kafka',
  ),
)

const sink = mapping({
  location: strings,
  user: v.optional(text),
  doas: v.optional(text),
  delegationToken: v.optional(text),
  headers: v.optional(v.record(v.string(), v.string())),
  job: text,
  task: v.optional(wholeNotNegative),
  taskCount: v.optional(count),
  mode: v.optional(v.picklist(['append', 'new-file', 'concat'])),
  visibility: v.optional(v.picklist(['live', 'sealed'])),
  fileName: v.optional(v.string()),
  partitioner: v.optional(partitionerSchema),
  eventTime: v.optional(eventTimeSchema),
  format: formatSchema,
  compression: v.optional(v.picklist(['none', 'gzip', 'zstd'])),
  roll: v.optional(
    mapping({
      fileSizeBytesMax: v.optional(positive),
      fileAgeMsMax: v.optional(positive),
      recordsMax: v.optional(count),
      idleMsMax: v.optional(positive),
      blocksMax: v.optional(count),
    }),
  ),
  bufferedBytesMax: v.optional(count),
  streamThresholdBytes: v.optional(count),
  openUploadsMax: v.optional(count),
  uploadIdleMsMax: v.optional(count),
  operationsMax: v.optional(count),
  openFilesMax: v.optional(count),
  takeover: v.optional(v.picklist(['always', 'ifReleased'])),
  takeoverWaitMs: v.optional(notNegative),
  truncateWaitMs: v.optional(notNegative),
  retryForMs: v.optional(notNegative),
  permission: v.optional(v.string()),
  replication: v.optional(count),
  blockSizeBytes: v.optional(count),
})

/** The whole configuration. */
const schema = mapping({
  source,
  sink,
  commit: v.optional(
    mapping({ intervalMs: v.optional(positive), recordsMax: v.optional(count), bytesMax: v.optional(count) }),
  ),
  badRecords: v.optional(
    v.pipe(
      mapping({ deadLetterDirectory: v.optional(text), deadLetterTopic: v.optional(text) }),
      v.check((one) => Object.keys(one).length === 1, 'name one: deadLetterDirectory or deadLetterTopic'),
    ),
  ),
})

/** Where records come from. */
export interface SourceConfig {
  readonly lines?: { readonly files: readonly string[] } | undefined
  readonly stdin?: object | undefined
  readonly kafka?: KafkaConfig | undefined
  readonly decode: 'json' | 'none'
}

/** What YAML says in another form than `MultiOutput.open` takes it. */
type SaidDifferently =
  | 'location'
  | 'connection'
  | 'fileSystem'
  | 'partitioner'
  | 'format'
  | 'streams'
  | 'hooks'
  | 'logger'

/** Where they go: the options of `MultiOutput.open` as YAML can say them. */
export interface SinkConfig extends Omit<MultiOutputOptions<never>, SaidDifferently> {
  readonly location: string | readonly string[]
  readonly user?: string
  readonly doas?: string
  readonly delegationToken?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly partitioner?: readonly PartitionConfig[]
  readonly format: FormatConfig
}

/** A checked configuration. */
export interface RunConfig {
  readonly source: SourceConfig
  readonly sink: SinkConfig
  readonly commit?:
    | {
        readonly intervalMs?: number | undefined
        readonly recordsMax?: number | undefined
        readonly bytesMax?: number | undefined
      }
    | undefined
  readonly badRecords?:
    | { readonly deadLetterDirectory?: string | undefined; readonly deadLetterTopic?: string | undefined }
    | undefined
}

/** Checks a configuration's shape. */
export function checkConfigShape(value: unknown): Checked<RunConfig> {
  return checkShape(schema as unknown as v.GenericSchema<unknown, RunConfig>, value)
}

/** The keys that may stand at a place. */
export function configKeysAt(path: readonly string[]): readonly string[] {
  return keysAt(schema, path)
}
