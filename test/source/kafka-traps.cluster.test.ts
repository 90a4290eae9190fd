// What kafkajs gets wrong, and what Kafka does by design, on a real broker: aborted transactions that overlap, compaction, retention, a commit
// longer than the session, other programs in the group, topics that grow, tasks that move.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { text } from '../../src/format/text.js'
import { multiOutputSink } from '../../src/index.js'
import type { Sink } from '../../src/sink/sink.js'
import type { SourceRecord } from '../../src/source/source.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { eventually } from '../assumptions/eventually.js'
import { sharedKafka } from '../cluster/shared-cluster.js'
import { dataLines } from '../sink/stored-records.js'
import { type Bench, connectBench, groupTrial, linesWhenThere, numbered, ownTopic } from './kafka/kafka-trial.js'

let bench: Bench & { close(): Promise<void> }

beforeAll(async () => {
  const { kafkaBrokers } = await sharedKafka()
  bench = await connectBench(kafkaBrokers)
})

afterAll(() => bench?.close())

async function committedUntil(memory: MemoryFileSystem, topic: string): Promise<ReadonlyMap<number, unknown>> {
  const session = await multiOutputSink<SourceRecord>({ fileSystem: memory, job: 'sample', format: text() }).open()
  await session.close()
  return session.committed.offsets.get(topic) ?? new Map()
}

async function readToEnd(topic: string, more: Parameters<typeof groupTrial>[3] = {}): Promise<MemoryFileSystem> {
  const memory = new MemoryFileSystem()
  const { pipeline } = groupTrial(bench, [topic], memory, {
    ...more,
    pipeline: { untilEnd: true, ...more.pipeline },
  })
  expect((await pipeline.run()).outcome).toBe('ended')
  return memory
}

const valuesOf = (lines: readonly string[]): string[] => lines.map((line) => line.slice(line.indexOf('\t') + 1))

test('of transactions that overlap exactly the committed records are read', async () => {
  const topic = await ownTopic(bench)
  const producers = ['one', 'two'].map((name) =>
    bench.kafka.producer({ transactionalId: `${topic}-${name}`, idempotent: true, maxInFlightRequests: 1 }),
  )
  onTestFinished(async () => {
    for (const producer of producers) await producer.disconnect()
  })
  for (const producer of producers) await producer.connect()
  const [one, two] = [await producers[0]!.transaction(), await producers[1]!.transaction()]
  const send = (to: typeof one, value: string, key: Buffer | null = null) =>
    to.send({ topic, messages: [{ key, value }] })
  await send(one, 'aborted-1')
  await send(two, 'aborted-2')
  // The key of an abort's mark: also that of the number 0 as Java serialises it.
  await send(one, 'aborted-3', Buffer.alloc(4))
  await send(one, 'aborted-4')
  await bench.producer.send({ topic, messages: [{ value: 'plain' }] })
  await two.abort()
  await send(one, 'aborted-5')
  await one.abort()
  const three = await producers[0]!.transaction()
  await send(three, 'committed', Buffer.alloc(4))
  await three.commit()
  const memory = await readToEnd(topic)
  expect(valuesOf(await dataLines(memory, 'good'))).toEqual(['plain', 'committed'])
  const { high } = (await bench.admin.fetchTopicOffsets(topic))[0]!
  expect(await committedUntil(memory, topic)).toEqual(new Map([[0, { from: 0n, until: BigInt(high) }]]))
})

test('a topic of which nothing but aborted records is left ends at its end', async () => {
  const topic = await ownTopic(bench)
  const producer = bench.kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 })
  onTestFinished(() => producer.disconnect())
  await producer.connect()
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: numbered(0, 500) })
  await transaction.abort()
  // The broker writes the marker behind abort()'s back; until then what can be read ends where the transaction begins.
  await expect.poll(async () => (await bench.admin.fetchTopicOffsets(topic))[0]!.high).toBe('501')
  const memory = await readToEnd(topic)
  expect(await dataLines(memory, 'good')).toEqual([])
  expect(await committedUntil(memory, topic)).toEqual(new Map([[0, { from: 0n, until: 501n }]]))
})

test('of a compacted topic what is left is read, and the ranges are contiguous', async () => {
  const topic = await ownTopic(bench, {
    config: {
      'cleanup.policy': 'compact',
      'segment.ms': '200',
      'min.cleanable.dirty.ratio': '0.01',
      'max.compaction.lag.ms': '200',
      'delete.retention.ms': '100',
    },
  })
  const send = (from: number, until: number) =>
    bench.producer.send({
      topic,
      messages: numbered(from, until).map(({ value }, i) => ({ key: `k${(from + i) % 7}`, value: value ?? null })),
    })
  for (let from = 0; from < 500; from += 50) await send(from, from + 50)
  await eventually(
    'a compaction',
    async () => {
      // Segments roll when something is written.
      await send(500, 507)
      return (await countOf(topic)) < 100
    },
    500,
  )
  const there = await countOf(topic)
  const memory = await readToEnd(topic)
  const written = valuesOf(await dataLines(memory, 'good'))
  expect(written.length).toBeGreaterThanOrEqual(7)
  expect(written.length).toBeLessThanOrEqual(there + 100)
  expect(written.slice(-7)).toEqual(valuesOf(numbered(500, 507).map(({ value }) => `\t${String(value)}`)))
  const { high } = (await bench.admin.fetchTopicOffsets(topic))[0]!
  expect((await committedUntil(memory, topic)).get(0)).toEqual({ from: 0n, until: BigInt(high) })
})

