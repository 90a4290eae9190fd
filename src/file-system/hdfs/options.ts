// The options of the adapter for HDFS's own protocol, each limit with its default and where that comes from.
import { userInfo } from 'node:os'
import type { HadoopConfiguration } from './configuration/hadoop-configuration.js'
import { namenodesOf } from './configuration/namenodes-of.js'

/** A namenode's RPC interface. */
export interface RpcAddress {
  readonly host: string
  readonly port: number
}

/** Where the file system is, and for whom. */
export interface HdfsLocation {
  /**
   * All namenodes of the cluster by their RPC ports (8020 where none is given). One without a port may be the name of a
   * nameservice in the configuration (`dfs.nameservices`), and none at all stands for its `fs.defaultFS`.
   */
  readonly namenodes: readonly { readonly host: string; readonly port?: number }[]
  /** Absolute path that all paths of the file system are relative to. */
  readonly root: string
  /** Who is asking. Default: the environment's `HADOOP_USER_NAME`, else the user that runs this process. */
  readonly user?: string
  /** The user to act for; the namenode must allow `user` to impersonate. */
  readonly doas?: string
  /** The properties of core-site.xml and hdfs-site.xml, as `readHadoopConfiguration` gives them. Default: none. */
  readonly configuration?: HadoopConfiguration
  /**
   * What `makeDurable` and `end` promise. `flushed` (default): the bytes are in the memory of every datanode of the pipeline, which
   * is what HDFS's hflush, close and WebHDFS give, too. `synced`: they are on its disks, and survive a power cut.
   */
  readonly durability?: 'flushed' | 'synced'
}

/** Limits, all with defaults. */
export interface HdfsLimits {
  /** Until a connection stands, to a namenode or a datanode. Default 10 s: a lost SYN is repeated after 1, 3 and 7 s. */
  readonly connectTimeoutMs: number
  /** From a call sent until its answer. Default 60 s, as `ipc.client.timeout` and `ipc.ping.interval`. */
  readonly replyTimeoutMs: number
  /** A namenode connection without calls is closed after this time. Default 10 s, as `ipc.client.connection.maxidletime`. */
  readonly connectionIdleMs: number
  /** Of a namenode's answer. Default 64 MiB: half of `ipc.maximum.response.length`. */
  readonly replyBytesMax: number
  /**
   * How long to look for a namenode that serves: with several namenodes always, with one only for a call whose reply was
   * lost. Default 15 s; a failover takes 2 s and more.
   */
  readonly failoverWaitMs: number
  /** Between two rounds of looking; doubles up to ten times as much. Default 200 ms. */
  readonly failoverPauseMs: number
  /** Of a datanode: no byte, and no acknowledgement of what was sent. Default 75 s: `dfs.client.socket-timeout` and 5 s for each of three replicas. */
  readonly progressTimeoutMs: number
  /** Connections to datanodes that are being made at once. Default 64: their listen backlog is 256, for all clients. */
  readonly datanodeConnectsMax: number
  /** A pipeline that is idle for longer is sent a heartbeat. Default 25 s: datanodes give up after 60 s. */
  readonly heartbeatMs: number
  /** How often the leases of open files are renewed. Default 20 s: after 60 s (the soft limit) others may take them. */
  readonly leaseRenewalMs: number
  /** Bytes of an upload that are not acknowledged yet, before `write` asks to wait. Default 4 MiB; Hadoop's own client has 5. */
  readonly unackedBytesMax: number
  /** The same of all uploads together: each has an equal share of it, but no less than 256 KiB. Default 64 MiB, so that from 16 uploads on each may have less than `unackedBytesMax`. */
  readonly unackedBytesInAllMax: number
  /** Pipelines tried for a new block before the upload fails; datanodes that failed are left out. Default 4. */
  readonly pipelineAttemptsMax: number
  /** The first pause before the namenode is asked again whether a file is closed, or a block may follow; doubles. Default 2 ms: the block report takes about that. */
  readonly closePauseMs: number
  /** How long it is asked. Default 20 s. */
  readonly closeWaitMs: number
  /** How long `abort` waits for the datanodes to take what they were sent, before the connection is cut. Default 2 s. */
  readonly abortWaitMs: number
  /** Rounds through the replicas of a block before a read fails. Default 2. */
  readonly readRoundsMax: number
  /** Of a `read` into memory. Default 256 MiB; `readStream` has no limit. */
  readonly readBytesMax: number
  /** Creates of known length up to this many bytes are synced to disk when their block closes. Default 256 KiB; 0 for none. As the WebHDFS adapter has it. */
  readonly syncedCreateBytesMax: number
  /** First pause before a truncate that runs is asked about; doubles up to ten times as much. Default 50 ms. */
  readonly truncatePollMs: number
}

