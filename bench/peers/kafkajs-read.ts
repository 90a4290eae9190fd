// Peer (a): kafkajs reads the topic and counts. What any pipeline on kafkajs can at best reach.
import kafkajs from 'kafkajs'
import type { PipeTask } from './peer.js'
import { Samples, taskOfProcess } from './samples.js'

const { brokers, topic, records } = taskOfProcess<PipeTask>()
const samples = new Samples()
const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
const consumer = kafka.consumer({ groupId: `bare-${process.pid}-${Date.now()}`, maxWaitTimeInMs: 100 })
await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
consumer.on(consumer.events.GROUP_JOIN, () => samples.begin())
let count = 0
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    count += batch.messages.length
    if (count >= records) samples.tell(count)
  },
})
