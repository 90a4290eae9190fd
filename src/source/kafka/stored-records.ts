// The records of a batch as Kafka stores them (record batch version 2): found one after the other, looked at where they lie.
import type { RecordId } from '../../model/record-id.js'
import type { HeaderValue } from '../../model/source-fields.js'
import type { SourceRecord } from '../source.js'
import { ValueRecord } from '../value-record.js'
import type { PartitionPlace } from './partition-reading.js'

/** The records of a batch. */
export interface StoredRecords {
  readonly firstOffset: bigint
  readonly count: number
  /** Not compressed. */
  readonly bytes: Buffer
  /** The records' times are relative to it. */
  readonly firstTimestampMs: number
  /** What all of them have in place of a time of their own, where the topic wants the time of arrival. */
  readonly arrivedMs: number | undefined
}

/** A length of it stands for null. */
const NULL_LENGTH = -1

/** Adds the records within a range of offsets; answers the bytes of their keys and values. Throws where the batch is damaged. */
export function addRecords(
  records: SourceRecord[],
  stored: StoredRecords,
  { topic, partition }: PartitionPlace,
  range: { readonly from: bigint; readonly until: bigint },
): number {
  const { bytes, count, firstOffset } = stored
  // Within a batch offsets are 32 bits from the first.
  const from = Number(range.from - firstOffset)
  const until = Number(range.until - firstOffset)
  const cursor = new Cursor(bytes)
  let added = 0
  for (let left = count; left > 0; left--) {
    const length = cursor.varint()
    const end = cursor.at + length
    if (length < 0 || end > bytes.length) throw damaged()
    // Attributes, of which there are none.
    cursor.at += 1
    const timeDelta = cursor.varlong()
    const offsetDelta = cursor.varint()
    const keyLength = cursor.varint()
    const keyFrom = cursor.at
    cursor.at += Math.max(0, keyLength)
    const valueLength = cursor.varint()
    const valueFrom = cursor.at
    const headersFrom = valueFrom + Math.max(0, valueLength)
    if (headersFrom > end) throw damaged()
    cursor.at = end
    if (offsetDelta < from || offsetDelta >= until) continue
    const id = { topic, partition, offset: firstOffset + BigInt(offsetDelta) }
    records.push(new StoredRecord(stored, id, { timeDelta, keyFrom, keyLength, valueFrom, valueLength, headersFrom }))
    added += headersFrom - valueFrom + Math.max(0, keyLength)
  }
  return added
}

/** The key of a batch's first record, if it has one. */
export function firstKey({ bytes, count }: StoredRecords): Buffer | null {
  if (count === 0) return null
  const cursor = new Cursor(bytes)
  cursor.varint()
  cursor.at += 1
  cursor.varlong()
  cursor.varint()
  return cursor.bytesOf(cursor.varint())
}

/** Where the parts of a record lie; a length of -1 stands for null. */
interface Parts {
  readonly timeDelta: number
  readonly keyFrom: number
  readonly keyLength: number
  readonly valueFrom: number
  readonly valueLength: number
  readonly headersFrom: number
}

class StoredRecord extends ValueRecord {
  readonly id: RecordId
  readonly #stored: StoredRecords
  readonly #parts: Parts

  constructor(stored: StoredRecords, id: RecordId, parts: Parts) {
    const { valueFrom, valueLength } = parts
    super(valueLength === NULL_LENGTH ? null : stored.bytes, valueFrom, valueFrom + valueLength)
    this.id = id
    this.#stored = stored
    this.#parts = parts
  }

  get key(): Buffer | null {
    const { keyFrom, keyLength } = this.#parts
    return keyLength === NULL_LENGTH ? null : this.#stored.bytes.subarray(keyFrom, keyFrom + keyLength)
  }

  get timestampMs(): number {
    const { arrivedMs, firstTimestampMs } = this.#stored
    return arrivedMs ?? firstTimestampMs + this.#parts.timeDelta
  }

  /** A name that comes more than once has an array of its values, as kafkajs has it. */
  get headers(): SourceRecord['headers'] {
    const cursor = new Cursor(this.#stored.bytes)
    cursor.at = this.#parts.headersFrom
    const headers: Record<string, HeaderValue> = {}
    for (let left = cursor.varint(); left > 0; left--) {
      const name = cursor.bytesOf(cursor.varint())?.toString() ?? ''
      const value = cursor.bytesOf(cursor.varint()) as Buffer
      const before = Object.hasOwn(headers, name) ? headers[name] : undefined
      const all = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before as Buffer, value]
      Object.defineProperty(headers, name, { value: all, enumerable: true, writable: true, configurable: true })
    }
    return headers
  }

  anew(): SourceRecord {
    return new StoredRecord(this.#stored, this.id, this.#parts)
  }
}

const MORE = 0x80
const BITS = 0x7f

/** Reads the variable lengths of Kafka's records: seven bits a byte, the lowest first, signs in the lowest bit. */
class Cursor {
  readonly #bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Of 32 bits. */
  varint(): number {
    const bytes = this.#bytes
    let byte = bytes[this.at++]!
    let value = byte & BITS
    for (let shift = 7; byte >= MORE; shift += 7) {
      byte = bytes[this.at++]!
      value |= (byte & BITS) << shift
    }
    return (value >>> 1) ^ -(value & 1)
  }

  /** Of 64 bits; exact up to 2^53, which times are far below. */
  varlong(): number {
    const bytes = this.#bytes
    let byte = bytes[this.at++]!
    let value = byte & BITS
    for (let unit = MORE; byte >= MORE; unit *= MORE) {
      byte = bytes[this.at++]!
      value += (byte & BITS) * unit
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  bytesOf(length: number): Buffer | null {
    if (length === NULL_LENGTH) return null
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }
}

function damaged(): Error {
  return new Error('a batch of records is damaged: its lengths do not fit together')
}
