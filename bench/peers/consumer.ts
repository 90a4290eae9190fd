// The kafkajs consumer of the peers: it begins with the topic's first record, and its samples when it has joined.
import kafkajs, { type Consumer } from 'kafkajs'
import type { PipeTask } from './peer.js'
import type { Samples } from './samples.js'

/** Connected and subscribed, in a group of its own. */
export async function connectConsumer(
  { brokers, topic }: PipeTask,
  samples: Samples,
  groupPrefix: string,
): Promise<Consumer> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: `${groupPrefix}-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  consumer.on(consumer.events.GROUP_JOIN, () => samples.begin())
  return consumer
}
