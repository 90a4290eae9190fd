// Where the servers of a cluster are: plain data that can be handed to another process, and the URLs made from it.
import { ClusterError } from './cluster-error.js'
import type { DatanodePorts, HadoopVersion, NamenodePorts } from './hadoop.js'
import type { KafkaVersion } from './kafka.js'

/** A running cluster as JSON. All servers listen on 127.0.0.1. */
export interface ClusterDescription {
  /** Everything of the cluster lies below it: configuration, data, `logs/`. */
  readonly directory: string
  /** One file a server: `namenode.log`, `datanode-0.log`, `httpfs.log`, `broker.log`, … */
  readonly logsDirectory: string
  /** The user that the servers run as: the superuser of HDFS, and allowed to `doas`. */
  readonly user: string
  readonly hadoopVersion: HadoopVersion | false
  readonly kafkaVersion: KafkaVersion | false
  readonly namenodes: readonly NamenodePorts[]
  readonly datanodes: readonly DatanodePorts[]
  readonly httpfsPort: number | null
  readonly brokerPort: number | null
}

/** The URLs of a cluster. A getter throws a ClusterError when the cluster was started without that server. */
export class ClusterAddresses {
  readonly description: ClusterDescription

  constructor(description: ClusterDescription) {
    this.description = description
  }

  /** `webhdfs://127.0.0.1:<port>` of the (first) namenode: the head of a location. */
  get webhdfsUrl(): string {
    return `webhdfs://${this.#namenodeAddress(0)}`
  }

  /** The same for each namenode. */
  get webhdfsUrls(): readonly string[] {
    return this.description.namenodes.map(({ httpPort }) => `webhdfs://127.0.0.1:${httpPort}`)
  }

  /** `hdfs://127.0.0.1:<port>` of the (first) namenode: the head of a location. */
  get hdfsUrl(): string {
    const namenode = this.description.namenodes[0]
    if (namenode === undefined) throw new ClusterError('this cluster was started without Hadoop')
    return `hdfs://127.0.0.1:${namenode.rpcPort}`
  }

  /** `http://127.0.0.1:<port>/webhdfs/v1` of the (first) namenode: append a path that begins with a slash. */
  get webhdfsHttpUrl(): string {
    return `http://${this.#namenodeAddress(0)}/webhdfs/v1`
  }

  /** `httpfs://127.0.0.1:<port>`: the head of a location. */
  get httpfsUrl(): string {
    return `httpfs://127.0.0.1:${this.#httpfsPort}`
  }

  /** `http://127.0.0.1:<port>/webhdfs/v1` of HttpFS: append a path that begins with a slash. */
  get httpfsHttpUrl(): string {
    return `http://127.0.0.1:${this.#httpfsPort}/webhdfs/v1`
  }

  /** `127.0.0.1:<port>` of each broker, as Kafka clients take them. */
  get kafkaBrokers(): string[] {
    const { brokerPort } = this.description
    if (brokerPort === null) throw new ClusterError('this cluster was started without Kafka')
    return [`127.0.0.1:${brokerPort}`]
  }

  #namenodeAddress(index: number): string {
    const namenode = this.description.namenodes[index]
    if (namenode === undefined) throw new ClusterError('this cluster was started without Hadoop')
    return `127.0.0.1:${namenode.httpPort}`
  }

  get #httpfsPort(): number {
    const { httpfsPort } = this.description
    if (httpfsPort === null) throw new ClusterError('this cluster was started without HttpFS')
    return httpfsPort
  }
}
