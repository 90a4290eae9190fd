// What a cluster may be made of: the options of `startCluster`, their defaults, and which of them do not fit together.
import { ClusterError } from './cluster-error.js'
import { isPortFree } from './free-ports.js'
import type { HadoopVersion } from './hadoop.js'
import type { Settings } from './hadoop-config.js'
import type { KafkaVersion } from './kafka.js'

/** Three ports each, and a block of ports holds 19 (free-ports.ts). */
const DATANODES_MAX = 4
const REPLICATION_DEFAULT = 2

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
  /** Users whom the broker knows by SCRAM from its first start, by name: their passwords. */
  readonly scramUsers?: Readonly<Record<string, string>>
  /** Ends a start that is under way: `startCluster` then rejects with the signal's reason and leaves nothing. */
  readonly signal?: AbortSignal
}

/** ClusterOptions with every default filled in. */
export interface ClusterPlan {
  readonly hadoop: HadoopVersion | false
  readonly kafka: KafkaVersion | false
  readonly httpfs: boolean
  readonly datanodes: number
  readonly namenodes: 1 | 2
  readonly replication: number
  readonly options: ClusterOptions
}

/** Fills in the defaults; throws a ClusterError when the options do not fit together. */
export function clusterPlan(options: ClusterOptions): ClusterPlan {
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

/** Rejects with a ClusterError when a port that the options name is taken. */
export async function assertPortsFree(options: ClusterOptions): Promise<void> {
  const wanted = { namenode: options.namenodePort, HttpFS: options.httpfsPort, broker: options.brokerPort }
  for (const [server, port] of Object.entries(wanted)) {
    if (port !== undefined && !(await isPortFree(port))) {
      throw new ClusterError(`port ${port} of 127.0.0.1, wanted for the ${server}, is taken`)
    }
  }
}
