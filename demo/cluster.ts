// Kafka to HDFS, both real and started for it (Java 17 and Maven): two writers share a topic, one is killed in the middle, the other
// takes over, and every order is counted.
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { startCluster } from '../test/cluster/cluster.js'
import { dataFilesOf } from '../test/writer/hdfs-files.js'
import { type CommandEnd, command } from './command.js'
import { makeOrders } from './orders.js'

const ORDERS = 200_000
const PARTITIONS = 4
const TASKS = 2
const COMMITS_BEFORE_KILL = 2
const BATCH_ORDERS = 2_000

const startedMs = Date.now()
step('Start a namenode, two datanodes and a Kafka broker on loopback')
const cluster = await startCluster({ httpfs: false })
const overHttp = process.argv.includes('--webhdfs')
const location = `${overHttp ? cluster.webhdfsUrl : cluster.hdfsUrl}/orders`
const user = ['--user', cluster.description.user]
try {
  await main()
} finally {
  await cluster.stop()
}

async function main(): Promise<void> {
  step(`${count(ORDERS)} orders into the topic orders, ${PARTITIONS} partitions`)
  await produce()

  const from = ['run', '--topics', 'orders', '--brokers', ...cluster.kafkaBrokers, '--location', location, ...user]
  const how = [
    '--job',
    'orders',
    '--task-count',
    String(TASKS),
    '--field',
    'country',
    '--format',
    'text',
    '--prefix-id',
  ]
  const words = [...from, ...how, '--commit-records-max', '20000', '--until-end']
  step('Write them with two processes, a file for each country and task, and kill one with SIGKILL in the middle')
  tell(`$ hdfs-multi-output ${words.join(' ')}`)
  const end = await killOneOfTwo([...words, '--json'])
  tell('one is killed; the group gives its tasks to the other when its session of 10 s has ended')
  if (end.exitCode !== 0) fail('the other one failed', end)

  step('Compare the files with the log')
  tell(`$ hdfs-multi-output verify ${location}`)
  const verified = await command(['verify', location, ...user])
  tell(verified.stdout.trimEnd())
  if (verified.exitCode !== 0) fail('verify found something', verified)

  step('Count for ourselves, over plain HTTP, knowing nothing of any log')
  await countOrders()
  console.log(
    `\nDone in ${((Date.now() - startedMs) / 1000).toFixed(1)} s; the servers are stopped, and what they held is deleted.`,
  )
}

async function produce(): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), 'hdfs-multi-output-demo-')), 'orders.jsonl')
  await makeOrders(file, ORDERS)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const kafka = new kafkajs.Kafka({ brokers: cluster.kafkaBrokers, logLevel: kafkajs.logLevel.NOTHING })
  const [admin, producer] = [
    kafka.admin(),
    kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner }),
  ]
  await Promise.all([admin.connect(), producer.connect()])
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: PARTITIONS }], waitForLeaders: true })
  for (let sent = 0; sent < lines.length; sent += BATCH_ORDERS) {
    const messages = lines
      .slice(sent, sent + BATCH_ORDERS)
      .map((value, i) => ({ value, partition: (sent + i) % PARTITIONS }))
    await producer.send({ topic: 'orders', messages })
  }
  await Promise.all([admin.disconnect(), producer.disconnect()])
}

/** Starts one, the other when the first is at work, and kills the first after some commits. Answers how the other ended. */
async function killOneOfTwo(words: readonly string[]): Promise<CommandEnd> {
  let commits = 0
  let other: Promise<CommandEnd> | undefined
  const end = await command(words, ({ event }, kill) => {
    if (event === 'opened') other ??= command(words)
    if (event !== 'commit') return
    commits += 1
    if (commits === COMMITS_BEFORE_KILL) kill()
  })
  if (end.exitCode !== null || other === undefined) fail('the first was to be killed, but it ended', end)
  return other
}

async function countOrders(): Promise<void> {
  const seen = new Uint8Array(ORDERS)
  let misplaced = 0
  const files = await dataFilesOf(cluster, '/orders')
  for (const { path, bytes } of files) {
    for (const line of bytes.toString('utf8').trimEnd().split('\n')) {
      const { order, country } = JSON.parse(line.slice(line.indexOf('\t') + 1)) as { order: number; country: string }
      seen[order]! += 1
      if (!path.startsWith(`country=${country}/`)) misplaced += 1
    }
  }
  const missing = seen.filter((times) => times === 0).length
  const repeated = seen.filter((times) => times > 1).length
  tell(
    `${count(ORDERS)} orders in ${files.length} files: ${missing} missing, ${repeated} repeated, ${misplaced} misplaced`,
  )
  if (missing + repeated + misplaced > 0) fail('orders are not all there once')
}

function step(title: string): void {
  console.log(`\n▸ ${title}`)
}

function tell(text: string): void {
  console.log(text.replaceAll(/^/gm, '  '))
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}

function fail(message: string, end?: CommandEnd): never {
  throw new Error(
    `demo: ${message}${end === undefined ? '' : ` (exit code ${end.exitCode})\n${end.stdout}${end.stderr}`}`,
  )
}
