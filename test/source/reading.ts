// Reads a source from a position, as a pipeline would.
import { silentLogger } from '../../src/engine/logger.js'
import { systemClock } from '../../src/model/clock.js'
import type { JsonValue } from '../../src/model/json-value.js'
import type { OffsetRange } from '../../src/model/offsets.js'
import type { Committed } from '../../src/multi-output.js'
import type { Source, SourceBatch, SourceOpenOptions, SourceReader, SourceRecord } from '../../src/source/source.js'

/** What is committed: `until` by partition of one topic, and metadata. */
export function committedAt(topic: string, until: Readonly<Record<number, number>>, metadata?: JsonValue): Committed {
  const ranges = new Map<number, OffsetRange>(
    Object.entries(until).map(([partition, end]) => [Number(partition), { from: 0n, until: BigInt(end) }]),
  )
  return {
    offsets: ranges.size === 0 ? new Map() : new Map([[topic, ranges]]),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

export const nothingCommitted: Committed = { offsets: new Map() }

/** Opens a source as the only task would. */
export function openSource(
  source: Source,
  committed: Committed = nothingCommitted,
  options: Partial<SourceOpenOptions> = {},
): Promise<SourceReader> {
  return source.open({
    committed,
    task: 0,
    taskCount: 1,
    stop: 'atEnd',
    clock: systemClock,
    logger: silentLogger,
    ...options,
  })
}

/** Every batch until the end. */
export async function batchesOf(reader: SourceReader): Promise<SourceBatch[]> {
  const batches: SourceBatch[] = []
  for (;;) {
    const batch = await reader.next()
    if (batch === undefined) return batches
    batches.push(batch)
  }
}

/** Every record until the end as `<partition>-<offset> <value>`. */
export async function linesOf(reader: SourceReader): Promise<string[]> {
  return (await batchesOf(reader)).flatMap(({ records }) => records.map(shown))
}

export function shown({ id, value }: SourceRecord): string {
  return `${id.partition}-${id.offset} ${value === null ? 'null' : Buffer.from(value).toString('latin1')}`
}
