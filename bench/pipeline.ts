// How much of kafkajs' own speed does a pipeline from Kafka to HDFS keep?
//
//   npx tsx bench/pipeline.ts [--records 400000] [--rounds 3] [--task-count 1] [--commit-interval-ms 10000] [--over webhdfs|hdfs]
//
// Starts a cluster of its own (Java 17 and Maven). Records of 170 B with 100 keys, text with id prefix, to the end. In each round kafkajs alone
// reads the topic, then the pipeline does, each in a new process, from the first fetch to the last record or commit; what was written is counted.
// Exits with 1 when the ratio of the medians is below 0.6, or the pipeline's memory above 512 MiB.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import kafkajs from 'kafkajs'
import { startCluster } from '../test/cluster/cluster.js'

const RATIO_MIN = 0.6
const MEMORY_BYTES_MAX = 512 * 2 ** 20
const VALUE_BYTES = 170
const KEYS = 100
const PARTITIONS = 4
const BATCH_RECORDS = 5_000

interface Reading {
  readonly records: number
  readonly ms: number
  readonly peakBytes: number
  /** Of the process, which on a busy machine says more than time does. */
  readonly cpuMs: number
  readonly bytes?: number
  readonly commits?: readonly { readonly durationMs: number; readonly readMeanwhile: number }[]
}

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '400000' },
    rounds: { type: 'string', default: '3' },
    'task-count': { type: 'string', default: '1' },
    'commit-interval-ms': { type: 'string', default: '10000' },
    over: { type: 'string', default: 'webhdfs' },
  },
})
const records = Number(values.records)
if (values.over !== 'webhdfs' && values.over !== 'hdfs') throw new Error(`--over ${values.over}: webhdfs or hdfs`)
const topic = 'bench'
await using cluster = await startCluster({ httpfs: false, datanodes: 1, closeDelayMs: 10 })
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}, load ${loadavg()[0]!.toFixed(1)}`)
await produce()
const bare: Reading[] = []
const piped: Reading[] = []
for (let round = 1; round <= Number(values.rounds); round++) {
  bare.push(await read('bare', round))
  piped.push(await read('pipeline', round))
}
const ratio = speedOf(median(piped)) / speedOf(median(bare))
const peakBytes = Math.max(...piped.map((one) => one.peakBytes))
console.log(`ratio of the medians: ${ratio.toFixed(2)} (at least ${RATIO_MIN})`)
const cpuRatio = (medianCpuMs(bare) / medianCpuMs(piped)).toFixed(2)
console.log(`by the processor: ${cpuRatio}, ${perRecord(bare)} µs a record alone, ${perRecord(piped)} in the pipeline`)
console.log(`most memory: ${mebibytes(peakBytes)} (at most ${mebibytes(MEMORY_BYTES_MAX)})`)
process.exitCode = ratio < RATIO_MIN || peakBytes > MEMORY_BYTES_MAX ? 1 : 0

async function produce(): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: cluster.kafkaBrokers, logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await Promise.all([admin.connect(), producer.connect()])
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true })
  for (let sent = 0; sent < records; sent += BATCH_RECORDS) {
    const messages = Array.from({ length: Math.min(BATCH_RECORDS, records - sent) }, (_, i) => {
      const n = sent + i
      return {
        key: `k${(n * 7 + (n >> 4)) % KEYS}`,
        value: `${n} `.padEnd(VALUE_BYTES, 'x'),
        partition: n % PARTITIONS,
      }
    })
    await producer.send({ topic, messages })
  }
  await Promise.all([admin.disconnect(), producer.disconnect()])
}

async function read(way: 'bare' | 'pipeline', round: number): Promise<Reading> {
  const task = {
    brokers: cluster.kafkaBrokers,
    topic,
    location: `${(values.over === 'hdfs' ? cluster.hdfsUrl : cluster.webhdfsUrl).replace('//', `//${cluster.description.user}@`)}/bench-${round}`,
    taskCount: Number(values['task-count']),
    commitIntervalMs: Number(values['commit-interval-ms']),
  }
  const program = fileURLToPath(new URL('pipeline/child.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', program, way, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  if (exitCode !== 0) throw new Error(`${way} ended with ${exitCode}`)
  const reading = JSON.parse(text) as Reading
  if (reading.records !== records) throw new Error(`${way}: ${reading.records} records, not ${records}`)
  const { ms, commits } = reading
  const during = commits?.map(({ durationMs, readMeanwhile }) => `${durationMs} ms (${readMeanwhile} read meanwhile)`)
  const speed = `${Math.round(speedOf(reading)).toLocaleString('en-US')} records/s`
  const told = during === undefined ? '' : `; commits ${during.join(', ')}`
  console.log(
    `round ${round}, ${way.padEnd(8)}: ${speed}, ${ms} ms (${reading.cpuMs} ms of CPU), ${mebibytes(reading.peakBytes)}${told}`,
  )
  return reading
}

function speedOf(reading: Reading): number {
  return (reading.records / reading.ms) * 1000
}

function median(readings: readonly Reading[]): Reading {
  return readings.toSorted((a, b) => a.ms - b.ms)[Math.floor(readings.length / 2)]!
}

function medianCpuMs(readings: readonly Reading[]): number {
  return readings.map(({ cpuMs }) => cpuMs).toSorted((a, b) => a - b)[Math.floor(readings.length / 2)]!
}

function perRecord(readings: readonly Reading[]): string {
  return ((medianCpuMs(readings) * 1_000) / records).toFixed(2)
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}
