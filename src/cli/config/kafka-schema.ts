// The configuration of `source.kafka`, with the names of the library's options where they can be said in YAML.
import { z } from 'zod'

const ms = z.number().positive()
const count = z.number().int().min(1)
const text = z.string().min(1)

/** The shape. */
export const kafkaSchema: z.ZodType<KafkaConfig> = z.strictObject({
  brokers: z.array(text).min(1),
  topics: z.array(text).min(1),
  groupId: text.optional(),
  fromBeginning: z.boolean().optional(),
  delivery: z.enum(['exactly-once', 'at-least-once']).optional(),
  onLostOffsets: z.enum(['fail', 'skip']).optional(),
  isolation: z.enum(['read_committed', 'read_uncommitted']).optional(),
  clientId: text.optional(),
  sessionTimeoutMs: ms.optional(),
  rebalanceTimeoutMs: ms.optional(),
  connectionTimeoutMs: ms.optional(),
  requestTimeoutMs: ms.optional(),
  metadataAgeMsMax: ms.optional(),
  fetchBytesMax: count.optional(),
  prefetchBytesMax: count.optional(),
  ssl: z
    .union([
      z.boolean(),
      z.strictObject({
        caFile: text.optional(),
        certFile: text.optional(),
        keyFile: text.optional(),
        passphrase: text.optional(),
        servername: text.optional(),
        rejectUnauthorized: z.boolean().optional(),
      }),
    ])
    .optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: text,
      password: text,
    })
    .optional(),
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
