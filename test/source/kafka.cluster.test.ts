// The direct source on a real broker: positions come from the sink alone, whatever the group says, and gaps are passed over.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isSourceError } from '../../src/index.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { sharedKafka } from '../cluster/shared-cluster.js'
import { dataLines } from '../sink/stored-records.js'
import { type Bench, connectBench, groupTrial, linesWhenThere, numbered, ownTopic } from './kafka/kafka-trial.js'

let bench: Bench & { close(): Promise<void> }

beforeAll(async () => {
  const { kafkaBrokers } = await sharedKafka()
  bench = await connectBench(kafkaBrokers)
})

afterAll(() => bench?.close())

/** Lines of one partition as they must be. */
function lines(topic: string, from: number, until: number, partition = 0): string[] {
  return numbered(from, until).map(({ value }, i) => `${topic}-${partition}-${from + i}\t${String(value)}`)
}

test('reads to the end, and goes on behind what is committed', async () => {
  const topic = await ownTopic(bench)
  await bench.producer.send({ topic, messages: numbered(0, 1_000) })
  const memory = new MemoryFileSystem()
  const first = groupTrial(bench, [topic], memory, { pipeline: { untilEnd: true } })
  const { outcome, status } = await first.pipeline.run()
  expect(outcome).toBe('ended')
  expect(status).toMatchObject({ records: 1_000, committedRecords: 1_000, state: 'ended' })
  expect(await dataLines(memory, 'good')).toEqual(lines(topic, 0, 1_000))
  await bench.producer.send({ topic, messages: numbered(1_000, 1_500) })
  // Whatever the group's offsets say.
  await bench.admin.setOffsets({ groupId: topic, topic, partitions: [{ partition: 0, offset: '1400' }] })
  const second = groupTrial(bench, [topic], memory, { pipeline: { untilEnd: true } })
  expect((await second.pipeline.run()).status.records).toBe(500)
  expect(await dataLines(memory, 'good')).toEqual(lines(topic, 0, 1_500))
  const [advice] = await bench.admin.fetchOffsets({ groupId: topic, topics: [topic] })
  expect(advice?.partitions).toMatchObject([{ offset: '1500' }])
})

test('goes on as records come, and says how far behind it is', async () => {
  const topic = await ownTopic(bench, { partitions: 3 })
  const memory = new MemoryFileSystem()
  const { pipeline } = groupTrial(bench, [topic], memory, { taskCount: 2 })
  const running = pipeline.run()
  for (let partition = 0; partition < 3; partition++) {
    await bench.producer.send({ topic, messages: numbered(0, 100, partition) })
  }
  const written = await linesWhenThere(memory, 300)
  expect([...written].sort()).toEqual([0, 1, 2].flatMap((partition) => lines(topic, 0, 100, partition)).sort())
  expect(pipeline.status()).toMatchObject({ state: 'running', records: 300, source: { lagRecords: 0 } })
  pipeline.stop()
  expect((await running).outcome).toBe('stopped')
})

test('a topic that is not there is named', async () => {
  const { pipeline } = groupTrial(bench, ['no-such-topic'], new MemoryFileSystem())
  await expect(pipeline.run()).rejects.toSatisfy((error) => isSourceError(error, 'UNREADABLE'))
})
