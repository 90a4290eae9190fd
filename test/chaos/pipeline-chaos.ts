// Two processes run a job from Kafka to HDFS while they are killed and stopped, and while brokers, namenode and datanodes go away; then
// everything is counted.
import { setTimeout as delay } from 'node:timers/promises'
import type { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { type RunningCommand, startCommand } from '../cli/running-command.js'
import { type Cluster, startCluster } from '../cluster/cluster.js'
import { dataFilesOf, tempsOf } from '../writer/hdfs-files.js'
import { complaintsAboutLines } from './check-lines.js'
import { FedTopic } from './fed-topic.js'

/** How long and how hard. */
export interface ChaosOptions {
  /** The protocol of the location. */
  readonly over: 'webhdfs' | 'hdfs'
  readonly records: number
  readonly partitions: number
  readonly keys: number
  readonly taskCount: number
  /** Processes that are killed or stopped. */
  readonly hits: number
  /** A stopped process sleeps so long. */
  readonly stopMs: number
  /** Each of these is hit once, in between. */
  readonly servers: readonly ('broker' | 'namenode' | 'datanode')[]
  /** Longest that HDFS is left down. */
  readonly downMs: number
  /** A third process that joins and leaves so often. */
  readonly comings: number
  readonly random: SeededRandom
  readonly tell: (text: string) => void
}

/** What came out. */
export interface ChaosReport {
  readonly complaints: readonly string[]
  readonly records: number
  readonly files: number
  /** Commits that were told of while things broke. */
  readonly commits: number
  /** Exit codes of processes that ended though nobody killed them, with the last thing they said. */
  readonly ownEnds: readonly string[]
}

const SESSION_MS = 6_000
const COMMIT_WAIT_MS = 20_000
const HIT_EVERY_MS = { min: 1_000, max: 3_000 }

/** Runs it, on a cluster of its own. */
export async function runPipelineChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { records, partitions, keys, taskCount, tell } = options
  await using cluster = await startCluster({ httpfs: false, datanodes: 2, closeDelayMs: 10 })
  const topic = new FedTopic(cluster.kafkaBrokers, { partitions, keys })
  await topic.create()
  const words = commandOf(cluster, topic.topic, options)
  const processes = new Processes(words, 2, tell)
  const feeding = topic.feed(records, estimatedMs(options))
  await hitAll(options, processes, cluster)
  await feeding
  await processes.stop()
  tell('read the rest')
  const last = startCommand([...words, '--until-end'])
  const { exitCode, stderr } = await last.ended()
  const ownEnds = [...processes.ownEnds]
  if (exitCode !== 0) ownEnds.push(`the last one: exit code ${exitCode}: ${stderr}`)
  const truth = await topic.truth()
  const files = await dataFilesOf(cluster, '/chaos')
  const complaints = [...complaintsAboutLines(files, { topic: topic.topic, taskCount, truth })]
  const temps = await tempsOf(cluster, '/chaos')
  for (const path of temps) complaints.push(`${path} is left`)
  if (exitCode !== 0) complaints.push(`the last run ended with ${exitCode}`)
  const all = truth.reduce((sum, one) => sum + one.length, 0)
  return { complaints, records: all, files: files.length, commits: processes.commits, ownEnds }
}

function commandOf(cluster: Cluster, topic: string, { over, taskCount }: ChaosOptions): string[] {
  const from = ['--topics', topic, '--brokers', ...cluster.kafkaBrokers, '--session-timeout-ms', String(SESSION_MS)]
  const url = over === 'hdfs' ? cluster.hdfsUrl : cluster.webhdfsUrl
  const to = ['--location', `${url}/chaos`, '--user', cluster.description.user, '--job', 'chaos']
  const how = ['--field', 'key', '--format', 'text', '--prefix-id', '--commit-interval-ms', '1000']
  return ['run', ...from, ...to, '--task-count', String(taskCount), ...how, '--json']
}

/** Feeding lasts as long as the hitting does, or a little less. */
function estimatedMs({ hits, comings, servers, stopMs, downMs }: ChaosOptions): number {
  return hits * 6_000 + comings * 3_000 + servers.length * (downMs + 4_000) + stopMs
}

