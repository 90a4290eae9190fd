// Messages as tables of fields. A table must name every field of its TypeScript type, so the two cannot differ; that the
// numbers and kinds are those of Hadoop is held by a test against the descriptors in its jars.
import type { Field, ValueCodec } from './field.js'
import { MalformedMessage, WireReader } from './wire-reader.js'
import { WireWriter } from './wire-writer.js'

// biome-ignore lint/suspicious/noExplicitAny: a field of whatever kind; its own type is checked where tables are written.
type AnyField = Field<any, 'required' | 'optional' | 'repeated'>

type FieldOf<T, K extends keyof T> = [T[K]] extends [readonly (infer Element)[]]
  ? Field<Element, 'repeated'>
  : Record<never, never> extends Pick<T, K>
    ? Field<Exclude<T[K], undefined>, 'optional'>
    : Field<T[K], 'required'>

/** A field for each property of `T`. */
export type FieldTable<T> = { readonly [K in keyof T]-?: FieldOf<T, K> }

/** A message: written and read by itself, and as a field of another one. */
export interface MessageType<T> extends ValueCodec<T> {
  readonly wireType: 2
  readonly fields: Readonly<Record<string, AnyField>>
  encode(message: T): Buffer
  /** Throws {@link MalformedMessage}: not of the format, or a required field is missing. Unknown fields are left out. */
  decode(bytes: Uint8Array): T
}

/** A message by its table. `typeName` is the name in Hadoop's .proto files. */
export function messageType<T extends object>(typeName: string, fields: FieldTable<NoInfer<T>>): MessageType<T> {
  const entries = Object.entries(fields as Readonly<Record<string, AnyField>>)
  const byNumber = new Map(entries.map(([name, field]) => [field.number, { name, field }]))
  if (byNumber.size < entries.length) throw new TypeError(`${typeName} uses a field number twice`)

  const encode = (message: T): Buffer => {
    const writer = new WireWriter()
    const values = message as Readonly<Record<string, unknown>>
    for (const [name, { number, label, codec }] of entries) {
      const value = values[name]
      if (value === undefined) {
        if (label === 'required') throw new TypeError(`${typeName}.${name} is missing`)
        continue
      }
      for (const each of label === 'repeated' ? (value as readonly unknown[]) : [value]) {
        writer.varint(number * 8 + codec.wireType)
        codec.write(writer, each)
      }
    }
    return writer.finish()
  }

  const decode = (bytes: Uint8Array): T => {
    const reader = new WireReader(bytes)
    const message: Record<string, unknown> = {}
    for (const [name, { label }] of entries) if (label === 'repeated') message[name] = []
    while (!reader.isAtEnd) {
      const tag = reader.uint32()
      const known = byNumber.get(tag >>> 3)
      if (known === undefined) reader.skip(tag & 7)
      else readField(reader, tag & 7, known, message)
    }
    for (const [name, { label }] of entries) {
      if (label === 'required' && message[name] === undefined) throw new MalformedMessage(`${typeName} without ${name}`)
    }
    return message as T
  }

  return {
    typeName,
    wireType: 2,
    fields: fields as Readonly<Record<string, AnyField>>,
    encode,
    decode,
    read: (reader) => decode(reader.bytes()),
    write: (writer, value) => writer.bytes(encode(value)),
  }
}

interface NamedField {
  readonly name: string
  readonly field: AnyField
}

function readField(
  reader: WireReader,
  wireType: number,
  { name, field }: NamedField,
  message: Record<string, unknown>,
): void {
  const { codec, label } = field
  if (label === 'repeated') {
    const values = message[name] as unknown[]
    if (wireType === codec.wireType) values.push(codec.read(reader))
    else if (wireType === 2) {
      const packed = new WireReader(reader.bytes())
      while (!packed.isAtEnd) values.push(codec.read(packed))
    } else throw new MalformedMessage(`${name} has wire type ${wireType}`)
    return
  }
  if (wireType !== codec.wireType) throw new MalformedMessage(`${name} has wire type ${wireType}`)
  message[name] = codec.read(reader)
}

/** The message behind its length, as Hadoop writes what is not the last in a frame. */
export function delimited<T>(type: MessageType<T>, message: T): Buffer {
  const writer = new WireWriter()
  writer.bytes(type.encode(message))
  return writer.finish()
}
