// Makes the parts of a pipeline from a checked configuration.
import type { Logger } from '../../engine/logger.js'
import type { OpenFileSystemOptions } from '../../file-system/open.js'
import type { Format } from '../../format/format.js'
import { jsonLines } from '../../format/json-lines.js'
import { text } from '../../format/text.js'
import { sourceFields } from '../../model/source-fields.js'
import { byFields } from '../../partitioner/by-fields.js'
import { combine } from '../../partitioner/combine.js'
import type { Partitioner } from '../../partitioner/partitioner.js'
import type { PipelineOptions } from '../../pipeline/pipeline-options.js'
import { multiOutputSink } from '../../sink/multi-output-sink.js'
import type { Sink } from '../../sink/sink.js'
import { linesFromFiles, linesFromStream } from '../../source/lines.js'
import type { Source, SourceRecord } from '../../source/source.js'
import { delegationTokenFor } from '../delegation-token.js'
import { UsageError } from '../exit-code.js'
import type { FormatConfig, PartitionConfig, RunConfig, SinkConfig } from './schema.js'

/** What a configuration does not say. */
export interface BuildContext {
  /** Asked only where it is the source: asking opens it. */
  readonly stdin: () => AsyncIterable<Uint8Array | string>
  readonly logger: Logger
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The options of a pipeline that a configuration decides. */
export type BuiltPipeline = Pick<PipelineOptions, 'source' | 'sink' | 'decode' | 'commit'>

/** Builds them. Throws a UsageError, or `WRONG_OPTIONS`; nothing is opened. */
export function buildPipeline(config: RunConfig, context: BuildContext): BuiltPipeline {
  // First: standard input is opened by the source, and only when nothing is left to be complained about.
  const sink = buildSink(config, context)
  return {
    source: buildSource(config, context),
    sink,
    decode: config.source.decode,
    commit: definedOnly(config.commit),
  }
}

function buildSource({ source, sink }: RunConfig, { stdin }: BuildContext): Source {
  if (source.kafka !== undefined) {
    throw new UsageError('source.kafka: reading from Kafka comes in a later release; use source.lines or source.stdin')
  }
  // Before the job is made at the location: it could not be given back its one task.
  if ((sink.taskCount ?? 1) !== 1) {
    throw new UsageError(
      `sink.taskCount: ${sink.taskCount} tasks cannot share one list of lines; give each share a job and a location of its own`,
    )
  }
  return source.lines === undefined ? linesFromStream(stdin()) : linesFromFiles(source.lines.files)
}

function buildSink({ source, sink, badRecords }: RunConfig, context: BuildContext): Sink<SourceRecord> {
  refuseUndecoded(source.decode, sink)
  const { user, doas, delegationToken: _given, headers, partitioner, format, compression: _, ...options } = sink
  const delegationToken = delegationTokenFor(sink.location, sink, context.environment)
  const connection: OpenFileSystemOptions = definedOnly({ user, doas, delegationToken, headers })
  return multiOutputSink<SourceRecord>({
    ...options,
    ...(Object.keys(connection).length === 0 ? {} : { connection }),
    ...(partitioner === undefined ? {} : { partitioner: buildPartitioner(partitioner) }),
    format: buildFormat(format),
    logger: context.logger,
    ...(badRecords === undefined ? {} : { deadLetters: { directory: badRecords.deadLetterDirectory } }),
  })
}

/** Without decoding every record would be a bad one. */
function refuseUndecoded(decode: 'json' | 'none', { partitioner = [], format }: SinkConfig): void {
  if (decode === 'json') return
  const field = partitioner.find((one) => !one.field.startsWith('$'))?.field
  if (field !== undefined) {
    throw new UsageError(`sink.partitioner: field ${field} is found in no value, because source.decode is none`)
  }
  if (format.jsonLines !== undefined) {
    throw new UsageError('sink.format.jsonLines: nothing was parsed to be written, because source.decode is none')
  }
}

function buildFormat(format: FormatConfig): Format<SourceRecord> {
  if (format.text !== undefined) {
    // A tombstone has no bytes: the format refuses what is no string or bytes, in its own words.
    return text<SourceRecord>({ ...format.text, value: ({ value }) => value as Uint8Array })
  }
  return jsonLines<SourceRecord>({ ...format.jsonLines, value: ({ parsed }) => parsed })
}

function buildPartitioner(fields: readonly PartitionConfig[]): Partitioner<SourceRecord> {
  const written = fields.map(({ field, name }) => name ?? field.replace(/^\$/, ''))
  const twice = written.find((name, index) => written.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new UsageError(`sink.partitioner: two fields are called ${twice}; tell them apart by name`)
  }
  const partitioners = fields.map(({ field, name, missing }) =>
    byFields<SourceRecord>([field], {
      lookup: sourceFields,
      ...(name === undefined ? {} : { names: { [field]: name } }),
      ...(missing === undefined ? {} : { missing }),
    }),
  )
  return partitioners.length === 1 ? partitioners[0]! : combine(...partitioners)
}

/** Options are left out below rather than undefined. */
function definedOnly<T extends object>(options: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as never
}
