// Pins what docs/assumptions.md says of Kafka, with kafkajs and a real broker.
import { randomUUID } from 'node:crypto'
import { type Admin, type Consumer, Kafka, logLevel, type Producer } from 'kafkajs'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../assumptions/eventually.js'
import { sharedKafka } from './shared-cluster.js'

let kafka: Kafka
let admin: Admin
let producer: Producer

beforeAll(async () => {
  const { kafkaBrokers } = await sharedKafka()
  kafka = new Kafka({ brokers: kafkaBrokers, logLevel: logLevel.NOTHING })
  admin = kafka.admin()
  producer = kafka.producer()
  await Promise.all([admin.connect(), producer.connect()])
})

afterAll(() => Promise.all([admin.disconnect(), producer.disconnect()]))

/** A topic of the test's own, with one partition. */
async function ownTopic(): Promise<string> {
  const topic = `assumptions-${randomUUID()}`
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true })
  return topic
}

async function bounds(topic: string): Promise<{ low: string; high: string }> {
  const [partition] = await admin.fetchTopicOffsets(topic)
  return { low: partition!.low, high: partition!.high }
}

/** A topic with four records, 0 to 3; resolves when the broker counts them as its own. */
async function ownTopicOfFour(): Promise<string> {
  const topic = await ownTopic()
  await producer.send({ topic, messages: messages('a', 'b', 'c', 'd') })
  await eventually('the end offset', async () => (await bounds(topic)).high === '4')
  return topic
}

/** A consumer of a group of its own that commits nothing by itself, and what it has been given. */
async function consume(
  topic: string,
  seekTo?: string,
): Promise<{ readonly groupId: string; readonly offsets: string[]; readonly consumer: Consumer }> {
  const groupId = `assumptions-${randomUUID()}`
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 })
  onTestFinished(() => consumer.disconnect())
  const offsets: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      offsets.push(message.offset)
    },
  })
  if (seekTo !== undefined) consumer.seek({ topic, partition: 0, offset: seekTo })
  return { groupId, offsets, consumer }
}

const messages = (...values: readonly string[]): { value: string }[] => values.map((value) => ({ value }))

test('K1 offsets increase, and have gaps where transactions ended and where one was aborted', async () => {
  const topic = await ownTopic()
  const transactional = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 })
  onTestFinished(() => transactional.disconnect())
  await transactional.connect()
  for (const [values, end] of [
    [['a', 'b'], 'commit'],
    [['c', 'd'], 'abort'],
    [['e'], 'commit'],
  ] as const) {
    const transaction = await transactional.transaction()
    await transaction.send({ topic, messages: messages(...values) })
    await transaction[end]()
  }
  const { offsets } = await consume(topic)
  await eventually('all that was committed', async () => offsets.length >= 3)
  // 2 and 7 are markers of commits, 3 and 4 were aborted by 5.
  expect(offsets).toEqual(['0', '1', '6'])
  expect(await bounds(topic)).toEqual({ low: '0', high: '8' })
})

test('K2 a consumer begins where it is told to, whatever its group has committed', async () => {
  const topic = await ownTopicOfFour()
  const { consumer, groupId, offsets } = await consume(topic, '2')
  await eventually('the end', async () => offsets.includes('3'))
  expect(offsets.slice(offsets.indexOf('2'))).toEqual(['2', '3'])
  await consumer.commitOffsets([{ topic, partition: 0, offset: '4' }])
  consumer.seek({ topic, partition: 0, offset: '1' })
  offsets.length = 0
  await eventually('the end again', async () => offsets.includes('3'))
  expect(offsets.slice(offsets.indexOf('1'))).toEqual(['1', '2', '3'])
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] })
  expect(committed?.partitions).toMatchObject([{ partition: 0, offset: '4' }])
})

test('K3 kafkajs goes on silently at the default offset when the one that it is asked for is gone', async () => {
  const topic = await ownTopicOfFour()
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
  const { offsets } = await consume(topic, '1')
  await eventually('something', async () => offsets.length > 0)
  expect(offsets[0]).toBe('3')
})

test('K4 the start of the log moves up and can be asked for', async () => {
  const topic = await ownTopicOfFour()
  expect(await bounds(topic)).toEqual({ low: '0', high: '4' })
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
  expect(await bounds(topic)).toEqual({ low: '3', high: '4' })
  await expect(admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '9' }] })).rejects.toThrow()
  await producer.send({ topic, messages: messages('e') })
  expect(await bounds(topic)).toEqual({ low: '3', high: '5' })
})
