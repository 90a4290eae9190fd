// Makes kafkajs clients: options in kafkajs' words, its log in ours, codecs registered.
import kafkajs, { type Admin, type Kafka, type logCreator } from 'kafkajs'
import type { Logger } from '../../engine/logger.js'
import { registerCodecs } from './codecs.js'
import type { CheckedKafkaConnection } from './options.js'

/** Tries of one request within kafkajs before it says so; whoever asked then pauses by its own policy. */
export const KAFKA_RETRIES = 3

/** A client. Nothing is connected yet. */
export function kafkaClient(options: CheckedKafkaConnection, logger: Logger): Kafka {
  registerCodecs()
  const { brokers, clientId, ssl, sasl, connectionTimeoutMs, requestTimeoutMs } = options
  return new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as never }),
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry: { retries: KAFKA_RETRIES, initialRetryTime: 300, maxRetryTime: 5_000 },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: quietly(logger),
  })
}

/** Runs something with a connected admin client, which is let go of afterwards. */
export async function withAdmin<T>(kafka: Kafka, run: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await run(admin)
  } finally {
    await admin.disconnect()
  }
}

/** All of it for developers: kafkajs logs as errors what passes by itself. What does not pass is thrown, and told by whoever catches it. */
function quietly(logger: Logger): logCreator {
  return () =>
    ({ namespace, log: { message, ...rest } }) =>
      logger.debug({ kafka: { namespace, ...rest } }, message)
}
