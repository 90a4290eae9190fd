// The configuration of `source.kafka`, with the names of the library's options where they can be said in YAML.
import * as v from 'valibot'
import { count, listOf, mapping, positive, text } from '../../model/shape.js'

/** The shape. */
export const kafkaSchema: v.GenericSchema<KafkaConfig> = mapping({
  brokers: listOf(text),
  topics: listOf(text),
  groupId: v.optional(text),
  fromBeginning: v.optional(v.boolean()),
  delivery: v.optional(v.picklist(['exactly-once', 'at-least-once'])),
  onLostOffsets: v.optional(v.picklist(['fail', 'skip'])),
  isolation: v.optional(v.picklist(['read_committed', 'read_uncommitted'])),
  clientId: v.optional(text),
  sessionTimeoutMs: v.optional(positive),
  rebalanceTimeoutMs: v.optional(positive),
  connectionTimeoutMs: v.optional(positive),
  requestTimeoutMs: v.optional(positive),
  metadataAgeMsMax: v.optional(positive),
  fetchBytesMax: v.optional(count),
  prefetchBytesMax: v.optional(count),
  ssl: v.optional(
    v.union(
      [
        v.boolean(),
        mapping({
          caFile: v.optional(text),
          certFile: v.optional(text),
          keyFile: v.optional(text),
          passphrase: v.optional(text),
          servername: v.optional(text),
          rejectUnauthorized: v.optional(v.boolean()),
        }),
      ],
      'must be true, false, or a mapping of caFile, certFile, keyFile, passphrase, servername and rejectUnauthorized',
    ),
  ),
  sasl: v.optional(
    mapping({
      mechanism: v.picklist(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: text,
      password: text,
    }),
  ),
})

/** Files are named, not held. */
export interface KafkaTlsConfig {
  readonly caFile?: string | undefined
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  readonly passphrase?: string | undefined
  readonly servername?: string | undefined
  readonly rejectUnauthorized?: boolean | undefined
}

/** `source.kafka`. Left out: the library's defaults, and `hdfs-multi-output-<job>` as the group. */
export interface KafkaConfig {
  readonly brokers: readonly string[]
  readonly topics: readonly string[]
  readonly groupId?: string | undefined
  /** Where a partition begins of which nothing is committed; default true. */
  readonly fromBeginning?: boolean | undefined
  readonly delivery?: 'exactly-once' | 'at-least-once' | undefined
  readonly onLostOffsets?: 'fail' | 'skip' | undefined
  readonly isolation?: 'read_committed' | 'read_uncommitted' | undefined
  readonly clientId?: string | undefined
  readonly sessionTimeoutMs?: number | undefined
  readonly rebalanceTimeoutMs?: number | undefined
  readonly connectionTimeoutMs?: number | undefined
  readonly requestTimeoutMs?: number | undefined
  readonly metadataAgeMsMax?: number | undefined
  readonly fetchBytesMax?: number | undefined
  readonly prefetchBytesMax?: number | undefined
  readonly ssl?: boolean | KafkaTlsConfig | undefined
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
        readonly username: string
        readonly password: string
      }
    | undefined
}
