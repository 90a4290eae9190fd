// Makes the partitioner that a configuration describes. Windows bring a library along, which is loaded when they are asked for.
import { sourceFields } from '../../model/source-fields.js'
import { byFields } from '../../partitioner/by-fields.js'
import { combine } from '../../partitioner/combine.js'
import type { Partitioner } from '../../partitioner/partitioner.js'
import type { SourceRecord } from '../../source/source.js'
import { UsageError } from '../exit-code.js'
import type { EventTimeConfig, PartitionConfig } from './partitioner-schema.js'

/** Rejects with a UsageError, or `WRONG_OPTIONS`. */
export async function buildPartitioner(
  partitions: readonly PartitionConfig[],
  decode: 'json' | 'none',
): Promise<Partitioner<SourceRecord>> {
  refuseUndecoded(partitions, decode)
  const written = partitions.flatMap((one) =>
    one.field === undefined ? [] : (one.name ?? one.field.replace(/^\$/, '')),
  )
  const twice = written.find((name, index) => written.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new UsageError(`sink.partitioner: two fields are called ${twice}; tell them apart by name`)
  }
  const partitioners: Partitioner<SourceRecord>[] = []
  for (const one of partitions) {
    partitioners.push(one.field === undefined ? await buildEventTime(one.eventTime) : buildField(one))
  }
  return partitioners.length === 1 ? partitioners[0]! : combine(...partitioners)
}

function buildField({ field, name, missing }: PartitionConfig & { readonly field: string }): Partitioner<SourceRecord> {
  return byFields<SourceRecord>([field], {
    lookup: sourceFields,
    ...(name === undefined ? {} : { names: { [field]: name } }),
    ...(missing === undefined ? {} : { missing }),
  })
}

async function buildEventTime({
  field = '$timestamp',
  ...options
}: EventTimeConfig): Promise<Partitioner<SourceRecord>> {
  const { byEventTime } = await import('../../partitioner/event-time.js')
  return byEventTime<SourceRecord>({ ...options, timestamp: field, lookup: sourceFields })
}

/** Without decoding every record would be a bad one. */
function refuseUndecoded(partitions: readonly PartitionConfig[], decode: 'json' | 'none'): void {
  if (decode === 'json') return
  const fields = partitions.map((one) => one.field ?? one.eventTime.field ?? '$timestamp')
  const field = fields.find((path) => !path.startsWith('$'))
  if (field === undefined) return
  throw new UsageError(`sink.partitioner: field ${field} is found in no value, because source.decode is none`)
}
