// How long until the records of a killed process flow again?
//
//   npm run bench:takeover -- [--keys 1000] [--rounds 3] [--over webhdfs|hdfs] [--close-delay-ms 400]
//
// Starts a cluster of its own (Java 17 and Maven). Two processes share a topic, each with a task and so many open files; one is killed, and the
// other tells when the group gave it the task (detection: the session of 10 s), when it began to claim it, when it had reclaimed the files,
// and when it had committed what came since. Exits with 1 when all that took longer than 20 s.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import kafkajs, { type Producer } from 'kafkajs'
import { startCluster } from '../test/cluster/cluster.js'

const TAKEOVER_MS_MAX = 20_000
const WAIT_MS_MAX = 180_000
const PARTITIONS = 2
const FEED_EVERY_MS = 200
const KEYS_LATER = 20

interface Told {
  readonly what: 'joined' | 'opening' | 'opened' | 'commit'
  readonly timeMs: number
  readonly tasks?: readonly number[]
  readonly partitions?: readonly number[]
}

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    over: { type: 'string', default: 'webhdfs' },
    'close-delay-ms': { type: 'string', default: '400' },
  },
})
const keys = Number(values.keys)
if (values.over !== 'webhdfs' && values.over !== 'hdfs') throw new Error(`--over ${values.over}: webhdfs or hdfs`)
await using cluster = await startCluster({
  httpfs: false,
  datanodes: 1,
  closeDelayMs: Number(values['close-delay-ms']),
})
const url = values.over === 'hdfs' ? cluster.hdfsUrl : cluster.webhdfsUrl
console.log(`${keys} files of a task open, over ${values.over}://, close delay ${values['close-delay-ms']} ms`)
const kafka = new kafkajs.Kafka({ brokers: cluster.kafkaBrokers, logLevel: kafkajs.logLevel.NOTHING })
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
const admin = kafka.admin()
await Promise.all([producer.connect(), admin.connect()])
async function takeOver(round: number): Promise<number> {
  const topic = `takeover-${round}`
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true })
  const feeding = new AbortController()
  const fed = feed(producer, topic, feeding.signal)
  const location = `${url.replace('//', `//${cluster.description.user}@`)}/takeover-${round}`
  const task = JSON.stringify({ brokers: cluster.kafkaBrokers, topic, location })
  const [victim, survivor] = [new Member(task), new Member(task)]
  try {
    await until('each has a task', () => [victim, survivor].every((one) => one.tasks.length === 1))
    const sharedMs = Date.now()
    await until('both have committed', () =>
      [victim, survivor].every(
        (one) => one.told.filter(({ what, timeMs }) => what === 'commit' && timeMs > sharedMs).length >= 2,
      ),
    )
    const before = survivor.told.length
    const partition = victim.told.findLast(({ what }) => what === 'commit')!.partitions![0]!
    const killedMs = Date.now()
    victim.child.kill('SIGKILL')
    const since = (what: Told['what'], holds: (one: Told) => boolean = () => true): Told | undefined =>
      survivor.told.slice(before).find((one) => one.what === what && holds(one))
    await until(
      'its records flow again',
      () => since('commit', (one) => one.partitions!.includes(partition)) !== undefined,
    )
    const steps = [
      ['the group gave its task to the other', since('joined', ({ tasks }) => tasks!.length === 2)],
      ['the claim began', since('opening')],
      [`claimed, ${keys} files reclaimed`, since('opened')],
      ['first commit of its records', since('commit', (one) => one.partitions!.includes(partition))],
    ] as const
    for (const [what, told] of steps) {
      console.log(
        `round ${round}: ${(((told?.timeMs ?? Number.NaN) - killedMs) / 1000).toFixed(1).padStart(6)} s  ${what}`,
      )
    }
    return steps[3][1]!.timeMs - killedMs
  } finally {
    for (const { child } of [victim, survivor]) child.kill('SIGKILL')
    feeding.abort()
    await fed
  }
}

async function feed(to: Producer, topic: string, signal: AbortSignal): Promise<void> {
  // Every key once, so that so many files are open; then some of them, so that commits are quick.
  for (let round = 0; !signal.aborted; round++) {
    const messages = Array.from({ length: (round === 0 ? keys : KEYS_LATER) * PARTITIONS }, (_, n) => {
      return { partition: n % PARTITIONS, key: `k${Math.floor(n / PARTITIONS)}`, value: `value ${n}` }
    })
    await to.send({ topic, messages })
    await delay(FEED_EVERY_MS)
  }
}

class Member {
  readonly child: ChildProcess
  readonly told: Told[] = []

  constructor(task: string) {
    const program = fileURLToPath(new URL('pipeline/member.ts', import.meta.url))
    this.child = spawn(process.execPath, ['--import', 'tsx', program, task], { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface(this.child.stdout!).on('line', (line) => this.told.push(JSON.parse(line) as Told))
  }

  get tasks(): readonly number[] {
    return this.told.findLast(({ what }) => what === 'joined')?.tasks ?? []
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const untilMs = Date.now() + WAIT_MS_MAX
  while (!holds()) {
    if (Date.now() > untilMs) throw new Error(`not within ${WAIT_MS_MAX} ms: ${what}`)
    await delay(20)
  }
}

// Last, because it stands on the class above.
let missed = 0
for (let round = 1; round <= Number(values.rounds); round++) {
  if ((await takeOver(round)) > TAKEOVER_MS_MAX) missed += 1
}
await Promise.all([producer.disconnect(), admin.disconnect()])
process.exitCode = missed === 0 ? 0 : 1
