// `run` from real Kafka to a local disk: flags alone, verify, dead letters to a topic, and what it says of wrong input.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../assumptions/eventually.js'
import { sharedKafka } from '../cluster/shared-cluster.js'
import { type Bench, connectBench, ownTopic } from '../source/kafka/kafka-trial.js'
import { startCommand } from './running-command.js'
import { writtenLines } from './written-lines.js'

let bench: Bench & { close(): Promise<void> }

beforeAll(async () => {
  const { kafkaBrokers } = await sharedKafka()
  bench = await connectBench(kafkaBrokers)
})

afterAll(() => bench?.close())

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function words(topic: string, location: string, ...more: readonly string[]): string[] {
  const from = ['--topics', topic, '--brokers', ...bench.brokers]
  return ['run', ...from, '--location', location, '--job', topic, '--field', 'key', '--format', 'text', ...more]
}

test('to the end, verified, and again: nothing twice; bad records go to a topic with their reason', async () => {
  const topic = await ownTopic(bench, { partitions: 2 })
  const deadTopic = await ownTopic(bench)
  const messages = Array.from({ length: 100 }, (_, n) => {
    return { partition: n % 2, value: n % 10 === 7 ? `bad ${n}` : `{"key":"k${n % 3}","n":${n}}` }
  })
  await bench.producer.send({ topic, messages })
  const location = join(ownFolder(), 'out')
  const run = words(
    topic,
    location,
    '--prefix-id',
    '--until-end',
    '--dead-letter-topic',
    deadTopic,
    '--task-count',
    '2',
  )
  for (const time of ['first', 'again']) {
    const { exitCode, stderr } = await startCommand(run).ended()
    expect({ exitCode, time }, stderr).toEqual({ exitCode: 0, time: 'first' === time ? 'first' : 'again' })
  }
  const lines = [...writtenLines(location).values()].flat()
  expect(lines.map((line) => Number(/"n":(\d+)/.exec(line)![1])).sort((a, b) => a - b)).toEqual(
    messages.flatMap((_, n) => (n % 10 === 7 ? [] : [n])),
  )
  const verified = await startCommand(['verify', location]).ended()
  expect(verified, verified.stdout + verified.stderr).toMatchObject({ exitCode: 0 })
  const dead = await readAll(deadTopic, 10)
  expect(dead.map(({ value }) => value).sort()).toEqual(
    messages.flatMap(({ value }) => (value.startsWith('bad') ? [value] : [])).sort(),
  )
  expect(dead[0]).toMatchObject({
    id: expect.stringMatching(`^${topic}-1-\\d+$`),
    reason: expect.stringContaining('JSON'),
  })
})

async function readAll(topic: string, count: number): Promise<{ value: string; id: string; reason: string }[]> {
  const consumer = bench.kafka.consumer({ groupId: `read-${topic}` })
  onTestFinished(() => consumer.disconnect())
  const found: { value: string; id: string; reason: string }[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message: { value, headers } }) => {
      const header = (name: string): string => String(headers?.[name])
      found.push({ value: String(value), id: header('dead-letter-id'), reason: header('dead-letter-reason') })
    },
  })
  await eventually('the dead letters', async () => found.length >= count)
  return found
}

test('wrong input: what is wrong, where, what to do, and the exit code', async () => {
  const location = join(ownFolder(), 'out')
  const missing = await startCommand(words('no-such-topic', location)).ended()
  expect(missing.exitCode).toBe(1)
  expect(missing.stderr).toMatch(/UNREADABLE: Kafka at 127\.0\.0\.1:\d+ has no topic no-such-topic/)

  const topic = await ownTopic(bench)
  const wrong = await startCommand(words(topic, location, '--session-timeout-ms', '1500')).ended()
  expect(wrong.exitCode).toBe(1)
  expect(wrong.stderr).toContain('refuses this sessionTimeoutMs')

  const task = await startCommand(words(topic, location, '--task', '0')).ended()
  expect(task.exitCode).toBe(2)
  expect(task.stderr).toContain('sink.task: the consumer group gives tasks to processes')
})

test('SIGTERM commits what was read, and the next run goes on', async () => {
  const topic = await ownTopic(bench)
  await bench.producer.send({ topic, messages: [{ value: '{"key":"a","n":0}' }] })
  const location = join(ownFolder(), 'out')
  const command = startCommand(words(topic, location, '--json', '--commit-interval-ms', '100'))
  await command.toldOf('commit', 1)
  command.signal('SIGTERM')
  expect(await command.ended()).toMatchObject({ exitCode: 0 })
  expect(command.events.at(-1)).toMatchObject({ event: 'ended', outcome: 'stopped' })
})
