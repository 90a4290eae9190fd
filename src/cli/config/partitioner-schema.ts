// The entries of `sink.partitioner`: fields, and windows of event time.
import * as v from 'valibot'
import { count, listOf, mapping, notNegative, positive, text, wholeNotNegative } from '../../model/shape.js'
import { orNothing } from './or-nothing.js'

const partition = v.pipe(
  mapping({
    /** Path of a field of the parsed value, or `$key`, `$topic`, `$partition`, `$offset`, `$timestamp`, `$headers.<name>`. */
    field: v.optional(text),
    /** What to call it in the path. */
    name: v.optional(text),
    /** `error`, or the value for records that lack the field. */
    missing: v.optional(v.union([v.literal('error'), mapping({ value: text })], 'must be error, or { value: <text> }')),
    eventTime: v.optional(
      orNothing({
        /** Left out: `$timestamp`. */
        field: v.optional(text),
        unit: v.optional(v.picklist(['iso', 's', 'ms', 'us', 'ns'])),
        windowMs: v.optional(count),
        zone: v.optional(text),
        pattern: v.optional(text),
      }),
    ),
  }),
  v.check(
    ({ field, eventTime }) => (field === undefined) !== (eventTime === undefined),
    'name one: field or eventTime',
  ),
  v.check(
    ({ name, missing, eventTime }) => eventTime === undefined || (name === undefined && missing === undefined),
    'name and missing go with a field',
  ),
)

/** What `sink.partitioner` may be. */
export const partitionerSchema: v.GenericSchema = listOf(partition)

/** What `sink.eventTime` may be. */
export const eventTimeSchema: v.GenericSchema = orNothing({
  allowedLatenessMs: v.optional(wholeNotNegative),
  idlePartitionMs: v.optional(v.pipe(positive, v.minValue(1))),
  maxFutureMs: v.optional(notNegative),
  late: v.optional(v.picklist(['directory', 'deadLetter', 'drop', 'append'])),
  lateDirectory: v.optional(text),
})

/** Where a window's time is, and what its directories are called. */
export interface EventTimeConfig {
  readonly field?: string
  readonly unit?: 'iso' | 's' | 'ms' | 'us' | 'ns'
  readonly windowMs?: number
  readonly zone?: string
  readonly pattern?: string
}

/** One part of the path: a field, or windows. */
export type PartitionConfig =
  | { readonly field: string; readonly name?: string; readonly missing?: 'error' | { readonly value: string } }
  | { readonly field?: undefined; readonly eventTime: EventTimeConfig }
