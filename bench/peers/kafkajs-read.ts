// Peer (a): kafkajs reads the topic and counts. What any pipeline on kafkajs can at best reach.
import { connectConsumer } from './consumer.js'
import type { PipeTask } from './peer.js'
import { Samples, taskOfProcess } from './samples.js'

const task = taskOfProcess<PipeTask>()
const samples = new Samples()
const consumer = await connectConsumer(task, samples, 'bare')
let count = 0
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    count += batch.messages.length
    if (count >= task.records) samples.tell(count)
  },
})
