// Finds out where to begin with partitions: at what is committed, or at an end of the log; and whether what is to come is still there.

import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import type { OffsetRanges } from '../../model/offsets.js'
import { beyondEndError, lostError } from './lost-offsets.js'
import type { CheckedKafkaOptions } from './options.js'
import type { PartitionPlace } from './partition-reading.js'
import type { PartitionStart } from './task-reader.js'

/** First offset that is there, and the one behind the last. */
export interface Bounds {
  readonly low: bigint
  readonly high: bigint
}

/** What is needed to know where to begin. */
export interface StartRequest {
  readonly partitions: readonly PartitionPlace[]
  /** Positions by what the sink committed. */
  readonly committed: OffsetRanges
  /** Where partitions begin of which nothing is committed. */
  readonly from: 'earliest' | 'latest'
  /** Where partitions end, if they do. */
  readonly ends?: EndOffsets
}

/** Offsets behind the last to be read, by topic and partition. */
export type EndOffsets = ReadonlyMap<string, ReadonlyMap<number, bigint>>

/** A broker that was just started may say for a moment that its partitions end earlier than they do. */
const LOOKS_MAX = 5
const LOOK_AGAIN_MS = 1_000

/** The bounds of all partitions of a topic. */
export async function boundsOf(admin: Admin, topic: string): Promise<ReadonlyMap<number, Bounds>> {
  const offsets = await admin.fetchTopicOffsets(topic)
  return new Map(offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]))
}

/** Where to begin. Rejects with `OFFSETS_LOST` or `CHANGED` where what comes next is not there; what is lost may be passed over by the options. */
export async function findStarts(
  admin: Admin,
  request: StartRequest,
  options: CheckedKafkaOptions,
): Promise<PartitionStart[]> {
  for (let look = 1; ; look++) {
    const bounds = await boundsOfTopics(admin, request.partitions)
    const positions =
      options.delivery === 'exactly-once' ? positionsIn(request.committed) : await groupPositions(admin, options)
    const beyond = request.partitions.find((place) => {
      const position = positions(place)
      return position !== undefined && position > boundsAt(bounds, place).high
    })
    if (beyond !== undefined && look < LOOKS_MAX) {
      await delay(LOOK_AGAIN_MS)
      continue
    }
    if (beyond !== undefined) throw beyondEndError(beyond, positions(beyond)!, boundsAt(bounds, beyond).high)
    return request.partitions.map((place) =>
      startOf(place, positions(place), boundsAt(bounds, place), request, options),
    )
  }
}

type Positions = (place: PartitionPlace) => bigint | undefined

function startOf(
  place: PartitionPlace,
  position: bigint | undefined,
  { low, high }: Bounds,
  { from, ends }: StartRequest,
  { onLostOffsets }: CheckedKafkaOptions,
): PartitionStart {
  const end = ends?.get(place.topic)?.get(place.partition)
  const common = { topic: place.topic, partition: place.partition, high, ...(end === undefined ? {} : { end }) }
  if (position === undefined) {
    // Kept, so that what is lost before the first commit is known to be.
    return { ...common, start: from === 'earliest' ? low : high, keepsStart: true }
  }
  if (position >= low) return { ...common, start: position, keepsStart: false }
  const lost = { topic: place.topic, partition: place.partition, from: position, until: low }
  if (onLostOffsets === 'fail') throw lostError(lost)
  return { ...common, start: low, keepsStart: true, lost }
}

async function boundsOfTopics(
  admin: Admin,
  partitions: readonly PartitionPlace[],
): Promise<ReadonlyMap<string, ReadonlyMap<number, Bounds>>> {
  const bounds = new Map<string, ReadonlyMap<number, Bounds>>()
  for (const topic of new Set(partitions.map((one) => one.topic))) bounds.set(topic, await boundsOf(admin, topic))
  return bounds
}

function boundsAt(bounds: ReadonlyMap<string, ReadonlyMap<number, Bounds>>, place: PartitionPlace): Bounds {
  return bounds.get(place.topic)?.get(place.partition) ?? { low: 0n, high: 0n }
}

function positionsIn(committed: OffsetRanges): Positions {
  return ({ topic, partition }) => committed.get(topic)?.get(partition)?.until
}

async function groupPositions(admin: Admin, { groupId, topics }: CheckedKafkaOptions): Promise<Positions> {
  const positions = new Map<string, bigint>()
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: [...topics] })) {
    for (const { partition, offset } of partitions) {
      if (BigInt(offset) >= 0n) positions.set(`${topic}/${partition}`, BigInt(offset))
    }
  }
  return ({ topic, partition }) => positions.get(`${topic}/${partition}`)
}
