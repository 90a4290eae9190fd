// Real HDFS and Kafka for tests, on loopback: `startCluster()` and the Cluster that it gives.
//
//   await using cluster = await startCluster({ kafka: false })
//   await fetch(`${cluster.webhdfsHttpUrl}/tmp/x?op=MKDIRS&user.name=${cluster.description.user}`, { method: 'PUT' })
//   await cluster.datanodes[0]?.kill()
//
// Needs Java 17 and Maven. Tests that only use a cluster share one (shared-cluster.ts); tests that stop, kill or pause
// servers start their own, with as few servers as they need.
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { ClusterAddresses, type ClusterDescription } from './cluster-addresses.js'
import { ClusterError } from './cluster-error.js'
import { assertPortsFree, type ClusterOptions, type ClusterPlan, clusterPlan } from './cluster-options.js'
import { type PortBlock, reservePorts } from './free-ports.js'
import {
  type DatanodePorts,
  hadoopJars,
  type NamenodePorts,
  datanodePorts as takeDatanodePorts,
  namenodePorts as takeNamenodePorts,
} from './hadoop.js'
import {
  activeNamenode,
  type HadoopServers,
  makeActive,
  prepareHadoop,
  setObserver,
  startHadoop,
} from './hadoop-servers.js'
import { resolveJars } from './jars.js'
import { findJava, findMaven } from './java.js'
import type { ServerHandle } from './java-server.js'
import { type BrokerParts, kafkaJars, prepareBroker } from './kafka.js'

/**
 * Starts servers side by side and resolves when all of them serve. Rejects with a ClusterError that names the server
 * and holds the last lines of its log; nothing is left running then, and the logs are kept.
 *
 * The servers end with this process, however it ends (supervised-process.ts). Everything lies in a directory of its
 * own below the system's temporary directory; `stop()` deletes it unless KEEP_CLUSTER is set.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const plan = clusterPlan(options)
  const { signal } = options
  await assertPortsFree(options)
  const java = await findJava()
  await findMaven()
  const hadoopJarPaths = plan.hadoop === false ? [] : await resolveJars(hadoopJars(plan.hadoop), { signal })
  const kafkaJarPaths = plan.kafka === false ? [] : await resolveJars(kafkaJars(plan.kafka), { signal })
  signal?.throwIfAborted()
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-cluster-')))
  const portBlock = await reservePorts()
  const cluster = await prepareCluster({ plan, java, hadoopJarPaths, kafkaJarPaths, directory, portBlock })
  const starts = cluster.startAll()
  const aborted = abortion(signal)
  try {
    await Promise.race([Promise.all(starts), aborted.promise])
    signal?.throwIfAborted()
    return cluster
  } catch (error) {
    // What is still starting ends when its processes do; it may start one more process before it notices.
    await cluster.killAll()
    await Promise.allSettled(starts)
    await cluster.stop({ keepDirectory: signal?.aborted !== true })
    throw error
  } finally {
    aborted.forget()
  }
}

/** A promise that rejects with the signal's reason, and how to stop listening for it. */
function abortion(signal: AbortSignal | undefined): { promise: Promise<never>; forget: () => void } {
  let onAbort = () => {}
  const promise = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal?.reason)
  })
  signal?.addEventListener('abort', onAbort)
  return { promise, forget: () => signal?.removeEventListener('abort', onAbort) }
}

interface PrepareInput {
  readonly plan: ClusterPlan
  readonly java: string
  readonly hadoopJarPaths: readonly string[]
  readonly kafkaJarPaths: readonly string[]
  readonly directory: string
  readonly portBlock: PortBlock
}

async function prepareCluster(input: PrepareInput): Promise<Cluster> {
  const { plan, java, directory, portBlock } = input
  const { options } = plan
  const logs = path.join(directory, 'logs')
  await mkdir(logs)
  const namenodes: NamenodePorts[] = []
  const datanodes: DatanodePorts[] = []
  let hadoop: HadoopServers | undefined
  let httpfsPort: number | undefined
  if (plan.hadoop !== false) {
    for (let i = 0; i < plan.namenodes; i++) {
      namenodes.push(await takeNamenodePorts(`nn${i + 1}`, portBlock, i === 0 ? options.namenodePort : undefined))
    }
    for (let i = 0; i < plan.datanodes; i++) datanodes.push(await takeDatanodePorts(portBlock))
    if (plan.httpfs) httpfsPort = options.httpfsPort ?? (await portBlock.next())
    hadoop = await prepareHadoop({
      java,
      jars: input.hadoopJarPaths,
      directory,
      logs,
      settings: {
        replication: plan.replication,
        closeDelayMs: options.closeDelayMs,
        namenodes,
        sharedEditsDirectory: path.join(directory, 'shared-edits'),
      },
      extraSettings: options.settings ?? {},
      datanodePorts: datanodes,
      httpfsPort,
    })
  }
  let brokerPort: number | undefined
  let broker: BrokerParts | undefined
  if (plan.kafka !== false) {
    brokerPort = options.brokerPort ?? (await portBlock.next())
    const controllerPort = await portBlock.next()
    const extraSettings = options.kafkaSettings ?? {}
    broker = await prepareBroker({
      java,
      jars: input.kafkaJarPaths,
      directory,
      logs,
      brokerPort,
      controllerPort,
      extraSettings,
      scramUsers: options.scramUsers ?? {},
    })
  }
  const description: ClusterDescription = {
    directory,
    logsDirectory: logs,
    user: userInfo().username,
    hadoopVersion: plan.hadoop,
    kafkaVersion: plan.kafka,
    namenodes,
    datanodes,
    httpfsPort: httpfsPort ?? null,
    brokerPort: brokerPort ?? null,
  }
  return new Cluster({ description, hadoop, broker, portBlock })
}

