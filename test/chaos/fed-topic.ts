// A topic that is fed while things break, and what is in it in the end: read by a plain consumer, so that whatever a producer
// repeated when a broker went away is known too.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs'
import { eventually } from '../assumptions/eventually.js'

/** When the first record happened, and how much later each further one did: the records' own time. */
const FIRST_MS = Date.UTC(2026, 0, 1)
const STEP_MS = 50

/** Values of one partition by their offset. */
export type PartitionTruth = readonly string[]

/** Kafka as a program beside the pipeline. */
export class FedTopic {
  readonly topic: string
  readonly partitions: number
  readonly #kafka: Kafka
  readonly #keys: number
  #sent = 0

  constructor(brokers: string[], options: { readonly partitions: number; readonly keys: number }) {
    this.topic = `chaos-${randomUUID()}`
    this.partitions = options.partitions
    this.#keys = options.keys
    this.#kafka = new kafkajs.Kafka({
      brokers,
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 60, initialRetryTime: 200, maxRetryTime: 1_000 },
    })
  }

  /** Makes the topic. */
  async create(): Promise<void> {
    const admin = this.#kafka.admin()
    await admin.connect()
    await admin.createTopics({
      topics: [{ topic: this.topic, numPartitions: this.partitions }],
      waitForLeaders: true,
    })
    await admin.disconnect()
  }

  /** Sends records, spread evenly over `durationMs`; goes on through a broker's restart. */
  async feed(records: number, durationMs: number): Promise<void> {
    let producer = await this.#producer()
    const startedMs = Date.now()
    const batchRecords = Math.max(1, Math.min(2_000, Math.ceil(records / 200)))
    for (let sent = 0; sent < records; sent += batchRecords) {
      const messages = Array.from({ length: Math.min(batchRecords, records - sent) }, () => this.#message())
      while (!(await isSent(producer, this.topic, messages))) {
        await producer.disconnect()
        producer = await this.#producer()
      }
      const dueMs = startedMs + ((sent + batchRecords) / records) * durationMs
      if (dueMs > Date.now()) await delay(dueMs - Date.now())
    }
    await producer.disconnect()
  }

  /** Connected, as soon as there is a broker. */
  async #producer(): Promise<Producer> {
    const producer = this.#kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
    await eventuallyWithin(BROKER_DOWN_MS_MAX, () => producer.connect())
    return producer
  }

  /** Everything that is in it. */
  async truth(): Promise<PartitionTruth[]> {
    const admin = this.#kafka.admin()
    await admin.connect()
    const ends = new Map<number, bigint>()
    for (const { partition, high } of await admin.fetchTopicOffsets(this.topic)) ends.set(partition, BigInt(high))
    await admin.disconnect()
    const values: string[][] = Array.from({ length: this.partitions }, () => [])
    const consumer = this.#kafka.consumer({ groupId: `truth-${this.topic}`, maxWaitTimeInMs: 50 })
    await consumer.connect()
    await consumer.subscribe({ topic: this.topic, fromBeginning: true })
    await consumer.run({
      eachBatch: async ({ batch }) => {
        for (const { offset, value } of batch.messages) values[batch.partition]![Number(offset)] = String(value)
      },
    })
    const isWhole = (): boolean => [...ends].every(([partition, end]) => values[partition]!.length === Number(end))
    while (!isWhole()) await eventually('the whole topic', async () => isWhole())
    await consumer.disconnect()
    return values
  }

  #message(): { readonly partition: number; readonly value: string } {
    const n = this.#sent++
    // Every key in every partition.
    const key = (n * 7 + Math.floor(n / this.partitions)) % this.#keys
    return { partition: n % this.partitions, value: JSON.stringify({ key: `k${key}`, n, at: FIRST_MS + n * STEP_MS }) }
  }
}

const BROKER_DOWN_MS_MAX = 300_000

/** False where the producer gave up: whatever arrived is in the topic twice then, and counts twice. */
async function isSent(producer: Producer, topic: string, messages: Message[]): Promise<boolean> {
  try {
    await producer.send({ topic, messages })
    return true
  } catch {
    return false
  }
}

async function eventuallyWithin(limitMs: number, run: () => Promise<void>): Promise<void> {
  const untilMs = Date.now() + limitMs
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if (Date.now() > untilMs) throw error
      await delay(1_000)
    }
  }
}
