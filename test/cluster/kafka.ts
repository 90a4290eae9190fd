// One Kafka broker in KRaft mode, its own controller.
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { jvmArguments } from './hadoop.js'
import type { Settings } from './hadoop-config.js'
import type { JarSet } from './jars.js'
import { type JavaCommand, JavaServer, runJava } from './java-server.js'

/** The Kafka versions that the tests run on. */
export type KafkaVersion = '4.3.1'

const BROKER_ANSWER_TIMEOUT_MS = 5_000

/** The jars of a Kafka version, and the binding that brings its log messages to log4j (it ships none). */
export function kafkaJars(version: KafkaVersion): JarSet {
  return {
    name: `kafka-${version}`,
    artifacts: [`org.apache.kafka:kafka_2.13:${version}`, 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.4'],
  }
}

/** A broker whose configuration is written; `format` prepares its storage. */
export interface BrokerParts {
  readonly server: JavaServer
  format(): Promise<void>
}

/** Prepares the broker. `extraSettings` are added to server.properties last. */
export async function prepareBroker(input: {
  readonly java: string
  readonly jars: readonly string[]
  readonly directory: string
  readonly logs: string
  readonly brokerPort: number
  readonly controllerPort: number
  readonly extraSettings: Settings
  readonly scramUsers: Readonly<Record<string, string>>
}): Promise<BrokerParts> {
  const directory = path.join(input.directory, 'broker')
  await mkdir(directory, { recursive: true })
  const properties = path.join(directory, 'server.properties')
  const log4j = path.join(directory, 'log4j2.properties')
  await writeFile(properties, propertiesText({ ...brokerSettings(input, directory), ...input.extraSettings }))
  await writeFile(log4j, log4j2ToConsole)
  const command = (mainClass: string, programArguments: readonly string[]): JavaCommand => ({
    java: input.java,
    classPath: input.jars,
    jvmArguments: ['-Xmx512m', ...jvmArguments, `-Dlog4j2.configurationFile=file:${log4j}`],
    mainClass,
    programArguments,
  })
  const logPath = path.join(input.logs, 'broker.log')
  const clusterId = randomClusterId()
  return {
    server: new JavaServer({
      name: 'broker',
      directory,
      logPath,
      command: command('kafka.Kafka', [properties]),
      notReady: () => brokerMissing(input.brokerPort),
    }),
    async format() {
      await runJava({
        name: 'broker-format',
        directory,
        logPath,
        command: command('kafka.tools.StorageTool', [
          'format',
          ...['-t', clusterId],
          ...['-c', properties],
          ...scramArguments(input.scramUsers),
        ]),
      })
    },
  }
}

function scramArguments(users: Readonly<Record<string, string>>): string[] {
  return Object.entries(users).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  )
}

/** 22 characters of base64url, the first a letter: an id that began with a dash would be taken for an option. */
function randomClusterId(): string {
  const bytes = randomBytes(16)
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0)
  return bytes.toString('base64url')
}

function brokerSettings(
  input: { readonly brokerPort: number; readonly controllerPort: number },
  directory: string,
): Settings {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${input.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${input.brokerPort},CONTROLLER://127.0.0.1:${input.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${input.brokerPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': path.join(directory, 'data'),
    // One broker: replication of one. The internal topics have 50 partitions as shipped, which only costs time here.
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '2',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '2',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // A group's first rebalance waits 3 s for more members as shipped.
    'group.initial.rebalance.delay.ms': '0',
    // A killed broker may come back only when its session is over: 9 s as shipped.
    'broker.session.timeout.ms': '4000',
    'broker.heartbeat.interval.ms': '1000',
  }
}

async function brokerMissing(brokerPort: number): Promise<string | undefined> {
  const admin = new Kafka({
    clientId: 'test-cluster',
    brokers: [`127.0.0.1:${brokerPort}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: BROKER_ANSWER_TIMEOUT_MS,
    requestTimeout: BROKER_ANSWER_TIMEOUT_MS,
    retry: { retries: 0 },
  }).admin()
  try {
    await admin.connect()
    const { brokers, controller } = await admin.describeCluster()
    return brokers.length > 0 && controller !== null ? undefined : 'the broker is not registered with its controller'
  } catch {
    // Not listening yet: the caller asks again until its own limit.
    return `no Kafka answers on port ${brokerPort}`
  } finally {
    await admin.disconnect()
  }
}

function propertiesText(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

const log4j2ToConsole = `appenders=console
appender.console.type=Console
appender.console.name=console
appender.console.target=SYSTEM_ERR
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %c{2}: %m%n
rootLogger.level=INFO
rootLogger.appenderRefs=console
rootLogger.appenderRef.console.ref=console
`
