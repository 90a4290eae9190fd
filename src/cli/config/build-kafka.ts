// Makes the group of a configuration that reads Kafka.
import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import kafkajs, { type KafkaConfig as ClientConfig } from 'kafkajs'
import { withDeadLetterTopic } from '../../sink/dead-letter-topic.js'
import type { Sink } from '../../sink/sink.js'
import type { KafkaGroupOptions } from '../../source/kafka/options.js'
import { kafkaGroup } from '../../source/kafka.js'
import type { SourceRecord } from '../../source/source.js'
import type { TaskGroup } from '../../source/task-group.js'
import { UsageError } from '../exit-code.js'
import type { KafkaConfig, KafkaTlsConfig } from './kafka-schema.js'
import type { SinkConfig } from './schema.js'

/** Builds it. Throws a UsageError, or `WRONG_OPTIONS`; nothing is connected. */
export function buildKafkaGroup(kafka: KafkaConfig, sink: SinkConfig): TaskGroup {
  if (sink.task !== undefined) {
    throw new UsageError('sink.task: the consumer group gives tasks to processes; leave it out')
  }
  const { fromBeginning, groupId, ssl, ...options } = kafka
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return kafkaGroup({
    ...(given as Pick<KafkaGroupOptions, 'brokers' | 'topics'>),
    groupId: groupId ?? `hdfs-multi-output-${sink.job}`,
    purpose: `${sink.job} at ${[sink.location].flat().join(',')}`,
    from: fromBeginning === false ? 'latest' : 'earliest',
    ...(ssl === undefined ? {} : { ssl: typeof ssl === 'boolean' ? ssl : tlsOptions(ssl) }),
  })
}

/** Sends bad records to a topic of the same brokers, where one is named. */
export function withDeadLetters(
  sink: Sink<SourceRecord>,
  { brokers, clientId = 'hdfs-multi-output', ssl, sasl, connectionTimeoutMs, requestTimeoutMs }: KafkaConfig,
  topic: string | undefined,
): Sink<SourceRecord> {
  if (topic === undefined) return sink
  const kafka: ClientConfig = {
    brokers: [...brokers],
    clientId,
    logLevel: kafkajs.logLevel.NOTHING,
    ...(ssl === undefined ? {} : { ssl: typeof ssl === 'boolean' ? ssl : tlsOptions(ssl) }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as never }),
    ...(connectionTimeoutMs === undefined ? {} : { connectionTimeout: connectionTimeoutMs }),
    ...(requestTimeoutMs === undefined ? {} : { requestTimeout: requestTimeoutMs }),
  }
  return withDeadLetterTopic(sink, { kafka, topic })
}

function tlsOptions({ caFile, certFile, keyFile, ...options }: KafkaTlsConfig): ConnectionOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return {
    ...given,
    ...(caFile === undefined ? {} : { ca: readTls('caFile', caFile) }),
    ...(certFile === undefined ? {} : { cert: readTls('certFile', certFile) }),
    ...(keyFile === undefined ? {} : { key: readTls('keyFile', keyFile) }),
  }
}

function readTls(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`source.kafka.ssl.${name}: cannot be read: ${(error as Error).message}`)
  }
}
