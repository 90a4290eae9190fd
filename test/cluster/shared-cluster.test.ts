// The shared cluster serves HDFS, HttpFS and Kafka to a test that asks for it.
import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { sharedCluster, sharedHadoopVersion, sharedKafka } from './shared-cluster.js'

test('a file written through the namenode and a datanode is read back, by HttpFS too', async () => {
  const cluster = await sharedCluster()
  const file = `/shared-cluster-test/${randomUUID()}`
  const query = `user.name=${cluster.description.user}`
  const created = await fetch(`${cluster.webhdfsHttpUrl}${file}?op=CREATE&noredirect=true&${query}`, { method: 'PUT' })
  const { Location } = (await created.json()) as { Location: string }
  const ports = cluster.description.datanodes.map(({ httpPort }) => String(httpPort))
  expect(ports).toHaveLength(2)
  expect(ports).toContain(new URL(Location).port)
  // Not fetch: a datanode sends a 100 by itself, on which undici destroys the socket.
  const status = await new Promise((resolve, reject) => {
    const upload = request(Location, { method: 'PUT' }, (response) => resolve(response.resume().statusCode))
    upload.on('error', reject).end('hello')
  })
  expect(status).toBe(201)
  const read = await fetch(`${cluster.webhdfsHttpUrl}${file}?op=OPEN&${query}`)
  expect(await read.text()).toBe('hello')
  if (sharedHadoopVersion() === '3.4.2') {
    const readByHttpfs = await fetch(`${cluster.httpfsHttpUrl}${file}?op=OPEN&${query}`)
    expect(await readByHttpfs.text()).toBe('hello')
  }
})

test('a message that was sent to Kafka has an offset', async () => {
  const { kafkaBrokers } = await sharedKafka()
  const kafka = new Kafka({ brokers: kafkaBrokers, logLevel: logLevel.NOTHING })
  const topic = `shared-cluster-test-${randomUUID()}`
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true })
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: [{ value: 'hello' }] })
  expect(await admin.fetchTopicOffsets(topic)).toMatchObject([{ partition: 0, low: '0', high: '1' }])
  await Promise.all([producer.disconnect(), admin.disconnect()])
})
