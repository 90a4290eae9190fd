// Where a record comes from, and how that is written: the identity that dedup, verify and database keys use.

/** The place of a record in its source. `offset` counts from 0 within a topic's partition and never repeats there. */
export interface RecordId {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

/** What is known of a record besides its value. */
export interface RecordContext {
  readonly id?: RecordId
  /** Milliseconds since 1970 of the event itself. */
  readonly eventTimeMs?: number
}

/** `<partition>-<offset>`: unique within a topic. */
export function formatId(id: RecordId): string {
  return `${id.partition}-${id.offset}`
}

/** `<topic>-<partition>-<offset>`: unique across topics. */
export function formatIdWithTopic(id: RecordId): string {
  return `${id.topic}-${id.partition}-${id.offset}`
}
