// Kafka to HDFS with two processes that are killed and stopped, servers that are restarted, and a third process that comes and goes: every
// record once. The short form; the long one is `npm run chaos -- pipeline`. SEED=… repeats the choices, not the timing.
import { expect, test } from 'vitest'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { runPipelineChaos } from '../chaos/pipeline-chaos.js'

const seed = process.env.SEED ?? String(Date.now())

test(`two processes and their servers, hit (SEED=${seed})`, { timeout: 400_000 }, async () => {
  const told: string[] = []
  const random = new SeededRandom(seed)
  const report = await runPipelineChaos({
    // Either is hit in the end: which one, the seed says.
    over: random.pick(['webhdfs', 'hdfs'] as const),
    records: 60_000,
    partitions: 4,
    keys: 20,
    taskCount: 2,
    hits: 5,
    comings: 1,
    stopMs: 9_000,
    servers: ['broker', 'namenode', 'datanode'],
    downMs: 1_000,
    random,
    tell: (text) => told.push(text),
  })
  const happened = [...told, ...report.ownEnds].join('\n')
  expect(report.complaints, happened).toEqual([])
  expect(report.ownEnds, happened).toEqual([])
  expect(report.commits, happened).toBeGreaterThan(0)
  expect(report.records).toBeGreaterThanOrEqual(60_000)
})
