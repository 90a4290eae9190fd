// Refused records into a Kafka topic, in place of a stream of the sink's own: sent before the commit that passes over them, so at least once.
import kafkajs, { type KafkaConfig, type Message, type Producer } from 'kafkajs'
import type { JsonValue } from '../model/json-value.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { formatIdWithTopic } from '../model/record-id.js'
import type { Committed, Position } from '../multi-output.js'
import type { RefusedRecord } from './dead-letter-format.js'
import type { Sink, SinkCommit, SinkRecord, SinkSession, SinkStatus } from './sink.js'

/** Where refused records go. */
export interface DeadLetterTopicOptions {
  /** kafkajs' options for a client. */
  readonly kafka: KafkaConfig
  /** It must be there. */
  readonly topic: string
}

/** What is sent at a time. */
const BATCH_RECORDS_MAX = 500
const BATCH_BYTES_MAX = 2 ** 20

/**
 * A sink that sends the records that are refused to a topic: key, value and headers as they were, and two headers more, `dead-letter-id`
 * (`<topic>-<partition>-<offset>`) and `dead-letter-reason`. They are acknowledged by all replicas before the commit that passes over them is
 * decided; when that fails they are sent again, so the topic may hold one more than once: the id tells.
 */
export function withDeadLetterTopic<R extends SinkRecord & RefusedRecord>(
  sink: Sink<R>,
  options: DeadLetterTopicOptions,
): Sink<R> {
  return {
    name: sink.name,
    task: sink.task,
    taskCount: sink.taskCount,
    open: async () => new DeadLetterTopicSession<R>(await sink.open(), options),
  }
}

class DeadLetterTopicSession<R extends SinkRecord & RefusedRecord> implements SinkSession<R> {
  readonly keepsBadRecords = true
  readonly #session: SinkSession<R>
  readonly #options: DeadLetterTopicOptions
  #producer: Promise<Producer> | undefined
  #waiting: Message[] = []
  #waitingBytes = 0
  /** Since the last commit began. */
  #sends: Promise<void>[] = []
  #refused = 0

  constructor(session: SinkSession<R>, options: DeadLetterTopicOptions) {
    this.#session = session
    this.#options = options
  }

  get committed(): Committed {
    return this.#session.committed
  }

  write(record: R): Promise<void> | undefined {
    return this.#session.write(record)
  }

  writeBad(record: R, reason: string): Promise<void> | undefined {
    const { key = null, value = null, headers, id } = record
    this.#waiting.push({
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: {
        ...(headers as Message['headers']),
        'dead-letter-id': formatIdWithTopic(id),
        'dead-letter-reason': reason,
      },
    })
    this.#waitingBytes += (key?.byteLength ?? 0) + (value?.byteLength ?? 0)
    this.#refused += 1
    this.#session.advance({ topic: id.topic, partition: id.partition, until: id.offset + 1n })
    if (this.#waiting.length < BATCH_RECORDS_MAX && this.#waitingBytes < BATCH_BYTES_MAX) return undefined
    return this.#send()
  }

  advance(to: Position): void {
    this.#session.advance(to)
  }

  async commit(options: { readonly metadata?: JsonValue } = {}): Promise<SinkCommit> {
    const refused = this.#refused
    this.#refused = 0
    void this.#send()
    await Promise.all(this.#sends.splice(0))
    const commit = await this.#session.commit(options)
    return { ...commit, records: commit.records + refused }
  }

  async abort(): Promise<void> {
    this.#waiting = []
    this.#waitingBytes = 0
    this.#refused = 0
    await Promise.allSettled(this.#sends.splice(0))
    await this.#session.abort()
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#sends.splice(0))
    try {
      await (await this.#producer)?.disconnect()
    } catch {
      // It never connected, or is gone: what it was to send was never committed.
    }
    await this.#session.close()
  }

  status(): SinkStatus {
    return this.#session.status()
  }

  /** Sends what waits. Whoever commits hears of a failure; it is not unhandled before. */
  #send(): Promise<void> {
    const messages = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    if (messages.length === 0) return Promise.resolve()
    const sending = this.#sendNow(messages)
    sending.catch(() => undefined)
    this.#sends.push(sending)
    return sending
  }

  async #sendNow(messages: Message[]): Promise<void> {
    const { topic } = this.#options
    try {
      this.#producer ??= this.#connect()
      await (await this.#producer).send({ topic, acks: -1, messages })
    } catch (error) {
      this.#producer = undefined
      const says = error instanceof Error ? error.message : String(error)
      throw new MultiOutputError(
        'COMMIT_FAILED',
        `${messages.length} refused records could not be sent to topic ${topic}: ${says}. Nothing was committed; they are read again.`,
      )
    }
  }

  async #connect(): Promise<Producer> {
    const producer = new kafkajs.Kafka(this.#options.kafka).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
    })
    await producer.connect()
    return producer
  }
}
