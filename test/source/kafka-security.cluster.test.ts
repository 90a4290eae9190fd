// SASL and TLS on a real broker, and what is said of a wrong password, an unknown certificate and missing permissions.
import type { ConnectionOptions } from 'node:tls'
import kafkajs, { type Admin } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AwayPolicy, KafkaSasl } from '../../src/index.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { type Cluster, startCluster } from '../cluster/cluster.js'
import { reservePorts } from '../cluster/free-ports.js'
import { type Bench, connectBench, groupTrial, linesWhenThere, numbered, ownTopic } from './kafka/kafka-trial.js'
import { makeCertificate, type TlsCertificate } from './kafka/tls-certificate.js'

let cluster: Cluster | undefined
let bench: Bench & { close(): Promise<void> }
let secured: string[]
let encrypted: string[]
let certificate: TlsCertificate
let topic: string

const users = {
  reader: 'reader-secret',
  stranger: 'stranger-secret',
  topicOnly: 'topic-secret',
  scrammer: 'scram-secret',
}
const scramLogin = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'

beforeAll(async () => {
  const ports = await reservePorts()
  const [brokerPort, controllerPort] = [await ports.next(), await ports.next()]
  secured = [`127.0.0.1:${await ports.next()}`]
  encrypted = [`127.0.0.1:${await ports.next()}`]
  certificate = await makeCertificate()
  const accounts = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`)
  cluster = await startCluster({
    hadoop: false,
    brokerPort,
    scramUsers: { scrammer: users.scrammer },
    kafkaSettings: {
      listeners: `PLAINTEXT://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort},SECURED://${secured},TLS://${encrypted}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${brokerPort},SECURED://${secured},TLS://${encrypted}`,
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_PLAINTEXT,TLS:SASL_SSL',
      'listener.name.secured.sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.tls.sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.tls.scram-sha-256.sasl.jaas.config': scramLogin,
      'listener.name.tls.scram-sha-512.sasl.jaas.config': scramLogin,
      'listener.name.tls.ssl.keystore.type': 'PKCS12',
      'listener.name.tls.ssl.keystore.location': certificate.keyStore,
      'listener.name.tls.ssl.keystore.password': certificate.password,
      'listener.name.tls.ssl.key.password': certificate.password,
      'listener.name.secured.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${accounts.join(' ')};`,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
    },
  })
  bench = await connectBench(cluster.kafkaBrokers)
  topic = await ownTopic(bench)
  await bench.producer.send({ topic, messages: numbered(0, 10) })
  for (const user of ['reader', 'scrammer']) {
    await allow(bench.admin, user, kafkajs.AclResourceTypes.TOPIC)
    await allow(bench.admin, user, kafkajs.AclResourceTypes.GROUP)
  }
  await allow(bench.admin, 'topicOnly', kafkajs.AclResourceTypes.TOPIC)
}, 180_000)

afterAll(async () => {
  await bench?.close()
  await cluster?.stop({ keepDirectory: false })
  await certificate?.remove()
})

async function allow(admin: Admin, user: string, resourceType: number): Promise<void> {
  await admin.createAcls({
    acl: [
      {
        resourceType,
        resourceName: '*',
        resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
        principal: `User:${user}`,
        host: '*',
        operation: kafkajs.AclOperationTypes.READ,
        permissionType: kafkajs.AclPermissionTypes.ALLOW,
      },
    ],
  })
}

function read(username: keyof typeof users, password: string = users[username]) {
  return readBy(secured, { sasl: { mechanism: 'plain', username, password } })
}

function readBy(
  brokers: string[],
  group: { readonly sasl: KafkaSasl; readonly ssl?: ConnectionOptions },
  away: AwayPolicy = {},
) {
  const memory = new MemoryFileSystem()
  const pipeline = { away: { pauseMsInitial: 50, ...away } }
  return { memory, ...groupTrial({ ...bench, brokers }, [topic], memory, { group, pipeline }) }
}

async function expectAllRead({ pipeline, memory }: ReturnType<typeof readBy>): Promise<void> {
  const running = pipeline.run()
  expect(await linesWhenThere(memory, 10)).toHaveLength(10)
  pipeline.stop()
  expect((await running).outcome).toBe('stopped')
}

test('a user that may read topic and group', () => expectAllRead(read('reader')))

test.each(['scram-sha-256', 'scram-sha-512'] as const)('%s, encrypted', (mechanism) => {
  const sasl: KafkaSasl = { mechanism, username: 'scrammer', password: users.scrammer }
  return expectAllRead(readBy(encrypted, { sasl, ssl: { ca: certificate.ca } }))
})

test.each<[string, string, boolean, RegExp]>([
  ['a wrong password', 'guessed', true, /refused the user or the password/],
  ['a certificate that nobody vouches for', users.scrammer, false, /certificate.*ssl/],
])('encrypted: %s', async (_what, password, isTrusted, says) => {
  const sasl: KafkaSasl = { mechanism: 'scram-sha-512', username: 'scrammer', password }
  const { pipeline } = readBy(encrypted, { sasl, ssl: isTrusted ? { ca: certificate.ca } : {} })
  await expect(pipeline.run()).rejects.toMatchObject({ code: 'UNREADABLE', message: expect.stringMatching(says) })
})

test('TLS to a port that speaks plain text', async () => {
  const sasl: KafkaSasl = { mechanism: 'plain', username: 'reader', password: users.reader }
  const { pipeline } = readBy(secured, { sasl, ssl: { ca: certificate.ca } }, { giveUpAfterMs: 50 })
  const says = expect.stringContaining('perhaps this port speaks plain text')
  await expect(pipeline.run()).rejects.toMatchObject({ code: 'GAVE_UP', message: says })
})

test.each<[string, keyof typeof users, string | undefined, RegExp]>([
  ['a wrong password', 'reader', 'guessed', /refused the user or the password/],
  ['no permission for the topic', 'stranger', undefined, /has no topic .* or does not show it to this user/],
  ['no permission for the group', 'topicOnly', undefined, /no permission to use the group/],
])('%s', async (_what, user, password, says) => {
  const { pipeline } = read(user, password)
  await expect(pipeline.run()).rejects.toMatchObject({ code: 'UNREADABLE', message: expect.stringMatching(says) })
})
