import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs, { type Producer } from 'kafkajs'
import { expect, onTestFinished, test } from 'vitest'
import { writtenLines } from '../cli/written-lines.js'
import { sharedKafka } from '../cluster/shared-cluster.js'

const RUN_MS_MAX = 60_000

test('it is short enough to be read', () => {
  expect(readFileSync('examples/kafka-consumer.ts', 'utf8').trimEnd().split('\n').length).toBeLessThan(60)
})

test('killed and started again, every record is there once, whatever the group says', async () => {
  const { kafkaBrokers } = await sharedKafka()
  const topic = `example-${randomUUID()}`
  const kafka = new kafkajs.Kafka({ brokers: kafkaBrokers, logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  const folder = mkdtempSync(join(tmpdir(), 'example-kafka-'))
  onTestFinished(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect()])
    rmSync(folder, { recursive: true, force: true })
  })
  await Promise.all([admin.connect(), producer.connect()])
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true })
  const location = `${folder}/events`

  await send(producer, topic, 0, 100)
  const killed = start(`file://${location}`, kafkaBrokers[0]!, topic)
  await joined(killed)
  killed.kill('SIGKILL')
  await once(killed, 'close')

  await send(producer, topic, 100, 200)
  for (const until of [200, 300]) {
    const child = start(`file://${location}`, kafkaBrokers[0]!, topic)
    await joined(child)
    if (until === 300) await send(producer, topic, 200, 300)
    // It commits when it leaves; what it has not read by then is the next one's.
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
  }
  const last = start(`file://${location}`, kafkaBrokers[0]!, topic)
  await joined(last)
  // Its interval of 5 s, and a batch behind it.
  while (idsIn(location).length < 300) {
    await send(producer, topic, 300, 301)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  last.kill('SIGTERM')
  await once(last, 'close')
  const ids = idsIn(location)
  expect(new Set(ids).size).toBe(ids.length)
}, 180_000)

function start(location: string, broker: string, topic: string): ChildProcess {
  const words = ['--import', 'tsx', 'examples/kafka-consumer.ts', location, broker, topic]
  const child = spawn(process.execPath, words, { env: { ...process.env, KAFKAJS_LOG_LEVEL: 'info' } })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

/** kafkajs says so on standard output. */
async function joined(child: ChildProcess): Promise<void> {
  let told = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      told += text
    })
  }
  const until = Date.now() + RUN_MS_MAX
  while (!told.includes('Consumer has joined the group')) {
    if (Date.now() > until || child.exitCode !== null) throw new Error(`it did not join: ${told}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function send(producer: Producer, topic: string, from: number, until: number): Promise<void> {
  const messages = Array.from({ length: until - from }, (_, i) => {
    return { partition: (from + i) % 2, value: JSON.stringify({ n: from + i, country: `c${(from + i) % 3}` }) }
  })
  await producer.send({ topic, messages })
}

function idsIn(location: string): string[] {
  return [...writtenLines(location).values()].flat().map((line) => (JSON.parse(line) as { _id: string })._id)
}
