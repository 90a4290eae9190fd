// Windows of event time from Kafka to HDFS by two processes that are killed, beside a reader who waits for `_SUCCESS`. The long form is
// `npm run chaos -- windows`. SEED=… repeats the choices, not the timing.
import { expect, test } from 'vitest'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { runWindowsChaos } from '../chaos/windows-chaos.js'
import { sharedCluster, sharedKafka } from '../cluster/shared-cluster.js'

const seed = process.env.SEED ?? String(Date.now())

test(`a directory with _SUCCESS is complete and stays as it is (SEED=${seed})`, { timeout: 300_000 }, async () => {
  const told: string[] = []
  const random = new SeededRandom(seed)
  const report = await runWindowsChaos({
    cluster: await sharedCluster(),
    brokers: (await sharedKafka()).kafkaBrokers,
    records: 8_000,
    kills: 2,
    mode: random.pick(['append', 'new-file', 'concat'] as const),
    visibility: random.pick(['live', 'sealed'] as const),
    random,
    tell: (text) => told.push(text),
  })
  expect(report.complaints, told.join('\n')).toEqual([])
  expect(report.windows).toBeGreaterThan(4)
  expect(report.marked).toBe(report.windows)
})