/** A running cluster. Getters throw a ClusterError when the cluster was started without that server. */
export class Cluster extends ClusterAddresses implements AsyncDisposable {
  readonly #hadoop: HadoopServers | undefined
  readonly #broker: BrokerParts | undefined
  readonly #portBlock: PortBlock

  /** Use `startCluster`. */
  constructor(parts: {
    readonly description: ClusterDescription
    readonly hadoop: HadoopServers | undefined
    readonly broker: BrokerParts | undefined
    readonly portBlock: PortBlock
  }) {
    super(parts.description)
    this.#hadoop = parts.hadoop
    this.#broker = parts.broker
    this.#portBlock = parts.portBlock
  }

  /** The (first) namenode. */
  get namenode(): ServerHandle {
    return started(this.namenodes[0], 'Hadoop')
  }

  get namenodes(): readonly ServerHandle[] {
    return (this.#hadoop?.namenodes ?? []).map(({ server }) => server)
  }

  /** In the order of `description.datanodes`, which has their ports. */
  get datanodes(): readonly ServerHandle[] {
    return this.#hadoop?.datanodes ?? []
  }

  get httpfs(): ServerHandle {
    return started(this.#hadoop?.httpfs, 'HttpFS')
  }

  get broker(): ServerHandle {
    return started(this.#broker?.server, 'Kafka')
  }

  /** All of them. */
  get servers(): readonly ServerHandle[] {
    return this.#servers
  }

  /**
   * Makes namenode `index` of a pair the active one and resolves when it is; nothing when it is already. A running
   * active one becomes the standby; without one (killed, stopped), the other is made active alone. Do not pause the
   * active one and make the other active: nothing fences it, and on waking it would write to the shared edits.
   */
  async makeActive(index: 0 | 1): Promise<void> {
    await makeActive(this.#hadoop?.namenodes ?? [], index)
  }

  /** Makes the standby of a pair an observer, which answers reads of clients that ask for it, or the standby again. */
  async setObserver(index: 0 | 1, isObserver: boolean): Promise<void> {
    await setObserver(this.#hadoop?.namenodes ?? [], index, isObserver)
  }

  /** The index of the active namenode of a pair; undefined when neither says that it is. */
  async active(): Promise<number | undefined> {
    return activeNamenode(this.#hadoop?.namenodes ?? [])
  }

  /**
   * Runs one of Hadoop's command classes to its end, as the superuser with the first namenode's configuration, and
   * resolves with what it printed; rejects with a ClusterError when its exit code is not 0. For example
   * `runHadoopTool('org.apache.hadoop.hdfs.tools.DFSAdmin', ['-safemode', 'enter'])`.
   */
  async runHadoopTool(mainClass: string, toolArguments: readonly string[]): Promise<string> {
    return started(this.#hadoop?.namenodes[0], 'Hadoop').runTool(mainClass, toolArguments)
  }

  /**
   * Ends all servers in order and resolves when their processes are gone. Deletes the directory, unless
   * `keepDirectory` or KEEP_CLUSTER asks for the logs.
   */
  async stop(options: { readonly keepDirectory?: boolean } = {}): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()))
    await this.#portBlock.release()
    if (options.keepDirectory === true || process.env.KEEP_CLUSTER !== undefined) return
    await rm(this.description.directory, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** For `startCluster`: one promise for each part that starts by itself. */
  startAll(): Promise<void>[] {
    return [
      this.#hadoop === undefined ? Promise.resolve() : startHadoop(this.#hadoop),
      this.#broker === undefined ? Promise.resolve() : startBroker(this.#broker),
    ]
  }

  /** SIGKILL to all servers; resolves when their processes are gone. */
  async killAll(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.kill()))
  }

  get #servers(): readonly ServerHandle[] {
    const optional = [this.#hadoop?.httpfs, this.#broker?.server].filter((server) => server !== undefined)
    return [...this.namenodes, ...this.datanodes, ...optional]
  }
}

async function startBroker(broker: BrokerParts): Promise<void> {
  await broker.format()
  await broker.server.start()
}

function started<T>(server: T | undefined, name: string): T {
  if (server === undefined) throw new ClusterError(`this cluster was started without ${name}`)
  return server
}
