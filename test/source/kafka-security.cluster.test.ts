// SASL on a real broker, and what is said of a wrong password and of missing permissions.
import kafkajs, { type Admin } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KafkaSasl } from '../../src/index.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { type Cluster, startCluster } from '../cluster/cluster.js'
import { reservePorts } from '../cluster/free-ports.js'
import { type Bench, connectBench, groupTrial, linesWhenThere, numbered, ownTopic } from './kafka/kafka-trial.js'

let cluster: Cluster | undefined
let bench: Bench & { close(): Promise<void> }
let secured: string[]
let topic: string

const users = { reader: 'reader-secret', stranger: 'stranger-secret', topicOnly: 'topic-secret' }

beforeAll(async () => {
  const ports = await reservePorts()
  const [brokerPort, controllerPort, saslPort] = [await ports.next(), await ports.next(), await ports.next()]
  secured = [`127.0.0.1:${saslPort}`]
  const accounts = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`)
  cluster = await startCluster({
    hadoop: false,
    brokerPort,
    kafkaSettings: {
      listeners: `PLAINTEXT://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort},SECURED://127.0.0.1:${saslPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${brokerPort},SECURED://127.0.0.1:${saslPort}`,
      'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_PLAINTEXT',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.secured.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${accounts.join(' ')};`,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
    },
  })
  bench = await connectBench(cluster.kafkaBrokers)
  topic = await ownTopic(bench)
  await bench.producer.send({ topic, messages: numbered(0, 10) })
  await allow(bench.admin, 'reader', kafkajs.AclResourceTypes.TOPIC)
  await allow(bench.admin, 'reader', kafkajs.AclResourceTypes.GROUP)
  await allow(bench.admin, 'topicOnly', kafkajs.AclResourceTypes.TOPIC)
}, 180_000)

afterAll(async () => {
  await bench?.close()
  await cluster?.stop({ keepDirectory: false })
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
  const memory = new MemoryFileSystem()
  const sasl: KafkaSasl = { mechanism: 'plain', username, password }
  return {
    memory,
    ...groupTrial({ ...bench, brokers: secured }, [topic], memory, {
      group: { sasl },
      pipeline: { away: { pauseMsInitial: 50 } },
    }),
  }
}

test('a user that may read topic and group', async () => {
  const { pipeline, memory } = read('reader')
  const running = pipeline.run()
  expect(await linesWhenThere(memory, 10)).toHaveLength(10)
  pipeline.stop()
  expect((await running).outcome).toBe('stopped')
})

test.each<[string, keyof typeof users, string | undefined, RegExp]>([
  ['a wrong password', 'reader', 'guessed', /refused the user or the password/],
  ['no permission for the topic', 'stranger', undefined, /has no topic .* or does not show it to this user/],
  ['no permission for the group', 'topicOnly', undefined, /no permission to use the group/],
])('%s', async (_what, user, password, says) => {
  const { pipeline } = read(user, password)
  await expect(pipeline.run()).rejects.toMatchObject({ code: 'UNREADABLE', message: expect.stringMatching(says) })
})