/** Options of `createHdfsFileSystem`. */
export type HdfsOptions = HdfsLocation & Partial<HdfsLimits>

const KIBIBYTE = 2 ** 10
const MEBIBYTE = 2 ** 20

/** The defaults. */
export const HDFS_LIMITS: HdfsLimits = {
  connectTimeoutMs: 10_000,
  replyTimeoutMs: 60_000,
  connectionIdleMs: 10_000,
  replyBytesMax: 64 * MEBIBYTE,
  failoverWaitMs: 15_000,
  failoverPauseMs: 200,
  progressTimeoutMs: 75_000,
  datanodeConnectsMax: 64,
  heartbeatMs: 25_000,
  leaseRenewalMs: 20_000,
  unackedBytesMax: 4 * MEBIBYTE,
  unackedBytesInAllMax: 64 * MEBIBYTE,
  pipelineAttemptsMax: 4,
  closePauseMs: 2,
  closeWaitMs: 20_000,
  abortWaitMs: 2_000,
  readRoundsMax: 2,
  readBytesMax: 256 * MEBIBYTE,
  syncedCreateBytesMax: 256 * KIBIBYTE,
  truncatePollMs: 50,
}

/** Options, checked, with the defaults filled in. */
export interface ResolvedOptions extends HdfsLimits {
  readonly namenodes: readonly RpcAddress[]
  /** As the location was given: the nameservice, where it was one. */
  readonly authority: string
  /** Absolute, without a slash at its end; `''` for the root of HDFS. */
  readonly root: string
  readonly user: string
  readonly doas: string | undefined
  readonly isSynced: boolean
  /** Datanodes are reached by their host names, not by the addresses that they registered with (`dfs.client.use.datanode.hostname`). */
  readonly usesDatanodeHostname: boolean
  /** `dfs.replication` and `dfs.blocksize` of the configuration; without them the namenode's own defaults hold. */
  readonly replication: number | undefined
  readonly blockSizeBytes: number | undefined
}

const ZERO_ALLOWED: ReadonlySet<string> = new Set(['failoverWaitMs', 'syncedCreateBytesMax'])

/** Checks the options; throws a `TypeError` that names the one that is wrong. */
export function resolveOptions(options: HdfsOptions): ResolvedOptions {
  const { root, user, doas, durability = 'flushed', configuration = {} } = options
  if (typeof root !== 'string' || !root.startsWith('/')) throw new TypeError('root must be an absolute path')
  if (/(^|\/)\.\.?(\/|$)|\/\/|\0/.test(root)) throw new TypeError("root has an empty segment, '.', '..' or a NUL")
  if (root.includes(':')) throw new TypeError('root has a colon, which HDFS allows in no name')
  for (const [name, value] of Object.entries({ user, doas })) {
    if (value === '') throw new TypeError(`${name} is empty`)
  }
  if (durability !== 'flushed' && durability !== 'synced') throw new TypeError(`durability is ${String(durability)}`)
  const { authority, addresses } = namenodesOf(options.namenodes, configuration)
  return {
    ...limitsOf(options),
    namenodes: addresses,
    authority,
    root: root.replace(/\/$/, ''),
    user: user ?? process.env.HADOOP_USER_NAME ?? userInfo().username,
    doas,
    isSynced: durability === 'synced',
    usesDatanodeHostname: configuration['dfs.client.use.datanode.hostname'] === 'true',
    replication: numberIn(configuration, 'dfs.replication'),
    blockSizeBytes: numberIn(configuration, 'dfs.blocksize'),
  }
}

function limitsOf(options: HdfsOptions): HdfsLimits {
  const limits: Record<string, number> = {}
  for (const [name, standard] of Object.entries(HDFS_LIMITS)) {
    const value = options[name as keyof HdfsLimits] ?? (standard as number)
    const lowest = ZERO_ALLOWED.has(name) ? 0 : 1
    if (!Number.isSafeInteger(value) || value < lowest) {
      throw new TypeError(`${name} is ${value}; it must be a whole number, ${lowest} or more`)
    }
    limits[name] = value
  }
  return limits as unknown as HdfsLimits
}

const BINARY_PREFIXES = 'kmgtpe'

/** Hadoop writes sizes as `134217728` or `128m`. */
function numberIn(configuration: HadoopConfiguration, name: string): number | undefined {
  const text = configuration[name]
  if (text === undefined) return undefined
  const [, digits, prefix = ''] = /^\s*(\d+)([kmgtpe]?)\s*$/i.exec(text) ?? []
  const value = Number(digits) * 1024 ** (prefix === '' ? 0 : BINARY_PREFIXES.indexOf(prefix.toLowerCase()) + 1)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new TypeError(`${name} of the configuration is ${JSON.stringify(text)}`)
  return value
}
