// A Kafka consumer of one's own, exactly once: the position is what the output has committed, whatever the group says.
//
//   npx tsx examples/kafka-consumer.ts webhdfs://namenode:9870/data/events localhost:9092 events
//
// For several processes that share a topic, and the traps of rebalances, there is `kafkaGroup` with `GroupPipeline`.

import { byFields, jsonLines, MultiOutput } from 'hdfs-multi-output'
import { Kafka } from 'kafkajs'

const [location, broker = 'localhost:9092', topic = 'events'] = process.argv.slice(2)
if (location === undefined) throw new Error('where to? file:///… or webhdfs://…')

const output = await MultiOutput.open<Record<string, unknown>>({
  location,
  job: `own-consumer-of-${topic}`,
  partitioner: byFields(['country']),
  format: jsonLines({ idField: '_id' }),
})
const consumer = new Kafka({ brokers: [broker] }).consumer({ groupId: `own-consumer-of-${topic}` })
let committedMs = Date.now()

// At each rebalance: back to what is committed. What was written since is read again, and skipped by its id.
consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
  for (const partition of payload.memberAssignment[topic] ?? []) {
    const until = output.committed.offsets.get(topic)?.get(partition)?.until ?? 0n
    consumer.seek({ topic, partition, offset: until.toString() })
  }
})
// Whatever fails ends the process: the next one goes on behind the last commit.
consumer.on(consumer.events.CRASH, ({ payload }) => {
  console.error(payload.error)
  process.exit(1)
})
async function leave(): Promise<void> {
  await consumer.disconnect()
  console.log(`committed ${(await output.commit()).records} records and left`)
  await output.close()
}
process.once('SIGTERM', () => void leave())

await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch, heartbeat }) => {
    for (const { offset, value } of batch.messages) {
      const id = { topic, partition: batch.partition, offset: BigInt(offset) }
      const wait = output.write(JSON.parse(String(value)), { id })
      if (wait) await wait
    }
    // Over the offsets of control records, which are not handed out.
    output.advance({ topic, partition: batch.partition, until: BigInt(batch.lastOffset()) + 1n })
    if (Date.now() - committedMs > 5_000) {
      await output.commit()
      committedMs = Date.now()
    }
    await heartbeat()
  },
})
