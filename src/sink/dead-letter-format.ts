// How a record that was refused is kept: a JSON line with its place, the reason, and its bytes so that they can be had back.
import { isUtf8 } from 'node:buffer'
import type { Format } from '../format/format.js'
import { formatIdWithTopic, type RecordId } from '../model/record-id.js'
import type { RecordWithFields } from '../model/source-fields.js'

/** What can be known of a refused record. */
export interface RefusedRecord {
  readonly id: RecordId
  readonly timestampMs: number
  readonly key?: Uint8Array | null
  readonly value?: Uint8Array | null
  readonly headers?: RecordWithFields['headers']
}

/** A refused record on its way to where bad ones are kept. */
export class DeadLetter {
  readonly record: RefusedRecord
  readonly reason: string

  constructor(record: RefusedRecord, reason: string) {
    this.record = record
    this.reason = reason
  }
}

/**
 * A line a record, `.jsonl`: `{"id":"<topic>-<partition>-<offset>","topic":…,"partition":…,"offset":"…","reason":…,"timestampMs":…,"key":…,"headers":{…},"value":…}`. The offset is a string,
 * for it may exceed what JSON's readers count exactly. A key, value or header that is not UTF-8 stands in base64 under `keyBase64`, `valueBase64`, or as
 * `{"base64":…}` among the headers; a tombstone has `"value":null`; keys and headers that are not there are left out.
 */
export const deadLetterFormat: Format<DeadLetter> = {
  name: 'dead-letters',
  extension: 'jsonl',
  open: () => ({
    encode: ({ record, reason }, _context, sink) => sink.text(`${JSON.stringify(lineOf(record, reason))}\n`),
  }),
}

function lineOf(record: RefusedRecord, reason: string): object {
  const { id, timestampMs, key, value, headers } = record
  const named = Object.entries(headers ?? {})
  return {
    id: formatIdWithTopic(id),
    topic: id.topic,
    partition: id.partition,
    offset: id.offset.toString(),
    reason,
    timestampMs,
    ...(key === null || key === undefined ? {} : bytesAs('key', key)),
    ...(named.length === 0 ? {} : { headers: Object.fromEntries(named.map(([name, of]) => [name, headerOf(of)])) }),
    ...(value === null || value === undefined ? { value: null } : bytesAs('value', value)),
  }
}

function bytesAs(name: string, bytes: Uint8Array): object {
  return isUtf8(bytes)
    ? { [name]: bufferOf(bytes).toString() }
    : { [`${name}Base64`]: bufferOf(bytes).toString('base64') }
}

function headerOf(value: RecordWithFields['headers'][string]): unknown {
  if (Array.isArray(value)) return (value as readonly (Uint8Array | string)[]).map(headerOf)
  if (!(value instanceof Uint8Array)) return value
  return isUtf8(value) ? bufferOf(value).toString() : { base64: bufferOf(value).toString('base64') }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
