// The written form of the records, and its check. Offsets are decimal strings, because JSON's numbers end at 2^53, in
// rows of [topic, partition, from, until], because a topic may be called `__proto__`.
import { z } from 'zod'
import type { JsonValue } from '../model/json-value.js'
import type { OffsetRanges } from '../model/offsets.js'
import { eachRange, OffsetRangesBuilder } from '../model/offsets.js'
import { RECORD_VERSION } from './log-record.js'

const count = z.number().int().nonnegative()
const timeMs = z.number().int()
const id = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits')
const relativePath = z.string().min(1)
/** It was parsed from JSON, so it is some; zod's own copies it and loses a key `__proto__`. */
const jsonValue = z.custom<JsonValue>((value) => value !== undefined)

/** Offsets in JSON: rows of `[topic, partition, from, until]`, sorted as they were met. */
export type WrittenOffsets = (readonly [topic: string, partition: number, from: string, until: string])[]

/** Turns ranges into rows. */
export function writeOffsets(ranges: OffsetRanges): WrittenOffsets {
  return Array.from(eachRange(ranges), ([topic, partition, { from, until }]) => [
    topic,
    partition,
    String(from),
    String(until),
  ])
}

const offsetDigits = z.string().regex(/^\d+$/, 'must be a decimal number')
const writtenOffsets = z.array(z.tuple([z.string().min(1), count, offsetDigits, offsetDigits]))

const offsets: z.ZodType<OffsetRanges> = writtenOffsets.transform((rows, context) => {
  const ranges = new OffsetRangesBuilder()
  for (const [topic, partition, from, until] of rows) {
    if (ranges.get(topic, partition) !== undefined) context.addIssue(`${topic}/${partition} stands there twice`)
    if (BigInt(from) > BigInt(until)) context.addIssue(`${topic}/${partition} runs backwards: ${from} to ${until}`)
    ranges.set(topic, partition, { from: BigInt(from), until: BigInt(until) })
  }
  return ranges.build()
})

const processIdentity = z.strictObject({
  host: z.string(),
  bootId: z.string(),
  pidNamespace: z.string(),
  pid: count,
  startTime: z.string(),
})

const base = {
  version: z.literal(RECORD_VERSION),
  id,
  epoch: count.min(1),
  writer: processIdentity,
  timeMs,
}

const action = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('rename'), serial: count.optional(), from: relativePath, to: relativePath }),
  z.strictObject({ do: z.literal('concat'), serial: count, source: relativePath, target: relativePath }),
  z.strictObject({ do: z.literal('delete'), serial: count, path: relativePath }),
])

const fileFields = {
  serial: count,
  stream: z.string().min(1),
  directory: z.string(),
  path: relativePath,
  length: count.min(1),
  recordCount: count,
  offsets,
  eventTimeMinMs: timeMs.optional(),
  eventTimeMaxMs: timeMs.optional(),
  windowEndMs: timeMs.optional(),
  formatState: jsonValue.optional(),
  blockCount: count.min(1).optional(),
}

const fileChange = z
  .strictObject({ ...fileFields, baseLength: count, sealed: z.boolean() })
  .refine((file) => file.baseLength <= file.length, 'is shorter than its base')

const dataFile = z.strictObject({ ...fileFields, createdMs: timeMs, touchedMs: timeMs })

/** A sealed file as manifests and checkpoints hold it. */
export const sealedFileSchema: z.ZodObject = dataFile.extend({ sealedMs: timeMs })

const state = z.strictObject({
  epoch: count,
  owner: processIdentity.optional(),
  released: z.boolean(),
  unfenced: z.array(processIdentity),
  offsets,
  watermarkMs: timeMs.optional(),
  markedUntilMs: timeMs.optional(),
  metadata: jsonValue.optional(),
  unmarkedWindows: z.array(z.tuple([z.string(), timeMs])).optional(),
  openFiles: z.array(dataFile),
  sealedFiles: z.array(dataFile.extend({ sealedMs: timeMs })),
  nextSerial: count,
})

/** Any record, read back. */
export const recordSchema: z.ZodType = z.discriminatedUnion('type', [
  z.strictObject({ ...base, type: z.literal('claim') }),
  z.strictObject({
    ...base,
    type: z.literal('commit'),
    offsets,
    files: z.array(fileChange),
    publish: z.array(action),
    watermarkMs: timeMs.optional(),
    markedUntilMs: timeMs.optional(),
    metadata: jsonValue.optional(),
    released: z.boolean(),
  }),
  z.strictObject({ ...base, type: z.literal('checkpoint'), state, publish: z.array(action) }),
])
