// Makes the parts of a pipeline from a checked configuration.
import type { Logger } from '../../engine/logger.js'
import type { FileSystem } from '../../file-system/file-system.js'
import { type Observation, withObserver } from '../../file-system/layers/observe.js'
import type { OpenFileSystemOptions } from '../../file-system/open.js'
import type { Format } from '../../format/format.js'
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
import { buildPartitioner } from './build-partitioner.js'
import type { KafkaConfig } from './kafka-schema.js'
import type { RunConfig } from './schema.js'

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
  const sink = buildSink(config, context, await buildParts(config))
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
  const parts = await buildParts(config)
  // A process may be given all tasks, and what is configured is its memory.
  const share = Math.max(1, Math.floor(bufferedBytesMaxOf(config.sink) / taskCount))
  return new GroupPipeline({
    ...options,
    group: buildKafkaGroup(kafka, config.sink),
    taskCount,
    sink: (task, { takeover }) => {
      const own = { ...config.sink, task, bufferedBytesMax: share, takeover: config.sink.takeover ?? takeover }
      const sink = buildSink({ ...config, sink: own }, context, parts)
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

/** What is made once for all tasks. */
interface SinkParts {
  readonly format: Format<SourceRecord>
  readonly partitioner?: Partitioner<SourceRecord>
}

async function buildParts({ source: { decode }, sink, badRecords }: RunConfig): Promise<SinkParts> {
  if (sink.eventTime?.late === 'deadLetter' && badRecords === undefined) {
    throw new UsageError('sink.eventTime.late: deadLetter needs badRecords, which says where dead letters go')
  }
  const format = await buildFormat(sink.format, decode)
  if (sink.partitioner === undefined) return { format }
  return { format, partitioner: await buildPartitioner(sink.partitioner, decode) }
}

function buildSink({ sink, badRecords }: RunConfig, context: BuildContext, parts: SinkParts): Sink<SourceRecord> {
  const { user, doas, delegationToken: _given, headers, partitioner: _made, format: _built, ...options } = sink
  const delegationToken = delegationTokenFor(sink.location, sink, context.environment)
  const connection: OpenFileSystemOptions = definedOnly({ user, doas, delegationToken, headers })
  const directory = badRecords?.deadLetterDirectory
  return multiOutputSink<SourceRecord>({
    ...options,
    bufferedBytesMax: bufferedBytesMaxOf(sink),
    ...(Object.keys(connection).length === 0 ? {} : { connection }),
    ...parts,
    logger: context.logger,
    ...layersOf(context),
    ...(directory === undefined ? {} : { deadLetters: { directory } }),
  })
}

function layersOf({ onObservation }: BuildContext): { layers?: (fileSystem: FileSystem) => FileSystem } {
  return onObservation === undefined ? {} : { layers: (fileSystem) => withObserver(fileSystem, { onObservation }) }
}

/** Options are left out below rather than undefined. */
function definedOnly<T extends object>(options: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as never
}
