// What a case of the sink conformance suite is, and what it is given to work with.
import assert from 'node:assert/strict'
import type { OffsetRanges } from '../../model/offsets.js'
import type { Sink, SinkSession } from '../../sink/sink.js'
import type { SourceRecord } from '../../source/source.js'

/** A record as it is found in the storage. */
export interface StoredRecord {
  /** `<topic>-<partition>-<offset>`. */
  readonly id: string
  /** The value as UTF-8. */
  readonly value: string
}

/** What a factory yields for each case: a storage that is empty, and sinks on it. */
export interface SinkFixture {
  /** A sink of the job's only task. Called several times: each is what another process would have. */
  readonly sink: () => Sink<SourceRecord>
  /** All that readers find, in any order but that of one partition. */
  readonly stored: () => Promise<readonly StoredRecord[]>
  /** The refused records that readers find. Left out where the sink keeps none. */
  readonly storedBad?: () => Promise<readonly (StoredRecord & { readonly reason: string })[]>
  /** A record that the sink refuses with `BAD_RECORD`. */
  readonly unwritable: (record: SourceRecord) => SourceRecord
  /** Called last: remove the storage. Sessions that a case left open are not closed. */
  readonly dispose?: () => Promise<void>
}

/** One sentence of the port. */
export interface SinkCase {
  readonly name: string
  /** Only for sinks that keep refused records. */
  readonly needs?: 'badRecords'
  run(fixture: SinkFixture): Promise<void>
}

/** The topic of the records of the suite. */
export const TOPIC = 'conformance'

/** The record at an offset. */
export function recordAt(offset: number, partition: number = 0): SourceRecord {
  return {
    id: { topic: TOPIC, partition, offset: BigInt(offset) },
    key: null,
    value: Buffer.from(`value ${partition}-${offset}`),
    headers: {},
    timestampMs: 1_700_000_000_000 + offset,
    parsed: undefined,
  }
}

/** Writes records, waiting where the sink asks for it. */
export async function writeAll(session: SinkSession<SourceRecord>, records: readonly SourceRecord[]): Promise<void> {
  for (const record of records) await session.write(record)
}

/** The next offset to read. */
export function untilOf(offsets: OffsetRanges, partition: number = 0): bigint | undefined {
  return offsets.get(TOPIC)?.get(partition)?.until
}

/** Readers find these offsets of partition 0 with their values, each once, in order, and nothing else. */
export async function assertStored(fixture: SinkFixture, offsets: readonly number[], partition = 0): Promise<void> {
  const stored = (await fixture.stored()).filter(({ id }) => id.startsWith(`${TOPIC}-${partition}-`))
  const expected = offsets.map((offset) => ({
    id: `${TOPIC}-${partition}-${offset}`,
    value: `value ${partition}-${offset}`,
  }))
  assert.deepEqual(
    stored.map(({ id, value }) => ({ id, value })),
    expected,
  )
}
