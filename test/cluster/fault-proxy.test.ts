// The fault proxy before real servers: that it leads all of WebHDFS, HttpFS and Kafka through itself.
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { Kafka, logLevel } from 'kafkajs'
import { expect, onTestFinished, test } from 'vitest'
import { jsonOf, send } from '../assumptions/wire.js'
import { bodyOf, WireServer } from '../assumptions/wire-server.js'
import { type Address, startFaultProxy } from '../fault-proxy/proxy.js'
import { sharedCluster, sharedHadoopVersion, sharedKafka } from './shared-cluster.js'

test('a RENAME whose reply is lost has happened, and one that is cut before has not', async () => {
  const { webhdfsHttpUrl, description } = await sharedCluster()
  await using proxy = startFaultProxy()
  const namenode = new WireServer(await proxy.routeUrl(new URL(webhdfsHttpUrl).origin), description.user)
  const directory = `/fault-proxy/${randomUUID()}`
  await namenode.create(`${directory}/a`, 'x')
  const before = proxy.arm({ op: 'RENAME', path: `${directory}/a` }, { kind: 'cut-before' })
  await expect(namenode.ask('PUT', `${directory}/a`, 'RENAME', { destination: `${directory}/b` })).rejects.toThrow()
  await before.triggered
  expect(await namenode.length(`${directory}/a`)).toBe(1)
  const lost = proxy.arm({ op: 'RENAME', path: `${directory}/a` }, { kind: 'cut-after' })
  await expect(namenode.ask('PUT', `${directory}/a`, 'RENAME', { destination: `${directory}/b` })).rejects.toThrow()
  expect(await (await lost.triggered).response).toMatchObject({ status: 200, body: '{"boolean":true}' })
  expect(await namenode.length(`${directory}/b`)).toBe(1)
})

test('uploads and downloads follow the redirect through the proxy, by header and by JSON', async () => {
  const { webhdfsHttpUrl, description } = await sharedCluster()
  await using proxy = startFaultProxy()
  const namenode = new WireServer(await proxy.routeUrl(new URL(webhdfsHttpUrl).origin), description.user)
  const file = `/fault-proxy/${randomUUID()} é%`
  const seen = proxy.arm({ hop: 'redirected', path: file }, { kind: 'observe' }, { times: 3 })
  const content = 'x'.repeat(3_000_000)
  expect((await namenode.create(file, content)).status).toBe(201)
  const told = await namenode.ask('POST', file, 'APPEND', { noredirect: 'true' })
  const { Location } = jsonOf(told) as { Location: string }
  expect((await send('POST', Location, { body: Buffer.from('y') })).status).toBe(200)
  const read = await send('GET', await namenode.locate('GET', file, 'OPEN'))
  expect(read.body.toString()).toBe(`${content}y`)
  const ops = await Promise.all([1, 2, 3].map(async (nth) => (await seen.occurrence(nth)).request?.op))
  expect(ops).toEqual(['CREATE', 'APPEND', 'OPEN'])
})

test.skipIf(sharedHadoopVersion() !== '3.4.2')('HttpFS sends its clients through the proxy by itself', async () => {
  const { httpfsHttpUrl, description } = await sharedCluster()
  await using proxy = startFaultProxy()
  const httpfs = new WireServer(await proxy.routeUrl(new URL(httpfsHttpUrl).origin), description.user)
  const file = `/fault-proxy/${randomUUID()}`
  const lost = proxy.arm({ hop: 'redirected', op: 'CREATE', path: file }, { kind: 'cut-after' })
  await expect(httpfs.create(file, 'content')).rejects.toThrow()
  expect(await (await lost.triggered).response).toMatchObject({ status: 201 })
  expect(bodyOf(await httpfs.ask('GET', file, 'OPEN')).body).toBe('content')
})

test('K5 a produce whose answer is lost has been carried out, and its repeat makes a second record', async () => {
  const { kafkaBrokers } = await sharedKafka()
  const [host, port] = kafkaBrokers[0]!.split(':')
  await using proxy = startFaultProxy()
  const broker = await proxy.route({ host: host!, port: Number(port) }, 'bytes')
  const topic = `fault-proxy-${randomUUID()}`
  const kafka = through(broker, kafkaBrokers)
  const admin = kafka.admin()
  const producer = kafka.producer()
  onTestFinished(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect()])
  })
  await Promise.all([admin.connect(), producer.connect()])
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true })
  await producer.send({ topic, messages: [{ value: 'first' }] })
  const lost = proxy.arm({}, { kind: 'cut-after' })
  await producer.send({ topic, messages: [{ value: 'second' }] })
  await lost.triggered
  expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ low: '0', high: '3' }])
})

/** A client all of whose connections lead to `broker`, whatever address the cluster advertises. */
function through(broker: Address, brokers: string[]): Kafka {
  return new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    socketFactory: ({ onConnect }) => connect(broker.port, broker.host, onConnect),
  })
}
