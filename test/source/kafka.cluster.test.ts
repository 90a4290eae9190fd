// The direct source on a real broker: positions come from the sink alone, whatever the group says, and gaps are passed over.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isSourceError } from '../../src/index.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { sharedKafka } from '../cluster/shared-cluster.js'
import { dataLines, deadLetters } from '../sink/stored-records.js'
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

// The broker compresses again what arrives, with what Java's producers use too.
test.each(['gzip', 'snappy', 'lz4', 'zstd'])('batches compressed with %s', async (codec) => {
  const topic = await ownTopic(bench, { config: { 'compression.type': codec } })
  const value = (n: number): string => `v${n} ${'abcdefgh'.repeat(n % 40)}${(n * 2_654_435_761) % 4_294_967_296}`
  // Of more bytes than a block of any of them, and one that hardly becomes smaller.
  const messages = Array.from({ length: 3_000 }, (_, n) => ({ value: value(n) }))
  await bench.producer.send({ topic, messages })
  await bench.producer.send({ topic, messages: [{ value: 'alone' }] })
  const memory = new MemoryFileSystem()
  const { pipeline } = groupTrial(bench, [topic], memory, { pipeline: { untilEnd: true } })
  await pipeline.run()
  const expected = [...messages.map((message) => message.value), 'alone']
  expect(await dataLines(memory, 'good')).toEqual(expected.map((text, n) => `${topic}-0-${n}\t${text}`))
})

test('a value of 10 MiB comes through, and a tombstone is a bad record that is kept', async () => {
  const topic = await ownTopic(bench, { config: { 'max.message.bytes': String(11 * 2 ** 20) } })
  const large = 'x'.repeat(10 * 2 ** 20)
  await bench.producer.send({ topic, messages: [{ value: 'before' }, { key: 'k', value: null }] })
  await bench.producer.send({ topic, messages: [{ value: large }] })
  await bench.producer.send({ topic, messages: [{ value: 'after' }] })
  const memory = new MemoryFileSystem()
  const { pipeline } = groupTrial(bench, [topic], memory, {
    pipeline: { untilEnd: true },
    sinkOf: () => ({ deadLetters: { directory: '_dead' } }),
  })
  expect((await pipeline.run()).status).toMatchObject({ records: 4, badRecords: 1, committedRecords: 4 })
  const written = await dataLines(memory, 'good')
  expect(written.map((line) => line.length - `${topic}-0-0\t`.length)).toEqual([6, large.length, 5])
  expect(await deadLetters(memory)).toMatchObject([{ id: `${topic}-0-1`, key: 'k', value: null }])
})

test('at least once: the position is the group offset alone', async () => {
  const topic = await ownTopic(bench)
  await bench.producer.send({ topic, messages: numbered(0, 100) })
  const readToEnd = async (): Promise<string[]> => {
    const memory = new MemoryFileSystem()
    const { pipeline } = groupTrial(bench, [topic], memory, {
      group: { delivery: 'at-least-once' },
      pipeline: { untilEnd: true },
    })
    await pipeline.run()
    return dataLines(memory, 'good')
  }
  expect(await readToEnd()).toEqual(lines(topic, 0, 100))
  await bench.producer.send({ topic, messages: numbered(100, 150) })
  // A sink that knows nothing of what was read before.
  expect(await readToEnd()).toEqual(lines(topic, 100, 150))
})

test('from the end: what came before is not read, and where it began is kept', async () => {
  const topic = await ownTopic(bench)
  await bench.producer.send({ topic, messages: numbered(0, 10) })
  const memory = new MemoryFileSystem()
  for (const until of [10, 20]) {
    const { pipeline } = groupTrial(bench, [topic], memory, {
      group: { from: 'latest' },
      pipeline: { untilEnd: true },
    })
    expect((await pipeline.run()).outcome).toBe('ended')
    expect(await dataLines(memory, 'good')).toEqual(until === 10 ? [] : lines(topic, 10, 20))
    if (until === 10) await bench.producer.send({ topic, messages: numbered(10, 20) })
  }
})
