// The main job at length: millions of records, a commit every 10 s, beside what bounds it and what users would take instead.
import { startCluster } from '../../test/cluster/cluster.js'
import { compare, units } from './compare.js'
import type { Inquiry } from './question.js'
import { fillTopic, VALUE_BYTES } from './topic.js'
import { startWays, wayNames } from './ways.js'

const RECORDS = 4_000_000
const RECORDS_QUICK = 40_000
const COMMIT_INTERVAL_MS = 10_000
const KEYS = 100
const MEMORY_MIB_MAX = 512
const { native, http, read, append, hflush } = wayNames

export async function steady(inquiry: Inquiry): Promise<void> {
  const { section, isQuick, compiledDirectory } = inquiry
  const records = inquiry.records ?? (isQuick ? RECORDS_QUICK : RECORDS)
  const rounds = inquiry.rounds ?? 1
  Object.assign(section.settings, {
    records: `${records} of ${VALUE_BYTES} B`,
    rounds: String(rounds),
    cluster: 'Hadoop 3.4.2, 1 datanode, Kafka 4.3.1, 4 partitions, loopback',
    commits: `every ${COMMIT_INTERVAL_MS / 1000} s`,
  })
  for (const closeDelayMs of isQuick ? [10] : [400, 10]) {
    const setting = `${closeDelayMs} ms, ${KEYS} keys, every 10 s`
    if (!setting.startsWith(inquiry.only)) continue
    await using cluster = await startCluster({ httpfs: false, datanodes: 1, closeDelayMs })
    const names = [read, native, http, append, hflush].filter((name) => inquiry.isAsked(name))
    await using ways = await startWays(cluster, { compiledDirectory, closeDelayMs, names })
    await fillTopic(cluster.kafkaBrokers, { topic: 'steady', records, keys: KEYS })
    const one = { setting, topic: 'steady', records, keys: KEYS, commitIntervalMs: COMMIT_INTERVAL_MS, commits: 2 }
    await compare(inquiry, { cluster, ways, cases: [one], rounds })
    const median = (way: string): number => section.median(setting, way) ?? Number.NaN
    const ratio = (way: string, peer: string): number | undefined => {
      const found = median(way) / median(peer)
      return Number.isNaN(found) ? undefined : found
    }
    for (const way of [native, http]) {
      section.atLeast(`${setting}: ${way} at least 0.6 × ${read}`, ratio(way, read), 0.6)
      section.atLeast(`${setting}: ${way} at least 1.5 × ${append}`, ratio(way, append), 1.5)
      if (closeDelayMs === 400) section.atLeast(`${setting}: ${way} at least ${hflush}`, ratio(way, hflush), 1)
      const memory = section.median(setting, way, units.memory)
      section.atMost(`${setting}: ${way}, MiB resident under ${MEMORY_MIB_MAX}`, memory, MEMORY_MIB_MAX)
    }
  }
}