/** Records that a plain consumer finds. */
async function countOf(topic: string): Promise<number> {
  const consumer = bench.kafka.consumer({ groupId: `count-${topic}-${Date.now()}`, maxWaitTimeInMs: 50 })
  const { high } = (await bench.admin.fetchTopicOffsets(topic))[0]!
  let count = 0
  let last = -1n
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      count += 1
      last = BigInt(message.offset)
    },
  })
  await eventually('the end', async () => last >= BigInt(high) - 1n)
  await consumer.disconnect()
  return count
}

async function deleteBelow(topic: string, offset: string): Promise<void> {
  // A broker counts as its own only what it has counted.
  await eventually(
    'the end',
    async () => BigInt((await bench.admin.fetchTopicOffsets(topic))[0]!.high) >= BigInt(offset),
  )
  await bench.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] })
}

test('offsets that retention took away before a start end it with the missing range, or are noted and passed over', async () => {
  const topic = await ownTopic(bench)
  await bench.producer.send({ topic, messages: numbered(0, 100) })
  const memory = await readToEnd(topic)
  await bench.producer.send({ topic, messages: numbered(100, 200) })
  await deleteBelow(topic, '150')
  const failing = groupTrial(bench, [topic], memory, { pipeline: { untilEnd: true } })
  await expect(failing.pipeline.run()).rejects.toMatchObject({
    code: 'OFFSETS_LOST',
    message: expect.stringContaining('offsets 100 to 149 '),
  })
  const skipping = groupTrial(bench, [topic], memory, {
    group: { onLostOffsets: 'skip' },
    pipeline: { untilEnd: true },
  })
  expect((await skipping.pipeline.run()).status.records).toBe(50)
  const session = await multiOutputSink<SourceRecord>({ fileSystem: memory, job: 'sample', format: text() }).open()
  expect(session.committed.metadata).toEqual({ kafka: { lost: [{ topic, partition: 0, from: '100', until: '150' }] } })
  expect(session.committed.offsets.get(topic)?.get(0)?.until).toBe(200n)
  await session.close()
})

/** A sink whose writes wait for a gate from the n-th on. */
function gated(memory: MemoryFileSystem, after: number) {
  let open = (): void => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let count = 0
  const sinkOf = (task: number): Sink<SourceRecord> => {
    const sink = multiOutputSink<SourceRecord>({
      fileSystem: memory,
      job: 'sample',
      task,
      format: text({ prefixId: 'withTopic', value: ({ value }) => value as Uint8Array }),
    })
    return {
      ...sink,
      open: async () => {
        const session = await sink.open()
        const write = session.write.bind(session)
        session.write = (record) => {
          count += 1
          const wait = write(record)
          return count < after ? wait : gate.then(() => wait)
        }
        return session
      },
    }
  }
  return { sinkOf, open: () => open() }
}

test.each(['fail', 'skip'] as const)('offsets that are taken away while it is behind: %s', async (onLostOffsets) => {
  const topic = await ownTopic(bench)
  for (let from = 0; from < 400; from += 10) await bench.producer.send({ topic, messages: numbered(from, from + 10) })
  const memory = new MemoryFileSystem()
  const { sinkOf, open } = gated(memory, 5)
  const { pipeline } = groupTrial(bench, [topic], memory, {
    group: { onLostOffsets, prefetchBytesMax: 1, fetchBytesMax: 200 },
    pipeline: { sink: sinkOf, untilEnd: true },
  })
  const running = pipeline.run()
  running.catch(() => undefined)
  await eventually('to be held up', async () => pipeline.status().records >= 4)
  await deleteBelow(topic, '300')
  open()
  if (onLostOffsets === 'fail') {
    await expect(running).rejects.toMatchObject({
      code: 'OFFSETS_LOST',
      message: expect.stringMatching(/offsets \d+ to 299 /),
    })
    // What came before it is committed.
    expect((await dataLines(memory, 'good')).length).toBeGreaterThanOrEqual(10)
    return
  }
  expect((await running).outcome).toBe('ended')
  const written = valuesOf(await dataLines(memory, 'good'))
  expect(written.slice(-100)).toEqual(valuesOf(numbered(300, 400).map(({ value }) => `\t${String(value)}`)))
  const session = await multiOutputSink<SourceRecord>({ fileSystem: memory, job: 'sample', format: text() }).open()
  await session.close()
  const behind = written.length - 100
  expect(behind).toBeGreaterThanOrEqual(10)
  expect(session.committed.metadata).toEqual({
    kafka: { lost: [{ topic, partition: 0, from: String(behind), until: '300' }] },
  })
})

