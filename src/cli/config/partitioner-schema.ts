// The entries of `sink.partitioner`: fields, and windows of event time.
import { z } from 'zod'

const partition = z
  .strictObject({
    /** Path of a field of the parsed value, or `$key`, `$topic`, `$partition`, `$offset`, `$timestamp`, `$headers.<name>`. */
    field: z.string().min(1).optional(),
    /** What to call it in the path. */
    name: z.string().min(1).optional(),
    /** `error`, or the value for records that lack the field. */
    missing: z
      .union([z.literal('error'), z.strictObject({ value: z.string().min(1) })], 'must be error, or { value: <text> }')
      .optional(),
    eventTime: z
      .strictObject({
        /** Left out: `$timestamp`. */
        field: z.string().min(1).optional(),
        unit: z.enum(['iso', 's', 'ms', 'us', 'ns']).optional(),
        windowMs: z.number().int().min(1).optional(),
        zone: z.string().min(1).optional(),
        pattern: z.string().min(1).optional(),
      })
      .nullable()
      .transform((options) => options ?? {})
      .optional(),
  })
  .refine(({ field, eventTime }) => (field === undefined) !== (eventTime === undefined), 'name one: field or eventTime')
  .refine(
    ({ name, missing, eventTime }) => eventTime === undefined || (name === undefined && missing === undefined),
    'name and missing go with a field',
  )

/** What `sink.partitioner` may be. */
export const partitionerSchema: z.ZodType = z.array(partition).min(1)

/** What `sink.eventTime` may be. */
export const eventTimeSchema: z.ZodType = z
  .strictObject({
    allowedLatenessMs: z.number().int().min(0).optional(),
    idlePartitionMs: z.number().min(1).optional(),
    maxFutureMs: z.number().min(0).optional(),
    late: z.enum(['directory', 'deadLetter', 'drop', 'append']).optional(),
    lateDirectory: z.string().min(1).optional(),
  })
  .nullable()
  .transform((options) => options ?? {})

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
