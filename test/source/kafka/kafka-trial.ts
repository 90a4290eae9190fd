// A pipeline of a group on real Kafka, over a file system in memory: what tests of the source work with.
import { randomUUID } from 'node:crypto'
import kafkajs, { type Admin, type Kafka, type Message, type Producer } from 'kafkajs'
import { onTestFinished } from 'vitest'
import type { Logger } from '../../../src/engine/logger.js'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { text } from '../../../src/format/text.js'
import { GroupPipeline, type GroupPipelineOptions } from '../../../src/pipeline/group-pipeline.js'
import type { PipelineEvents } from '../../../src/pipeline/pipeline-options.js'
import { multiOutputSink } from '../../../src/sink/multi-output-sink.js'
import type { KafkaGroupOptions } from '../../../src/source/kafka/options.js'
import { kafkaGroup } from '../../../src/source/kafka.js'
import type { SourceRecord } from '../../../src/source/source.js'
import { eventually } from '../../assumptions/eventually.js'
import { dataLines } from '../../sink/stored-records.js'

/** A Kafka client for what a test does beside the pipeline. */
export interface Bench {
  readonly brokers: string[]
  readonly kafka: Kafka
  readonly admin: Admin
  readonly producer: Producer
}

/** Connects one; ended by `close`. */
export async function connectBench(brokers: string[]): Promise<Bench & { close(): Promise<void> }> {
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await Promise.all([admin.connect(), producer.connect()])
  return {
    brokers,
    kafka,
    admin,
    producer,
    close: async () => {
      await Promise.all([admin.disconnect(), producer.disconnect()])
    },
  }
}

/** A topic of the test's own. */
export async function ownTopic(
  { admin }: Bench,
  options: { readonly partitions?: number; readonly config?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const topic = `kafka-source-${randomUUID()}`
  const configEntries = Object.entries(options.config ?? {}).map(([name, value]) => ({ name, value }))
  await admin.createTopics({
    topics: [{ topic, numPartitions: options.partitions ?? 1, configEntries }],
    waitForLeaders: true,
  })
  // A leader that is not ready yet makes kafkajs' producer send again to those partitions too that were.
  await eventually('leaders', async () => {
    try {
      return (await admin.fetchTopicOffsets(topic)).length === (options.partitions ?? 1)
    } catch {
      return false
    }
  })
  return topic
}

/** Messages `v<from>` to `v<until - 1>` for one partition. */
export function numbered(from: number, until: number, partition = 0): Message[] {
  return Array.from({ length: until - from }, (_, i) => ({ value: `v${from + i}`, partition }))
}

/** What a test may have of its own. */
export interface GroupTrialOptions {
  readonly group?: Partial<KafkaGroupOptions>
  readonly pipeline?: Partial<GroupPipelineOptions>
  readonly sinkOf?: (task: number) => { readonly [name: string]: unknown }
  readonly taskCount?: number
}

/** A pipeline and what it told. */
export interface GroupTrial {
  readonly pipeline: GroupPipeline
  readonly told: (readonly [name: string, event: unknown])[]
  readonly warnings: string[]
}

/** Makes a pipeline that writes text with ids; nothing runs yet. It is stopped when the test is over. */
export function groupTrial(
  { brokers }: Bench,
  topics: readonly string[],
  fileSystem: FileSystem,
  options: GroupTrialOptions = {},
): GroupTrial {
  const { taskCount = 1 } = options
  const told: (readonly [string, unknown])[] = []
  const warnings: string[] = []
  const listen = (name: string) => (event: unknown) => {
    told.push([name, event])
  }
  const events: PipelineEvents = {
    opened: listen('opened'),
    commit: listen('commit'),
    badRecord: listen('badRecord'),
    away: listen('away'),
    back: listen('back'),
  }
  const note = (_fields: object, message: string): void => {
    warnings.push(message)
  }
  const logger: Logger = { debug() {}, info() {}, warn: note, error: note }
  const pipeline = new GroupPipeline({
    group: kafkaGroup({
      brokers,
      topics,
      groupId: topics.join('+'),
      purpose: 'a test',
      sessionTimeoutMs: 6_000,
      ...options.group,
    }),
    taskCount,
    sink: (task, { takeover }) =>
      multiOutputSink<SourceRecord>({
        fileSystem,
        job: 'sample',
        task,
        taskCount,
        takeover,
        format: text({ prefixId: 'withTopic', value: ({ value }) => value as Uint8Array }),
        takeoverWaitMs: 0,
        ...options.sinkOf?.(task),
      }),
    decode: 'none',
    commit: { intervalMs: 200 },
    events,
    logger,
    ...options.pipeline,
  })
  onTestFinished(() => pipeline.stopNow())
  return { pipeline, told, warnings }
}

/** Waits until so many lines are in the files, and answers them in order of their ids within partitions. */
export async function linesWhenThere(fileSystem: FileSystem, count: number): Promise<string[]> {
  await eventually(`${count} lines`, async () => (await dataLines(fileSystem, 'good')).length >= count)
  return dataLines(fileSystem, 'good')
}
