// The written form of the records, and its check. Offsets are decimal strings, because JSON's numbers end at 2^53, in
// rows of [topic, partition, from, until], because a topic may be called `__proto__`.
import * as v from 'valibot'
import type { JsonValue } from '../model/json-value.js'
import type { OffsetRanges } from '../model/offsets.js'
import { eachRange, OffsetRangesBuilder } from '../model/offsets.js'
import { count, text, whole, wholeNotNegative } from '../model/shape.js'
import { RECORD_VERSION } from './log-record.js'

const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits'))
/** It was parsed from JSON, so it is some. Taken as it is: a copy would lose a key `__proto__`. */
const jsonValue = v.custom<JsonValue>((value) => value !== undefined)

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

const offsetDigits = v.pipe(v.string(), v.regex(/^\d+$/, 'must be a decimal number'))
const writtenOffsets = v.array(v.strictTuple([text, wholeNotNegative, offsetDigits, offsetDigits]))

const offsets = v.pipe(
  writtenOffsets,
  v.rawTransform(({ dataset: { value: rows }, addIssue }): OffsetRanges => {
    const ranges = new OffsetRangesBuilder()
    for (const [topic, partition, from, until] of rows) {
      if (ranges.get(topic, partition) !== undefined) {
        addIssue({ message: `${topic}/${partition} stands there twice` })
      }
      if (BigInt(from) > BigInt(until)) {
        addIssue({ message: `${topic}/${partition} runs backwards: ${from} to ${until}` })
      }
      ranges.set(topic, partition, { from: BigInt(from), until: BigInt(until) })
    }
    return ranges.build()
  }),
)

const processIdentity = v.strictObject({
  host: v.string(),
  bootId: v.string(),
  pidNamespace: v.string(),
  pid: wholeNotNegative,
  startTime: v.string(),
})

const base = {
  version: v.literal(RECORD_VERSION),
  id,
  epoch: count,
  writer: processIdentity,
  timeMs: whole,
}

const action = v.variant('do', [
  v.strictObject({ do: v.literal('rename'), serial: v.optional(wholeNotNegative), from: text, to: text }),
  v.strictObject({ do: v.literal('concat'), serial: wholeNotNegative, source: text, target: text }),
  v.strictObject({ do: v.literal('delete'), serial: wholeNotNegative, path: text }),
])

const fileFields = {
  serial: wholeNotNegative,
  stream: text,
  directory: v.string(),
  path: text,
  length: count,
  recordCount: wholeNotNegative,
  offsets,
  eventTimeMinMs: v.optional(whole),
  eventTimeMaxMs: v.optional(whole),
  windowEndMs: v.optional(whole),
  formatState: v.optional(jsonValue),
  blockCount: v.optional(count),
}

const fileChange = v.pipe(
  v.strictObject({ ...fileFields, baseLength: wholeNotNegative, sealed: v.boolean() }),
  v.check((file) => file.baseLength <= file.length, 'is shorter than its base'),
)

const dataFileFields = { ...fileFields, createdMs: whole, touchedMs: whole }

/** A sealed file as manifests and checkpoints hold it. */
export const sealedFileSchema: v.GenericSchema = v.strictObject({ ...dataFileFields, sealedMs: whole })

const state = v.strictObject({
  epoch: wholeNotNegative,
  owner: v.optional(processIdentity),
  released: v.boolean(),
  unfenced: v.array(processIdentity),
  offsets,
  watermarkMs: v.optional(whole),
  markedUntilMs: v.optional(whole),
  metadata: v.optional(jsonValue),
  unmarkedWindows: v.optional(v.array(v.strictTuple([v.string(), whole]))),
  openFiles: v.array(v.strictObject(dataFileFields)),
  sealedFiles: v.array(sealedFileSchema),
  nextSerial: wholeNotNegative,
})

/** Any record, read back. */
export const recordSchema: v.GenericSchema = v.variant('type', [
  v.strictObject({ ...base, type: v.literal('claim') }),
  v.strictObject({
    ...base,
    type: v.literal('commit'),
    offsets,
    files: v.array(fileChange),
    publish: v.array(action),
    watermarkMs: v.optional(whole),
    markedUntilMs: v.optional(whole),
    metadata: v.optional(jsonValue),
    released: v.boolean(),
  }),
  v.strictObject({ ...base, type: v.literal('checkpoint'), state, publish: v.array(action) }),
])
