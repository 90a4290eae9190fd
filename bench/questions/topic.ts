// A topic full of records: JSON of 170 bytes, keys in turn over four partitions.
import kafkajs from 'kafkajs'
import { orders } from '../writer/orders.js'

export const VALUE_BYTES = 170
export const PARTITIONS = 4
const BATCH_RECORDS = 4_000

/** Makes a topic of `records` records over `keys` keys. Record n is in partition n mod 4, so every partition has its share. */
export async function fillTopic(
  brokers: readonly string[],
  { topic, records, keys }: { readonly topic: string; readonly records: number; readonly keys: number },
): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await Promise.all([admin.connect(), producer.connect()])
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true })
  // A line feed more than the value.
  const values = orders(BATCH_RECORDS, keys, VALUE_BYTES + 1).map((order) => Buffer.from(JSON.stringify(order)))
  if (values[0]!.byteLength !== VALUE_BYTES) throw new Error(`a value has ${values[0]!.byteLength} bytes`)
  for (let sent = 0; sent < records; sent += BATCH_RECORDS) {
    const messages = Array.from({ length: Math.min(BATCH_RECORDS, records - sent) }, (_, index) => {
      const n = sent + index
      return { key: `k${(n * 7 + (n >> 4)) % keys}`, value: values[index]!, partition: n % PARTITIONS }
    })
    await producer.send({ topic, messages })
  }
  await Promise.all([admin.disconnect(), producer.disconnect()])
}
