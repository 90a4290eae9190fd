// Looks at what brokers answer to a consumer's fetches before kafkajs does, because kafkajs loses two things: which records were
// aborted (aborted-records.ts), and that an offset is gone (it resets the position in silence, and commits that); and because it is slow in
// decoding records (record-batches.ts). The way in is the cluster that kafkajs hands to partition assigners: what is watched is this consumer and no other.
import type { Cluster } from 'kafkajs'
import { type AbortedTransaction, type FetchedRecord, hideAborted } from './aborted-records.js'
import { decodeFetchResponse, FETCH_VERSION } from './record-batches.js'

/** Whom to tell. Called synchronously, before kafkajs goes on. */
export interface FetchWatcher {
  /** From `fetchedFrom` up to `until` there is no record for a consumer: control records, aborted ones, gaps of compaction. kafkajs tells nobody. */
  onNothing(place: FetchPlace, until: bigint): void
  /** The broker has no such offset. kafkajs never hears of it. */
  onOutOfRange(place: FetchPlace): void
}

/** What was asked for. */
export interface FetchPlace {
  readonly topic: string
  readonly partition: number
  readonly fetchedFrom: bigint
}

type FindBroker = Cluster['findBroker']
type Broker = Awaited<ReturnType<FindBroker>>
type FetchRequest = Parameters<Broker['fetch']>[0]

interface FetchAnswer {
  readonly responses: readonly {
    readonly topicName: string
    readonly partitions: readonly FetchedPartition[]
  }[]
}

interface FetchedPartition {
  readonly partition: number
  abortedTransactions?: AbortedTransaction[] | null
  readonly messages: readonly FetchedRecord[]
}

const watched = new WeakSet<Cluster>()

/** Watches the fetches of a consumer, by the cluster that is its own. */
export function watchFetches(cluster: Cluster, watcher: FetchWatcher): void {
  if (watched.has(cluster)) return
  watched.add(cluster)
  const findBroker = cluster.findBroker.bind(cluster)
  cluster.findBroker = async (node) => withFetch(await findBroker(node), watcher)
}

function withFetch(broker: Broker, watcher: FetchWatcher): Broker {
  const decoding = decodingFetches(broker)
  const fetch = async (request: FetchRequest): Promise<FetchAnswer> => {
    let answer: FetchAnswer
    try {
      answer = (await decoding.fetch(request)) as FetchAnswer
    } catch (error) {
      const place = outOfRange(error, request)
      if (place === undefined) throw error
      watcher.onOutOfRange(place)
      return { responses: [] }
    }
    look(answer, request, watcher)
    return answer
  }
  return new Proxy(broker, {
    get: (target, name) => {
      if (name === 'fetch') return fetch
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

/** What kafkajs sends to a connection. */
interface ProtocolRequest {
  readonly request: { readonly apiName: string; readonly apiVersion: number }
  readonly response: { decode(answer: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> }
}

/** The same broker, with its answers to fetches decoded by record-batches.ts. */
function decodingFetches(broker: Broker): Broker {
  const { connectionPool: pool } = broker as unknown as {
    readonly connectionPool: { send(request: ProtocolRequest): Promise<unknown> }
  }
  const send = (sent: ProtocolRequest): Promise<unknown> => pool.send(isUnderstood(sent) ? decodedHere(sent) : sent)
  // Made from what is there, because kafkajs calls its own methods on it.
  const connectionPool = Object.create(pool, { send: { value: send } }) as object
  return Object.create(broker, { connectionPool: { value: connectionPool } }) as Broker
}

function isUnderstood({ request }: ProtocolRequest): boolean {
  return request.apiName === 'Fetch' && request.apiVersion === FETCH_VERSION
}

function decodedHere(sent: ProtocolRequest): ProtocolRequest {
  const { decode, parse } = sent.response
  const decodeHere = async (answer: Buffer): Promise<unknown> => (await decodeFetchResponse(answer)) ?? decode(answer)
  return { ...sent, response: { decode: decodeHere, parse } }
}

function outOfRange(error: unknown, request: FetchRequest): FetchPlace | undefined {
  const { name, topic, partition } = (error ?? {}) as { name?: string; topic?: string; partition?: number }
  if (name !== 'KafkaJSOffsetOutOfRange' || topic === undefined || partition === undefined) return undefined
  const fetchedFrom = fetchedFromOf(request, topic, partition)
  return fetchedFrom === undefined ? undefined : { topic, partition, fetchedFrom }
}

function fetchedFromOf(request: FetchRequest, topic: string, partition: number): bigint | undefined {
  const asked = request.topics.find((one) => one.topic === topic)?.partitions.find((one) => one.partition === partition)
  return asked === undefined ? undefined : BigInt(asked.fetchOffset)
}

function look({ responses }: FetchAnswer, request: FetchRequest, watcher: FetchWatcher): void {
  for (const { topicName: topic, partitions } of responses) {
    for (const fetched of partitions) {
      const { partition, messages, abortedTransactions } = fetched
      const last = messages.at(-1)
      const fetchedFrom = fetchedFromOf(request, topic, partition)
      if (last === undefined || fetchedFrom === undefined) continue
      if (abortedTransactions?.length) hideAborted(messages, abortedTransactions)
      fetched.abortedTransactions = []
      if (messages.some((one) => !one.isControlRecord && BigInt(one.offset) >= fetchedFrom)) continue
      const behindLast = BigInt(last.offset) + 1n
      // Brokers answer with whole batches: one whose last records were compacted away may end below what was asked for.
      watcher.onNothing({ topic, partition, fetchedFrom }, behindLast > fetchedFrom ? behindLast : fetchedFrom + 1n)
    }
  }
}
