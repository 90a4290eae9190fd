// The options of the Kafka source: their defaults, and what is refused.
import type { ConnectionOptions } from 'node:tls'
import * as v from 'valibot'
import { MultiOutputError } from '../../model/multi-output-error.js'
import { anyMapping, checkShape, count, firstComplaint, listOf, mapping, positive, text } from '../../model/shape.js'

/** How kafkajs authenticates itself. */
export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

/** How to reach brokers. Milliseconds where a name ends so. */
export interface KafkaConnectionOptions {
  /** `host:port` of some of the brokers; they tell of the others. */
  readonly brokers: readonly string[]
  /** How brokers call this client in their logs and quotas; default `hdfs-multi-output`. */
  readonly clientId?: string
  /** TLS: `true`, or Node's options. Default: none. */
  readonly ssl?: boolean | ConnectionOptions
  readonly sasl?: KafkaSasl
  /** How long a connection may take to be made; default 5,000. */
  readonly connectionTimeoutMs?: number
  /** How long a broker may take to answer; default 30,000. */
  readonly requestTimeoutMs?: number
}

/** Options of {@link kafkaGroup}. */
export interface KafkaGroupOptions extends KafkaConnectionOptions {
  readonly topics: readonly string[]
  /** The consumer group whose members share the tasks among themselves. One job, one group. */
  readonly groupId: string
  /** What the group is for, the job's name and location for example: members with another purpose are refused by the group. */
  readonly purpose: string
  /**
   * `exactly-once` (default): the position is what the sink committed; Kafka's group offsets are written after the decision, as advice for lag
   * monitors. `at-least-once`: the position is the group's offsets alone, written after the sink's commit; a crash between the two repeats records. It is for
   * sinks that keep no positions.
   */
  readonly delivery?: 'exactly-once' | 'at-least-once'
  /** Where a partition begins of which nothing is committed; default `earliest`. Partitions that appear while it runs begin at their first record. */
  readonly from?: 'earliest' | 'latest'
  /** Offsets not read yet were removed by retention: `fail` (default) with the missing range, or `skip` them, which the next commit's metadata tells. */
  readonly onLostOffsets?: 'fail' | 'skip'
  /** Default `read_committed`: records of open and aborted transactions are not seen. */
  readonly isolation?: 'read_committed' | 'read_uncommitted'
  /** A member that is not heard of for so long loses its tasks; default 10,000. Brokers refuse less than 6,000 unless configured. */
  readonly sessionTimeoutMs?: number
  /** How long a rebalance waits for members to join again; default 30,000. */
  readonly rebalanceTimeoutMs?: number
  /** Bytes asked of one partition at a time; default 1 MiB. A larger record comes through whole. */
  readonly fetchBytesMax?: number
  /** Bytes read ahead in memory, of all tasks of the process together; default 16 MiB. A fetch may exceed it. */
  readonly prefetchBytesMax?: number
  /** How soon new partitions are noticed at the latest; default 60,000. */
  readonly metadataAgeMsMax?: number
}

/** Options with their defaults. */
export type CheckedKafkaOptions = Required<Omit<KafkaGroupOptions, 'ssl' | 'sasl'>> &
  Pick<KafkaGroupOptions, 'ssl' | 'sasl'>

/** Connection options with their defaults. */
export type CheckedKafkaConnection = Pick<
  CheckedKafkaOptions,
  'brokers' | 'clientId' | 'ssl' | 'sasl' | 'connectionTimeoutMs' | 'requestTimeoutMs'
>

const broker = v.pipe(text, v.regex(/^[^\s/]+:\d{1,5}$/, "must be host:port, as in 'broker-1:9092'"))
const topic = v.pipe(
  text,
  v.regex(/^[A-Za-z0-9._-]{1,249}$/, "must be a topic's name: letters, digits, '.', '_' and '-'"),
)

const schema = mapping({
  brokers: listOf(broker),
  clientId: v.optional(text, 'hdfs-multi-output'),
  ssl: v.optional(v.union([v.boolean(), anyMapping], 'must be true, false or a mapping')),
  sasl: v.optional(
    mapping({
      mechanism: v.picklist(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: v.string(),
      password: v.string(),
    }),
  ),
  connectionTimeoutMs: v.optional(positive, 5_000),
  requestTimeoutMs: v.optional(positive, 30_000),
  topics: v.pipe(
    listOf(topic),
    v.check((topics) => new Set(topics).size === topics.length, 'name each topic once'),
  ),
  groupId: text,
  purpose: text,
  delivery: v.optional(v.picklist(['exactly-once', 'at-least-once']), 'exactly-once'),
  from: v.optional(v.picklist(['earliest', 'latest']), 'earliest'),
  onLostOffsets: v.optional(v.picklist(['fail', 'skip']), 'fail'),
  isolation: v.optional(v.picklist(['read_committed', 'read_uncommitted']), 'read_committed'),
  sessionTimeoutMs: v.optional(positive, 10_000),
  rebalanceTimeoutMs: v.optional(positive, 30_000),
  fetchBytesMax: v.optional(count, 2 ** 20),
  prefetchBytesMax: v.optional(count, 16 * 2 ** 20),
  metadataAgeMsMax: v.optional(positive, 60_000),
})

/** Checks options and fills in the defaults. Throws `WRONG_OPTIONS` that names the first wrong one. */
export function checkKafkaOptions(options: KafkaGroupOptions): CheckedKafkaOptions {
  const result = checkShape(schema, options)
  if (result.complaints === undefined) return result.value as CheckedKafkaOptions
  throw new MultiOutputError('WRONG_OPTIONS', `kafkaGroup: ${firstComplaint(result.complaints, 'options')}`)
}
