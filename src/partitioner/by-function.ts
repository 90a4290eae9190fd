// Partitions by what a function makes of the record. A function may also be given as a partitioner itself; this one names the
// result safely, so that data cannot become a path.
import { MultiOutputError } from '../model/multi-output-error.js'
import type { RecordContext } from '../model/record-id.js'
import { type MissingValue, namingOf } from './partition-value.js'
import type { Partitioner } from './partitioner.js'
import { isHidden } from './path-escaping.js'

/** Options of {@link byFunction}. */
export interface ByFunctionOptions {
  /** Writes `name=value`, as Hive reads it. Left out: the value alone. */
  readonly name?: string
  /** A record for which the function answers nothing; default `error`. */
  readonly missing?: MissingValue
}

/**
 * One directory, named after what `valueFrom` answers: `byFunction((order) => order.total > 100 ? 'large' : 'small', { name: 'order' })` makes `order=large`. The value is escaped
 * as Hive does (a `/` in it makes no further directory); without a name a first `.` or `_` is escaped too. `valueFrom` must
 * depend on the record alone.
 *
 * Throws `WRONG_OPTIONS` for a name that cannot be; the partitioner throws `BAD_RECORD`, and whatever `valueFrom` throws.
 */
export function byFunction<R>(
  valueFrom: (record: R, context: RecordContext) => unknown,
  options: ByFunctionOptions = {},
): Partitioner<R> {
  const { name } = options
  if (typeof valueFrom !== 'function') throw wrongOptions('valueFrom must be a function')
  if (name !== undefined && (typeof name !== 'string' || name === '' || isHidden(name))) {
    throw wrongOptions(
      `name ${JSON.stringify(name)}: Hadoop's readers see no directory that begins with nothing, '_' or '.'`,
    )
  }
  const nameOf = namingOf({ ...options, what: name === undefined ? "the function's value" : `the value of ${name}` })
  return (record, context) => nameOf(valueFrom(record, context))
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `byFunction: ${complaint}`)
}
