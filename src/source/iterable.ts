// Records of one's own making: an array, a generator, anything that can be iterated, also asynchronously.
import type { Clock } from '../model/clock.js'
import { readOnceSource } from './read-once.js'
import type { Source, SourceBatch, SourceRecord } from './source.js'

/** What an iterable may hold: a value, or a record without its place. Strings become UTF-8. */
export type RecordInput =
  | string
  | Uint8Array
  | {
      readonly value: string | Uint8Array | null
      readonly key?: string | Uint8Array | null
      readonly headers?: SourceRecord['headers']
      /** Default: when it was read. */
      readonly timestampMs?: number
      /** The value as an object, if it is at hand: it is not parsed again. */
      readonly parsed?: unknown
    }

/** Iterated once; it must hold the same records in the same order whenever the job is started again. */
export type RecordInputs = Iterable<RecordInput> | AsyncIterable<RecordInput>

/** Options of {@link recordsFrom}. */
export interface RecordsFromOptions {
  /** The topic of the records' ids; default `records`. All are of its partition 0. */
  readonly topic?: string
  /** Bytes kept for a replay, until they are committed; default 64 MiB. */
  readonly replayBytesMax?: number
}

/** Of an iterable that never waits. */
const BATCH_RECORDS_MAX = 1_000

/**
 * A source of the records of an iterable. A record's offset is its number, from 0. A function is given the offset to begin at, and answers the
 * records from there on; an iterable itself is read from its beginning, and what is committed passed over.
 *
 * What is not committed is kept in memory, so that an attempt that was lost can be replayed; the iterable itself is read once.
 */
export function recordsFrom(
  records: RecordInputs | ((from: bigint) => RecordInputs),
  options: RecordsFromOptions = {},
): Source {
  const { topic = 'records', replayBytesMax } = options
  return readOnceSource({
    name: `records of ${topic}`,
    topic,
    start: ({ from, clock }) => {
      const begin = typeof records === 'function' ? from : 0n
      const inputs = typeof records === 'function' ? records(from) : records
      return batchesOf(inputs, { topic, begin, from, clock })
    },
    ...(replayBytesMax === undefined ? {} : { replayBytesMax }),
  })
}

interface Place {
  readonly topic: string
  /** Of the first input. */
  readonly begin: bigint
  /** The first that is wanted. */
  readonly from: bigint
  readonly clock: Clock
}

function batchesOf(inputs: RecordInputs, place: Place): AsyncGenerator<SourceBatch> {
  return Symbol.asyncIterator in inputs ? batchesOfAsync(inputs, place) : batchesOfSync(inputs, place)
}

async function* batchesOfSync(inputs: Iterable<RecordInput>, place: Place): AsyncGenerator<SourceBatch> {
  let offset = place.begin
  let records: SourceRecord[] = []
  for (const input of inputs) {
    if (offset >= place.from) records.push(recordOf(input, offset, place))
    offset += 1n
    if (records.length < BATCH_RECORDS_MAX) continue
    yield batchOf(records)
    records = []
  }
  if (records.length > 0) yield batchOf(records)
}

// One at a time: the next one may be long in coming.
async function* batchesOfAsync(inputs: AsyncIterable<RecordInput>, place: Place): AsyncGenerator<SourceBatch> {
  let offset = place.begin
  for await (const input of inputs) {
    if (offset >= place.from) yield batchOf([recordOf(input, offset, place)])
    offset += 1n
  }
}

function batchOf(records: readonly SourceRecord[]): SourceBatch {
  const bytes = records.reduce((sum, { value }) => sum + (value?.byteLength ?? 0), 0)
  return { records, advances: [], bytes }
}

const noHeaders: SourceRecord['headers'] = Object.freeze({})

function recordOf(input: RecordInput, offset: bigint, { topic, clock }: Place): SourceRecord {
  const given = typeof input === 'string' || input instanceof Uint8Array ? { value: input } : input
  const { value, key = null, headers = noHeaders, timestampMs = clock.nowMs(), parsed } = given
  return { id: { topic, partition: 0, offset }, key: bytesOf(key), value: bytesOf(value), headers, timestampMs, parsed }
}

function bytesOf(value: string | Uint8Array | null): Uint8Array | null {
  if (typeof value === 'string') return Buffer.from(value)
  if (value === null || value instanceof Uint8Array) return value
  throw new TypeError(`a record's value and key must be a string, bytes or null, not ${typeof value}`)
}
