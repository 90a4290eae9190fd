// The kinds of fields that messages are made of: how a value is written, read, and called in a .proto file.
import { MalformedMessage, type WireReader, type WireType } from './wire-reader.js'
import type { WireWriter } from './wire-writer.js'

/** How values of one kind are written and read. */
export interface ValueCodec<T> {
  /** As in a .proto file: `uint64`, or the name of the message. An enum's values are numbers: `enum`. */
  readonly typeName: string
  readonly wireType: WireType
  read(reader: WireReader): T
  write(writer: WireWriter, value: T): void
}

/** A field of a message. */
export interface Field<T, Label extends 'required' | 'optional' | 'repeated'> {
  readonly number: number
  readonly label: Label
  readonly codec: ValueCodec<T>
}

/** Must be there. */
export function required<T>(number: number, codec: ValueCodec<T>): Field<T, 'required'> {
  return { number, label: 'required', codec }
}

/** May be missing. */
export function optional<T>(number: number, codec: ValueCodec<T>): Field<T, 'optional'> {
  return { number, label: 'optional', codec }
}

/** Any number of values. Scalars are read packed or one by one, and written one by one, which every reader takes. */
export function repeated<T>(number: number, codec: ValueCodec<T>): Field<T, 'repeated'> {
  return { number, label: 'repeated', codec }
}

const UTF8 = new TextDecoder()

export const string: ValueCodec<string> = {
  typeName: 'string',
  wireType: 2,
  read: (reader) => UTF8.decode(reader.bytes()),
  write: (writer, value) => writer.text(value),
}

export const bytes: ValueCodec<Uint8Array> = {
  typeName: 'bytes',
  wireType: 2,
  // A copy: what was read may be kept longer than the frame that it came in.
  read: (reader) => Uint8Array.from(reader.bytes()),
  write: (writer, value) => writer.bytes(value),
}

export const bool: ValueCodec<boolean> = {
  typeName: 'bool',
  wireType: 0,
  read: (reader) => reader.uint32() !== 0,
  write: (writer, value) => writer.varint(value ? 1 : 0),
}

export const uint32: ValueCodec<number> = {
  typeName: 'uint32',
  wireType: 0,
  read: (reader) => reader.uint32(),
  write: (writer, value) => writer.varint(value),
}

/** The number of a value; one that we do not know is kept as it is. */
export const enumeration: ValueCodec<number> = { ...uint32, typeName: 'enum' }

export const sint32: ValueCodec<number> = {
  typeName: 'sint32',
  wireType: 0,
  read: (reader) => reader.sint32(),
  write: (writer, value) => writer.signed(value),
}

/** 64 bits that are an amount: lengths, times. Beyond 2^53 they are no message of ours. */
export const amount: ValueCodec<number> = {
  typeName: 'uint64',
  wireType: 0,
  read: (reader) => reader.safeInteger(),
  write: (writer, value) => writer.varint(value),
}

/** An amount, or -1 (in the 64 bits without a sign that Java's -1 becomes) where there is none. */
export const amountOrNone: ValueCodec<number> = {
  typeName: 'uint64',
  wireType: 0,
  read: (reader) => {
    const value = BigInt.asIntN(64, reader.uint64())
    if (value < -1n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedMessage('a number beyond 2^53')
    return Number(value)
  },
  write: (writer, value) => writer.varint64(BigInt(value)),
}

/** 64 bits that are an identity, exact to the last. */
export const identity: ValueCodec<bigint> = {
  typeName: 'uint64',
  wireType: 0,
  read: (reader) => reader.uint64(),
  write: (writer, value) => writer.varint64(value),
}

/** A signed amount of 64 bits. */
export const sint64: ValueCodec<number> = {
  typeName: 'sint64',
  wireType: 0,
  read: (reader) => reader.safeSignedInteger(),
  write: (writer, value) => writer.signed(value),
}