async function hitAll(options: ChaosOptions, processes: Processes, cluster: Cluster): Promise<void> {
  const { random, hits, servers, comings } = options
  const left: (() => Promise<void>)[] = []
  const stopped: Promise<void>[] = []
  for (let hit = 0; hit < hits; hit++) {
    left.push(async () => {
      const which = random.integer(2)
      // A member that was killed keeps the group waiting for its session to end: without this hardly anything but starts would be hit.
      if (random.integer(2) === 0) await processes.commitOf(which)
      if (random.integer(3) > 0) await processes.kill(which)
      // It goes on being stopped while other things happen.
      else stopped.push(processes.pause(which, options.stopMs))
    })
  }
  for (const server of servers) {
    left.splice(random.integer(left.length + 1), 0, () => restart(server, cluster, options))
  }
  for (let coming = 0; coming < comings; coming++) left.push(() => processes.comeAndGo(random.integer(3_000)))
  for (const hit of left) {
    await delay(HIT_EVERY_MS.min + random.integer(HIT_EVERY_MS.max - HIT_EVERY_MS.min))
    await hit()
  }
  await Promise.all(stopped)
}

async function restart(
  name: ChaosOptions['servers'][number],
  cluster: Cluster,
  { random, downMs, tell }: ChaosOptions,
): Promise<void> {
  const server = { broker: cluster.broker, namenode: cluster.namenode, datanode: cluster.datanodes[0]! }[name]
  tell(`${name}: killed, down for ${downMs} ms`)
  await (random.integer(2) === 0 ? server.kill() : server.stop())
  await delay(downMs)
  await server.start()
  tell(`${name}: back`)
}

/** The processes of the job. */
class Processes {
  readonly ownEnds: string[] = []
  commits = 0
  readonly #words: readonly string[]
  readonly #tell: (text: string) => void
  readonly #running: RunningCommand[]
  readonly #paused = new Set<RunningCommand>()

  constructor(words: readonly string[], count: number, tell: (text: string) => void) {
    this.#words = words
    this.#tell = tell
    this.#running = Array.from({ length: count }, () => startCommand(words))
  }

  /** Waits until it has committed something, if it does so soon. */
  async commitOf(which: number): Promise<void> {
    const command = this.#running[which]!
    if (this.#paused.has(command)) return
    await Promise.race([command.toldOf('commit').catch(() => undefined), delay(COMMIT_WAIT_MS)])
  }

  async kill(which: number): Promise<void> {
    const command = this.#running[which]!
    this.#tell(`process ${which}: SIGKILL after ${command.events.at(-1)?.event ?? 'nothing'}`)
    await this.#end(command, 'SIGKILL')
    if (this.#paused.delete(command)) this.#tell(`process ${which}: it was stopped`)
    this.#running[which] = startCommand(this.#words)
  }

  /** Stops it for a while; if it is killed meanwhile, so be it. */
  async pause(which: number, forMs: number): Promise<void> {
    const command = this.#running[which]!
    this.#tell(`process ${which}: SIGSTOP for ${forMs} ms after ${command.events.at(-1)?.event ?? 'nothing'}`)
    command.signal('SIGSTOP')
    this.#paused.add(command)
    await delay(forMs)
    command.signal('SIGCONT')
    this.#paused.delete(command)
  }

  /** A further process joins, stays a moment, and leaves. */
  async comeAndGo(stayMs: number): Promise<void> {
    const command = startCommand(this.#words)
    await Promise.race([command.toldOf('opened').catch(() => undefined), delay(5_000)])
    await delay(stayMs)
    this.#tell(`a third process leaves after ${command.events.at(-1)?.event ?? 'nothing'}`)
    await this.#end(command, 'SIGTERM')
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((command) => this.#end(command, 'SIGTERM')))
  }

  async #end(command: RunningCommand, signal: NodeJS.Signals): Promise<void> {
    this.commits += command.events.filter(({ event }) => event === 'commit').length
    if (command.child.exitCode !== null) {
      const { exitCode, stderr } = await command.ended()
      this.ownEnds.push(`exit code ${exitCode}: ${stderr.trimEnd().split('\n').slice(-3).join(' | ')}`)
      return
    }
    command.signal(signal)
    if (this.#paused.has(command)) command.signal('SIGCONT')
    const { exitCode, stderr } = await command.ended()
    if (exitCode !== null && exitCode !== 0) this.ownEnds.push(`exit code ${exitCode}: ${stderr}`)
  }
}
