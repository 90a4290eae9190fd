// One reading of the topic in a process of its own: `bare` by kafkajs alone, which only counts; `pipeline` to HDFS. Prints a line of JSON.
import kafkajs from 'kafkajs'
import { GroupPipeline, kafkaGroup, multiOutputSink, type SourceRecord } from '../../src/index.js'
import { keyedText } from './keyed-text.js'

const SAMPLE_MS = 50

const [way, task] = process.argv.slice(2) as ['bare' | 'pipeline', string]
const { brokers, topic, location, taskCount, commitIntervalMs } = JSON.parse(task) as {
  readonly brokers: string[]
  readonly topic: string
  readonly location: string
  readonly taskCount: number
  readonly commitIntervalMs: number
}

let peakBytes = 0
let cpuStart = process.cpuUsage()
const sampling = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
}, SAMPLE_MS)
const result = way === 'bare' ? await readBare() : await runPipeline()
clearInterval(sampling)
const { user, system } = process.cpuUsage(cpuStart)
console.log(JSON.stringify({ ...result, peakBytes, cpuMs: Math.round((user + system) / 1000) }))
process.exit(0)

async function readBare(): Promise<object> {
  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  const left = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]))
  await admin.disconnect()
  const consumer = kafka.consumer({ groupId: `bare-${process.pid}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let startedMs = 0
  consumer.on(consumer.events.GROUP_JOIN, () => {
    startedMs = Date.now()
    cpuStart = process.cpuUsage()
  })
  let records = 0
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          records += batch.messages.length
          if (Number(batch.lastOffset()) + 1 >= left.get(batch.partition)!) left.delete(batch.partition)
          if (left.size === 0) resolve()
        },
      })
      .catch(reject)
  })
  return { records, ms: Date.now() - startedMs }
}

async function runPipeline(): Promise<object> {
  let startedMs = 0
  let lastMs = 0
  const commits: { readonly durationMs: number; readonly readMeanwhile: number }[] = []
  const pipeline = new GroupPipeline({
    group: kafkaGroup({ brokers, topics: [topic], groupId: `bench-${process.pid}`, purpose: 'bench' }),
    taskCount,
    sink: (number, { takeover }) =>
      multiOutputSink<SourceRecord>({
        location,
        job: 'bench',
        task: number,
        taskCount,
        takeover,
        ...keyedText,
        bufferedBytesMax: Math.floor((256 * 2 ** 20) / taskCount),
      }),
    decode: 'none',
    untilEnd: true,
    commit: { intervalMs: commitIntervalMs },
    events: {
      opened: () => {
        if (startedMs !== 0) return
        startedMs = Date.now()
        cpuStart = process.cpuUsage()
      },
      commit: ({ timeMs, durationMs }) => {
        lastMs = timeMs
        commits.push({ durationMs, readMeanwhile: recordsSince(durationMs) })
      },
    },
  })
  const seen: { readonly atMs: number; readonly records: number }[] = []
  const looking = setInterval(() => seen.push({ atMs: Date.now(), records: pipeline.status().records }), SAMPLE_MS)
  function recordsSince(ms: number): number {
    const now = pipeline.status().records
    const before = seen.findLast(({ atMs }) => atMs <= Date.now() - ms)
    return now - (before?.records ?? 0)
  }
  const { status } = await pipeline.run()
  clearInterval(looking)
  return { records: status.committedRecords, bytes: status.committedBytes, ms: lastMs - startedMs, commits }
}
