// What `npm run cluster` says can be pasted does what it says: a record goes into a topic, and from there into HDFS.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { root, runCommandLine } from '../cli/run-command-line.js'
import { ClusterAddresses } from './cluster-addresses.js'
import { sharedCluster, sharedKafka } from './shared-cluster.js'
import { whatToPasteNext } from './what-to-paste-next.js'

test('its lines put a record into a topic, run a job over it, and verify what the job wrote', async () => {
  const [hdfs, kafka] = await Promise.all([sharedCluster(), sharedKafka()])
  const { kafkaVersion, brokerPort } = kafka.description
  const cluster = new ClusterAddresses({ ...hdfs.description, kafkaVersion, brokerPort })
  // The servers are shared with other tests: only the names may differ from what people paste.
  const lines = whatToPasteNext(cluster)
    .replaceAll(/\borders\b/g, 'pasted-orders')
    .split('\n')
  const lineWith = (words: string): string => lines.find((line) => line.includes(words))!.trim()
  const produced = spawnSync('sh', ['-c', lineWith('node -e')], { cwd: root, encoding: 'utf8' })
  expect(produced).toMatchObject({ status: 0, stderr: '' })
  const command = (words: string): string[] => lineWith(`npx hdfs-multi-output ${words}`).split(' ').slice(2)
  const ran = runCommandLine(command('run'))
  expect(ran.stderr).toMatch(/done: 1 record, /)
  expect(ran.status).toBe(0)
  const verified = runCommandLine(command('verify'))
  expect(verified).toMatchObject({ status: 0, stdout: expect.stringMatching(/^as the log says: 1 file, 1 line, /) })
})
