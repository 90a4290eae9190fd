// Makes the parts of a pipeline from a checked configuration.
import type { Logger } from '../../engine/logger.js'
import type { FileSystem } from '../../file-system/file-system.js'
import { type Observation, withObserver } from '../../file-system/layers/observe.js'
import type { OpenFileSystemOptions } from '../../file-system/open.js'
import type { Format } from '../../format/format.js'
import { sourceFields } from '../../model/source-fields.js'
import { byFields } from '../../partitioner/by-fields.js'
import { combine } from '../../partitioner/combine.js'
import type { Partitioner } from '../../partitioner/partitioner.js'
import { GroupPipeline } from '../../pipeline/group-pipeline.js'
import { Pipeline } from '../../pipeline/pipeline.js'
import type { PipelineOptions } from '../../pipeline/pipeline-options.js'
import { multiOutputSink } from '../../sink/multi-output-sink.js'
import type { Sink } from '../../sink/sink.js'
import { linesFromFiles, linesFromStream } from '../../source/lines.js'
import type { Source, SourceRecord } from '../../source/source.js'
import { bufferedBytesMaxOf } from '../buffered-bytes.js'
import { delegationTokenFor } from '../delegation-token.js'
import { UsageError } from '../exit-code.js'
import { buildFormat } from './build-format.js'
import type { KafkaConfig } from './kafka-schema.js'
import type { PartitionConfig, RunConfig, SinkConfig } from './schema.js'

/** What a configuration does not say. */
export interface BuildContext {
  /** Asked only where it is the source: asking opens it. */
  readonly stdin: () => AsyncIterable<Uint8Array | string>
  readonly logger: Logger
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Told of everything that is done with the file system. */
  readonly onObservation?: (observation: Observation) => void
}

/** What a configuration does not decide. */
export type RunOptions = Pick<PipelineOptions, 'untilEnd' | 'events' | 'logger'>

/** A pipeline of one task, or of those that a group gives. */
export type Runnable = Pick<Pipeline, 'run' | 'stop' | 'stopNow' | 'status'>

/** Builds the pipeline. Rejects with a UsageError, or `WRONG_OPTIONS`; nothing is opened. */
export async function buildPipeline(
  config: RunConfig,
  context: BuildContext,
  more: RunOptions = {},
): Promise<Runnable> {
  const options = { ...more, decode: config.source.decode, commit: definedOnly(config.commit) }
  if (config.source.kafka !== undefined) return buildGroupPipeline(config.source.kafka, config, context, options)
  if (config.badRecords?.deadLetterTopic !== undefined) {
    throw new UsageError('badRecords.deadLetterTopic: it goes with source.kafka, whose brokers it uses')
  }
  // First: standard input is opened by the source, and only when nothing is left to be complained about.
  const sink = buildSink(config, context, await buildFormat(config.sink.format, config.source.decode))
  return new Pipeline({ ...options, source: buildSource(config, context), sink })
}

async function buildGroupPipeline(
  kafka: KafkaConfig,
  config: RunConfig,
  context: BuildContext,
  options: RunOptions & Pick<PipelineOptions, 'decode' | 'commit'>,
): Promise<GroupPipeline> {
  // Loaded when it is asked for: kafkajs is a fifth of the time until a run over files says something.
  const { buildKafkaGroup, withDeadLetters } = await import('./build-kafka.js')
  const { taskCount = 1 } = config.sink
  const format = await buildFormat(config.sink.format, config.source.decode)
  // A process may be given all tasks, and what is configured is its memory.
  const share = Math.max(1, Math.floor(bufferedBytesMaxOf(config.sink) / taskCount))
  return new GroupPipeline({
    ...options,
    group: buildKafkaGroup(kafka, config.sink),
    taskCount,
    sink: (task, { takeover }) => {
      const own = { ...config.sink, task, bufferedBytesMax: share, takeover: config.sink.takeover ?? takeover }
      const sink = buildSink({ ...config, sink: own }, context, format)
      return withDeadLetters(sink, kafka, config.badRecords?.deadLetterTopic)
    },
  })
}

function buildSource({ source, sink }: RunConfig, { stdin }: BuildContext): Source {
  // Before the job is made at the location: it could not be given back its one task.
  if ((sink.taskCount ?? 1) !== 1) {
    throw new UsageError(
      `sink.taskCount: ${sink.taskCount} tasks cannot share one list of lines; give each share a job and a location of its own`,
    )
  }
  return source.lines === undefined ? linesFromStream(stdin()) : linesFromFiles(source.lines.files)
}

function buildSink(
  { source, sink, badRecords }: RunConfig,
  context: BuildContext,
  format: Format<SourceRecord>,
): Sink<SourceRecord> {
  refuseUndecoded(source.decode, sink)
  const { user, doas, delegationToken: _given, headers, partitioner, format: _built, ...options } = sink
  const delegationToken = delegationTokenFor(sink.location, sink, context.environment)
  const connection: OpenFileSystemOptions = definedOnly({ user, doas, delegationToken, headers })
  const directory = badRecords?.deadLetterDirectory
  return multiOutputSink<SourceRecord>({
    ...options,
    bufferedBytesMax: bufferedBytesMaxOf(sink),
    ...(Object.keys(connection).length === 0 ? {} : { connection }),
    ...(partitioner === undefined ? {} : { partitioner: buildPartitioner(partitioner) }),
    format,
    logger: context.logger,
    ...layersOf(context),
    ...(directory === undefined ? {} : { deadLetters: { directory } }),
  })
}

function layersOf({ onObservation }: BuildContext): { layers?: (fileSystem: FileSystem) => FileSystem } {
  return onObservation === undefined ? {} : { layers: (fileSystem) => withObserver(fileSystem, { onObservation }) }
}

/** Without decoding every record would be a bad one. */
function refuseUndecoded(decode: 'json' | 'none', { partitioner = [] }: SinkConfig): void {
  if (decode === 'json') return
  const field = partitioner.find((one) => !one.field.startsWith('$'))?.field
  if (field !== undefined) {
    throw new UsageError(`sink.partitioner: field ${field} is found in no value, because source.decode is none`)
  }
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
