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
import { isPortFree, type PortBlock, reservePorts } from './free-ports.js'
import {
  type DatanodePorts,
  type HadoopVersion,
  hadoopJars,
  type NamenodePorts,
  datanodePorts as takeDatanodePorts,
  namenodePorts as takeNamenodePorts,
} from './hadoop.js'
import type { Settings } from './hadoop-config.js'
import { activeNamenode, type HadoopServers, makeActive, prepareHadoop, startHadoop } from './hadoop-servers.js'
import { resolveJars } from './jars.js'
import { findJava } from './java.js'
import type { ServerHandle } from './java-server.js'
import { type BrokerParts, type KafkaVersion, kafkaJars, prepareBroker } from './kafka.js'

/** What to start. Each part left out has its default. */
export interface ClusterOptions {
  /** Default 3.4.2; `false` starts no Hadoop. */
  readonly hadoop?: HadoopVersion | false
  /** Default 4.3.1; `false` starts no Kafka. */
  readonly kafka?: KafkaVersion | false
  /** Default: true with Hadoop 3.4.2. 3.5.0 has no HttpFS on Maven Central, so asking for both is a ClusterError. */
  readonly httpfs?: boolean
  /** How many datanodes, default 2. */
  readonly datanodes?: number
  /** 2 gives a highly available pair of which namenode 0 is made active; see `Cluster.makeActive`. Default 1. */
  readonly namenodes?: 1 | 2
  /**
   * `dfs.replication`. Default 2, or 1 with a single datanode. With two datanodes and 2, every block survives the loss
   * of either datanode, and a writer goes on with the one that is left (the client looks for a replacement only from
   * replication 3 on, and would fail for want of a third datanode).
   */
  readonly replication?: number
  /**
   * `dfs.client.block.write.locateFollowingBlock.initial.delay.ms`: what a close waits when it overtakes the block
   * report. Left out, it is 400 as shipped; 10 makes tests of many closes quick.
   */
  readonly closeDelayMs?: number
  /** The HTTP port of the first namenode. Default: a free one. A port that is taken is a ClusterError. */
  readonly namenodePort?: number
  /** The port of HttpFS, likewise. */
  readonly httpfsPort?: number
  /** The port of the broker, likewise. */
  readonly brokerPort?: number
  /** Entries for core-site.xml and hdfs-site.xml of every Hadoop server; they override everything else. */
  readonly settings?: Settings
  /** Entries for the broker's server.properties; they override everything else. */
  readonly kafkaSettings?: Settings
}

/**
 * Starts servers side by side and resolves when all of them serve. Rejects with a ClusterError that names the server
 * and holds the last lines of its log; nothing is left running then, and the logs are kept.
 *
 * The servers end with this process, however it ends (supervised-process.ts). Everything lies in a directory of its
 * own below the system's temporary directory; `stop()` deletes it unless KEEP_CLUSTER is set.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const plan = clusterPlan(options)
  await assertPortsFree(options)
  const java = await findJava()
  const hadoopJarPaths = plan.hadoop === false ? [] : await resolveJars(hadoopJars(plan.hadoop))
  const kafkaJarPaths = plan.kafka === false ? [] : await resolveJars(kafkaJars(plan.kafka))
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-cluster-')))
  const portBlock = await reservePorts()
  const cluster = await prepareCluster({ plan, java, hadoopJarPaths, kafkaJarPaths, directory, portBlock })
  const starts = cluster.startAll()
  try {
    await Promise.all(starts)
  } catch (error) {
    // What is still starting ends when its processes do; it may start one more process before it notices.
    await cluster.killAll()
    await Promise.allSettled(starts)
    await cluster.stop({ keepDirectory: true })
    throw error
  }
  return cluster
}

/** ClusterOptions with every default filled in. */
interface ClusterPlan {
  readonly hadoop: HadoopVersion | false
  readonly kafka: KafkaVersion | false
  readonly httpfs: boolean
  readonly datanodes: number
  readonly namenodes: 1 | 2
  readonly replication: number
  readonly options: ClusterOptions
}

function clusterPlan(options: ClusterOptions): ClusterPlan {
  const hadoop = options.hadoop ?? '3.4.2'
  const datanodes = options.datanodes ?? 2
  if (hadoop === '3.5.0' && options.httpfs === true) {
    throw new ClusterError(
      'HttpFS has no jar on Maven Central for Hadoop 3.5.0: start it with 3.4.2, or without HttpFS',
    )
  }
  if (!Number.isInteger(datanodes) || datanodes < 1 || datanodes > DATANODES_MAX) {
    throw new ClusterError(`a cluster has 1 to ${DATANODES_MAX} datanodes, not ${datanodes}`)
  }
  return {
    hadoop,
    kafka: options.kafka ?? '4.3.1',
    httpfs: options.httpfs ?? hadoop === '3.4.2',
    datanodes,
    namenodes: options.namenodes ?? 1,
    replication: options.replication ?? Math.min(datanodes, REPLICATION_DEFAULT),
    options,
  }
}

/** Three ports each, and a block of ports holds 19 (free-ports.ts). */
const DATANODES_MAX = 4
const REPLICATION_DEFAULT = 2

async function assertPortsFree(options: ClusterOptions): Promise<void> {
  for (const name of ['namenodePort', 'httpfsPort', 'brokerPort'] as const) {
    const port = options[name]
    if (port !== undefined && !(await isPortFree(port))) {
      throw new ClusterError(`port ${port} of 127.0.0.1 (${name}) is taken`)
    }
  }
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

  /** The index of the active namenode of a pair; undefined when neither says that it is. */
  async active(): Promise<number | undefined> {
    return activeNamenode(this.#hadoop?.namenodes ?? [])
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
    // Stopped in this order's parallel: HDFS keeps nothing that an abrupt end would lose.
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
