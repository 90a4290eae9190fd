// Offsets that were not read and are gone: how that is said, and how it is kept in the commit record where the user chose to go on.
import type { JsonValue } from '../../model/json-value.js'
import { SourceError } from '../source-error.js'
import type { PartitionPlace } from './partition-reading.js'

/** A range that nobody can read any more. */
export interface LostRange extends PartitionPlace {
  readonly from: bigint
  readonly until: bigint
}

/** Losses kept in the metadata; each commit since tells of its own, so older ones are in older records of the log. */
const LOSSES_KEPT_MAX = 100

/** The error for a range that was lost. */
export function lostError({ topic, partition, from, until }: LostRange): SourceError {
  return new SourceError(
    'OFFSETS_LOST',
    `${topic}/${partition}: offsets ${from} to ${until - 1n} were removed from Kafka before they were read (retention, or somebody deleted records). They cannot be had back from there. To go on without them: --on-lost-offsets=skip (onLostOffsets: 'skip'), which notes the range in the commit log; to read new data only, a new location begins anew.`,
  )
}

/** The error for a position that lies behind the partition's end. */
export function beyondEndError(place: PartitionPlace, position: bigint, high: bigint): SourceError {
  return new SourceError(
    'CHANGED',
    `${place.topic}/${place.partition}: the position is ${position}, but the partition ends at ${high}. The topic was deleted and made again, or lost its last records when a broker failed (unclean leader election). What is committed stays; a topic that begins anew needs a new location.`,
  )
}

/** Metadata with losses added; everything of others in it stays. */
export function withLosses(metadata: JsonValue | undefined, losses: readonly LostRange[]): JsonValue {
  const others = isMapping(metadata) ? metadata : {}
  const kafka = isMapping(others.kafka) ? others.kafka : {}
  const before = Array.isArray(kafka.lost) ? kafka.lost : []
  const added = losses.map(({ topic, partition, from, until }) => {
    return { topic, partition, from: from.toString(), until: until.toString() }
  })
  return { ...others, kafka: { ...kafka, lost: [...before, ...added].slice(-LOSSES_KEPT_MAX) } }
}

function isMapping(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