test('a commit that takes longer than the session keeps its membership', async () => {
  const topic = await ownTopic(bench)
  await bench.producer.send({ topic, messages: numbered(0, 10) })
  const memory = new MemoryFileSystem()
  let commits = 0
  const slow = (task: number): Sink<SourceRecord> => {
    const sink = multiOutputSink<SourceRecord>({
      fileSystem: memory,
      job: 'sample',
      task,
      format: text({ prefixId: 'withTopic', value: ({ value }) => value as Uint8Array }),
    })
    return {
      ...sink,
      open: async () => {
        const session = await sink.open()
        const commit = session.commit.bind(session)
        session.commit = async (options) => {
          commits += 1
          if (commits === 1) await new Promise((resolve) => setTimeout(resolve, 9_000))
          return commit(options)
        }
        return session
      },
    }
  }
  const { pipeline, told } = groupTrial(bench, [topic], memory, { pipeline: { sink: slow } })
  const running = pipeline.run()
  await eventually('the commit', async () => commits === 1)
  const memberOf = async () => (await bench.admin.describeGroups([topic])).groups[0]!.members.map((one) => one.memberId)
  const before = await memberOf()
  await linesWhenThere(memory, 10)
  expect(await memberOf()).toEqual(before)
  expect(told.map(([name]) => name)).toEqual(['opened', 'commit'])
  pipeline.stop()
  await running
})

test('a group that another program uses is named, and that program not disturbed', async () => {
  const topic = await ownTopic(bench)
  const other = bench.kafka.consumer({ groupId: topic })
  onTestFinished(() => other.disconnect())
  await other.connect()
  await other.subscribe({ topic })
  const joined = new Promise((resolve) => other.on(other.events.GROUP_JOIN, resolve))
  await other.run({ eachMessage: async () => {} })
  await joined
  const { pipeline } = groupTrial(bench, [topic], new MemoryFileSystem())
  await expect(pipeline.run()).rejects.toMatchObject({
    code: 'UNREADABLE',
    message: expect.stringContaining(`group ${topic} is in use`),
  })
  expect((await bench.admin.describeGroups([topic])).groups[0]).toMatchObject({ state: 'Stable' })
})

test('partitions that appear while it runs are read from their first record', async () => {
  const topic = await ownTopic(bench)
  await bench.producer.send({ topic, messages: numbered(0, 10) })
  const memory = new MemoryFileSystem()
  const { pipeline } = groupTrial(bench, [topic], memory, { group: { metadataAgeMsMax: 1_000, from: 'latest' } })
  const running = pipeline.run()
  await eventually(
    'to run',
    async () => pipeline.status().state === 'running' && pipeline.status().source.lagRecords === 0,
  )
  await bench.admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] })
  // While one of the new partitions has no leader yet, kafkajs sends to the other once more: idempotent, so that it is there once.
  const producer = bench.kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  onTestFinished(() => producer.disconnect())
  await producer.connect()
  await producer.send({ topic, messages: [...numbered(0, 10, 1), ...numbered(0, 10, 2)] })
  expect(await linesWhenThere(memory, 20)).toHaveLength(20)
  pipeline.stop()
  expect((await running).outcome).toBe('stopped')
})

test('tasks move to a process that comes and back when it goes, and every record is there once', async () => {
  const topic = await ownTopic(bench, { partitions: 4 })
  const memory = new MemoryFileSystem()
  let sent = 0
  const sending = { isOver: false }
  const feed = (async () => {
    while (!sending.isOver) {
      const messages = [0, 1, 2, 3].flatMap((partition) => numbered(sent, sent + 25, partition))
      await bench.producer.send({ topic, messages })
      sent += 25
    }
  })()
  const staying = groupTrial(bench, [topic], memory, { taskCount: 2 })
  const stays = staying.pipeline.run()
  await linesWhenThere(memory, 100)
  for (let round = 0; round < 3; round++) {
    const coming = groupTrial(bench, [topic], memory, { taskCount: 2 })
    const comes = coming.pipeline.run()
    await eventually('a task moved', async () => coming.pipeline.status().committedRecords > 0)
    coming.pipeline.stop()
    expect((await comes).outcome).toBe('stopped')
  }
  sending.isOver = true
  await feed
  const written = await linesWhenThere(memory, sent * 4)
  expect(new Set(written).size).toBe(sent * 4)
  expect(written).toHaveLength(sent * 4)
  staying.pipeline.stop()
  await stays
  // Nobody was fenced: what moved was released first.
  expect(staying.warnings).toEqual([])
})
