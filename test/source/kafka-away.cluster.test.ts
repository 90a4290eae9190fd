// Brokers that are away: the pipeline commits what it has, waits, and goes on by itself.
import { expect, test } from 'vitest'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { eventually } from '../assumptions/eventually.js'
import { reservePorts } from '../cluster/free-ports.js'
import { useCluster } from '../cluster/own-cluster.js'
import { dataLines } from '../sink/stored-records.js'
import { connectBench, groupTrial, linesWhenThere, numbered, ownTopic } from './kafka/kafka-trial.js'

const cluster = useCluster({ hadoop: false })

test('a broker that is killed and comes back', async () => {
  const { kafkaBrokers, broker } = cluster()
  const bench = await connectBench(kafkaBrokers)
  const topic = await ownTopic(bench, { partitions: 2 })
  await bench.producer.send({ topic, messages: [...numbered(0, 50, 0), ...numbered(0, 50, 1)] })
  await bench.close()
  const memory = new MemoryFileSystem()
  const { pipeline, told } = groupTrial(bench, [topic], memory, { taskCount: 2 })
  const running = pipeline.run()
  await linesWhenThere(memory, 100)
  const before = told.length
  await broker.kill()
  const since = (): string[] => told.slice(before).map(([name]) => name)
  await eventually('to notice', async () => since().includes('away'))
  expect(pipeline.status().state).toBe('away')
  await broker.start()
  const again = await connectBench(kafkaBrokers)
  await again.producer.send({ topic, messages: [...numbered(50, 100, 0), ...numbered(50, 100, 1)] })
  // As many as there are: a producer that was told of one partition only sends to both again.
  const ends = (await again.admin.fetchTopicOffsets(topic)).map(({ high }) => Number(high))
  expect(Math.min(...ends)).toBeGreaterThanOrEqual(100)
  const count = ends[0]! + ends[1]!
  const lines = await linesWhenThere(memory, count)
  await again.close()
  pipeline.stop()
  expect((await running).outcome).toBe('stopped')
  const ids = lines.map((line) => line.slice(0, line.indexOf('\t')))
  expect(new Set(ids).size).toBe(count)
  expect(await dataLines(memory, 'good')).toHaveLength(count)
  // The tasks were not opened again: what they held goes on.
  expect(since()).not.toContain('opened')
  expect(since()).toContain('back')
})

test('no broker at all: it says where it looked, and gives up when it was told to', async () => {
  const port = await (await reservePorts()).next()
  const bench = { brokers: [`127.0.0.1:${port}`] } as never
  const { pipeline, told } = groupTrial(bench, ['orders'], new MemoryFileSystem(), {
    pipeline: { away: { pauseMsInitial: 10, pauseMsMax: 10, giveUpAfterMs: 50 } },
  })
  await expect(pipeline.run()).rejects.toMatchObject({
    code: 'GAVE_UP',
    message: expect.stringContaining(`127.0.0.1:${port}`),
    cause: { code: 'UNAVAILABLE' },
  })
  expect(told.map(([name]) => name)).toContain('away')
})
