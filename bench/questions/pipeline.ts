// Kafka to HDFS, beside what users would take instead: one commit and ten, 100 keys and 1,000, both close delays.
import { startCluster } from '../../test/cluster/cluster.js'
import type { Section } from '../reporting/report.js'
import { type Case, compare, plotName, units } from './compare.js'
import type { Inquiry } from './question.js'
import { fillTopic, VALUE_BYTES } from './topic.js'
import { startWays, wayNames } from './ways.js'

const SHIPPED_MS = 400
const TUNED_MS = 10
const RECORDS = 400_000
const RECORDS_QUICK = 20_000
const ROUNDS = 3
const KEYS = 100
const MANY_KEYS = 1_000
const COMMITS = 10
const MANY_KEYS_COMMITS = 2
const MEMORY_MIB_MAX = 512
const REQUESTS_MAX = 3

export async function pipeline(inquiry: Inquiry): Promise<void> {
  const { section, isQuick, progress, compiledDirectory } = inquiry
  const records = inquiry.records ?? (isQuick ? RECORDS_QUICK : RECORDS)
  const rounds = inquiry.rounds ?? (isQuick ? 1 : ROUNDS)
  const known = isQuick ? [wayNames.read, wayNames.native, wayNames.http, wayNames.append] : Object.values(wayNames)
  const names = known.filter((name) => inquiry.isAsked(name))
  Object.assign(section.settings, {
    records: `${records} of ${VALUE_BYTES} B`,
    rounds: String(rounds),
    cluster: 'Hadoop 3.4.2, 1 datanode, Kafka 4.3.1, 4 partitions, loopback',
    ours: '1 process, 1 task, append, text with the id, bufferedBytesMax 256 MiB; a new process each round',
    Java: 'one process, warm, -Xmx1g, no positions kept',
    Spark: 'local[16], one session, warm, 2 GiB; a text file a key and batch, exactly once by checkpoint and sink log',
  })
  for (const closeDelayMs of isQuick ? [TUNED_MS] : [SHIPPED_MS, TUNED_MS]) {
    const cases = casesOf({ closeDelayMs, records, isQuick }).filter(({ setting }) => setting.startsWith(inquiry.only))
    if (cases.length === 0) continue
    progress.clear()
    await using cluster = await startCluster({ httpfs: false, datanodes: 1, closeDelayMs })
    await using ways = await startWays(cluster, { compiledDirectory, closeDelayMs, names })
    const topics = new Map(cases.map(({ topic, keys }) => [topic, keys]))
    for (const [topic, keys] of topics) await fillTopic(cluster.kafkaBrokers, { topic, records, keys })
    try {
      await compare(inquiry, { cluster, ways, cases, rounds })
    } finally {
      conclude(section, closeDelayMs)
    }
  }
}

function casesOf({
  closeDelayMs,
  records,
  isQuick,
}: {
  readonly closeDelayMs: number
  readonly records: number
  readonly isQuick: boolean
}): Case[] {
  const few = { topic: 'few', keys: KEYS, records }
  const ten = { ...few, setting: tenCommits(closeDelayMs), recordsPerCommit: records / COMMITS, commits: COMMITS }
  if (isQuick) return [ten]
  const isShipped = closeDelayMs === SHIPPED_MS
  return [
    { ...few, setting: oneCommit(closeDelayMs), commits: 1 },
    { ...ten, ...(isShipped ? { roundsMax: 2 } : {}) },
    {
      setting: manyKeys(closeDelayMs),
      topic: 'many',
      keys: MANY_KEYS,
      records,
      recordsPerCommit: records / MANY_KEYS_COMMITS,
      commits: MANY_KEYS_COMMITS,
      // A round closes 2,000 files through WebHDFS, 17 a second as shipped.
      ...(isShipped ? { roundsMax: 1 } : {}),
    },
  ]
}

const oneCommit = (delayMs: number): string => `${delayMs} ms, ${KEYS} keys, one commit`
const tenCommits = (delayMs: number): string => `${delayMs} ms, ${KEYS} keys, ten commits`
const manyKeys = (delayMs: number): string => `${delayMs} ms, ${MANY_KEYS} keys, two commits`

/** Plots and verdicts of a delay, from the rows that there are. */
export function conclude(section: Section, closeDelayMs: number): void {
  for (const settingOf of [oneCommit, tenCommits, manyKeys]) plotSetting(section, settingOf(closeDelayMs))
  judge(section, closeDelayMs)
}

function plotSetting(section: Section, setting: string): void {
  const bars = (name: string, title: string, unit: string): void => {
    const rows = section.rows.filter((row) => row.setting === setting && row.unit === unit && row.spread !== undefined)
    if (rows.length === 0) return
    section.plots.push({
      kind: 'bars',
      name: `${name}-${plotName(setting)}`,
      title: `${title}: close delay ${setting}`,
      unit,
      bars: rows.map(({ way, spread }) => ({ label: way, value: spread!.median, isOurs: way.startsWith('ours') })),
    })
  }
  bars('throughput', 'Kafka to HDFS', 'records/s')
  bars('commit-latency', 'Commits', units.commit)
  bars('bytes-per-close', 'Written per close of a file', units.close)
  bars('namenode-operations', 'Asked of the namenode', units.operations)
}

function judge(section: Section, closeDelayMs: number): void {
  const ratio = (setting: string, way: string, peer: string): number | undefined => {
    const [own, other] = [section.median(setting, way), section.median(setting, peer)]
    return own === undefined || other === undefined ? undefined : own / other
  }
  const [one, ten, many] = [oneCommit(closeDelayMs), tenCommits(closeDelayMs), manyKeys(closeDelayMs)]
  const { native, http, read, append, hflush } = wayNames
  const isShipped = closeDelayMs === SHIPPED_MS
  for (const way of [native, http]) {
    const measured = section.rows.some((row) => row.setting === one)
    if (measured) {
      section.atLeast(`${one}: ${way} at least 0.6 × ${read}`, ratio(one, way, read), 0.6)
      section.atLeast(`${one}: ${way} at least 1.5 × ${append}`, ratio(one, way, append), 1.5)
      if (isShipped) section.atLeast(`${one}: ${way} at least ${hflush}`, ratio(one, way, hflush), 1)
    }
    if (!section.rows.some((row) => row.setting === ten)) continue
    section.atMost(`${ten}: files of ${way}, keys × tasks = ${KEYS}`, section.median(ten, way, units.files), KEYS)
    const memory = section.median(ten, way, units.memory)
    section.atMost(`${ten}: ${way}, MiB resident under ${MEMORY_MIB_MAX}`, memory, MEMORY_MIB_MAX)
  }
  const requests = section.median(ten, http, units.requests)
  section.atMost(
    `${ten}: ${http}, HTTP requests a commit and touched file at most ${REQUESTS_MAX}`,
    requests,
    REQUESTS_MAX,
  )
  if (isShipped) {
    section.atLeast(`${ten}: ${native} at least 5 × ${append}`, ratio(ten, native, append), 5)
    section.atLeast(`${ten}: ${native} at least ${hflush}`, ratio(ten, native, hflush), 1)
    section.atLeast(`${many}: ${native} at least 5 × ${append}`, ratio(many, native, append), 5)
  } else if (section.rows.some((row) => row.setting === many)) {
    section.atLeast(`${many}: ${http} at least ${append}`, ratio(many, http, append), 1)
  }
}
