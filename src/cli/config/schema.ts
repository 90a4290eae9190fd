// The configuration of `run`: one shape, written in YAML or as flags, with the names of the library's options.
import { z } from 'zod'
import type { MultiOutputOptions } from '../../options.js'
import { type FormatConfig, formatSchema } from './format-schema.js'
import { type KafkaConfig, kafkaSchema } from './kafka-schema.js'
import { eventTimeSchema, type PartitionConfig, partitionerSchema } from './partitioner-schema.js'
import { shapeMessage } from './shape-message.js'

const count = z.number().int().min(1)
const ms = z.number().min(0)
const positive = z.number().positive()
const strings = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: ({ input }) => (input === undefined ? undefined : 'must be a text, or a list of texts'),
})

const source = z
  .strictObject({
    lines: z.strictObject({ files: z.array(z.string().min(1)).min(1) }).optional(),
    stdin: z
      .strictObject({})
      .nullable()
      .transform(() => ({}))
      .optional(),
    kafka: kafkaSchema.optional(),
    decode: z.enum(['json', 'none']).default('json'),
  })
  .refine(
    ({ lines, stdin, kafka }) => [lines, stdin, kafka].filter((one) => one !== undefined).length === 1,
    'name one source: lines, stdin or kafka',
  )

const sink = z.strictObject({
  location: strings,
  user: z.string().min(1).optional(),
  doas: z.string().min(1).optional(),
  delegationToken: z.string().min(1).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  job: z.string().min(1),
  task: z.number().int().min(0).optional(),
  taskCount: count.optional(),
  mode: z.enum(['append', 'new-file', 'concat']).optional(),
  visibility: z.enum(['live', 'sealed']).optional(),
  partitioner: partitionerSchema.optional(),
  eventTime: eventTimeSchema.optional(),
  format: formatSchema,
  compression: z.enum(['none', 'gzip', 'zstd']).optional(),
  roll: z
    .strictObject({
      fileSizeBytesMax: positive.optional(),
      fileAgeMsMax: positive.optional(),
      recordsMax: count.optional(),
      idleMsMax: positive.optional(),
      blocksMax: count.optional(),
    })
    .optional(),
  bufferedBytesMax: count.optional(),
  streamThresholdBytes: count.optional(),
  openUploadsMax: count.optional(),
  uploadIdleMsMax: count.optional(),
  operationsMax: count.optional(),
  openFilesMax: count.optional(),
  takeover: z.enum(['always', 'ifReleased']).optional(),
  takeoverWaitMs: ms.optional(),
  truncateWaitMs: ms.optional(),
  retryForMs: ms.optional(),
  permission: z.string().optional(),
  replication: count.optional(),
  blockSizeBytes: count.optional(),
})

/** The whole configuration. */
const schema = z.strictObject({
  source,
  sink,
  commit: z
    .strictObject({ intervalMs: positive.optional(), recordsMax: count.optional(), bytesMax: count.optional() })
    .optional(),
  badRecords: z
    .strictObject({ deadLetterDirectory: z.string().min(1).optional(), deadLetterTopic: z.string().min(1).optional() })
    .refine((one) => Object.keys(one).length === 1, 'name one: deadLetterDirectory or deadLetterTopic')
    .optional(),
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

/** What {@link checkShape} complains about. */
export interface ShapeIssue {
  readonly path: readonly string[]
  readonly message: string
  /** Set where keys are unknown; `known` are those that may stand beside them. */
  readonly unknown?: { readonly keys: readonly string[]; readonly known: readonly string[] }
}

/** Checks a configuration's shape. */
export function checkShape(
  value: unknown,
): { readonly config: RunConfig } | { readonly issues: readonly ShapeIssue[] } {
  const result = schema.safeParse(value, { error: shapeMessage })
  if (result.success) return { config: result.data as RunConfig }
  return {
    issues: result.error.issues.map((issue) => {
      const path = issue.path.map(String)
      if (issue.code !== 'unrecognized_keys') return { path, message: issue.message }
      return { path, message: issue.message, unknown: { keys: issue.keys, known: keysAt(path) } }
    }),
  }
}

/** The keys that may stand at a place: read off the schema, so that no list of them can go stale. */
export function keysAt(path: readonly string[]): readonly string[] {
  let at: unknown = schema
  for (const name of path) {
    at = unwrap(at)
    at = at instanceof z.ZodArray ? at.element : (at as z.ZodObject).shape?.[name]
  }
  const object = unwrap(at)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

function unwrap(type: unknown): unknown {
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable || type instanceof z.ZodDefault) {
    return unwrap(type.unwrap())
  }
  if (type instanceof z.ZodPipe) return unwrap(type.in)
  return type
}
