// The bytes of Hadoop's sequence files, version 6: its integers, texts, header and sync escape.

/** Hadoop's class of the values. */
export type SequenceValueClass = 'Text' | 'BytesWritable'

/** What is compressed at once. */
export type SequenceCompression = 'none' | 'record' | 'block'

/** A file's 16 random bytes, by which a reader that begins anywhere finds the next record. */
export const SYNC_MARKER_BYTES = 16

/** What stands once, at the beginning. */
export interface SequenceFileHeader {
  readonly valueClass: SequenceValueClass
  readonly compression: SequenceCompression
  /** Of Java; written where anything is compressed. */
  readonly codecClassName: string
  readonly metadata: Readonly<Record<string, string>>
  readonly syncMarker: Uint8Array
}

const VERSION = 6
const CLASS_PREFIX = 'org.apache.hadoop.io.'

/** The header's bytes. */
export function headerBytes(header: SequenceFileHeader): Buffer {
  const { valueClass, compression, codecClassName, metadata, syncMarker } = header
  const entries = Object.entries(metadata)
  return Buffer.concat([
    Buffer.from('SEQ'),
    Buffer.of(VERSION),
    textBytes(`${CLASS_PREFIX}Text`),
    textBytes(CLASS_PREFIX + valueClass),
    Buffer.of(compression === 'none' ? 0 : 1, compression === 'block' ? 1 : 0),
    ...(compression === 'none' ? [] : [textBytes(codecClassName)]),
    int32Bytes(entries.length),
    ...entries.flatMap(([name, value]) => [textBytes(name), textBytes(value)]),
    syncMarker,
  ])
}

/** What no length can be, and the marker: where a reader may begin. */
export function syncEscape(syncMarker: Uint8Array): Buffer {
  return Buffer.concat([int32Bytes(-1), syncMarker])
}

function int32Bytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeInt32BE(value)
  return bytes
}

function textBytes(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([variableBytes(bytes.length), bytes])
}

/** Up to here an integer is a byte by itself; beyond, that byte says how many follow. */
const ONE_BYTE_MAX = 127
const SEVERAL_BYTES = 0x100 - 112

/** Bytes of Hadoop's variable-length integer, from 0 on. */
export function variableLength(value: number): number {
  if (value <= ONE_BYTE_MAX) return 1
  if (value < 0x100) return 2
  if (value < 0x1_00_00) return 3
  return value < 0x1_00_00_00 ? 4 : 5
}

/** Writes one at a place; answers the place behind it. */
export function writeVariable(bytes: Uint8Array, at: number, value: number): number {
  const length = variableLength(value)
  if (length === 1) bytes[at] = value
  else {
    bytes[at] = SEVERAL_BYTES - (length - 1)
    for (let index = 1; index < length; index++) bytes[at + index] = value >>> (8 * (length - 1 - index))
  }
  return at + length
}

/** Writes four bytes, the most significant first. By hand, for a Buffer's own method checks each time what is known here. */
export function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** One by itself. */
export function variableBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(variableLength(value))
  writeVariable(bytes, 0, value)
  return bytes
}

/** Bytes that stand before the content of a value: its length. */
export function prefixLength(valueClass: SequenceValueClass, contentLength: number): number {
  return valueClass === 'Text' ? variableLength(contentLength) : 4
}

/** Writes it; answers the place behind it. */
export function writePrefix(
  bytes: Uint8Array,
  at: number,
  valueClass: SequenceValueClass,
  contentLength: number,
): number {
  if (valueClass === 'Text') return writeVariable(bytes, at, contentLength)
  writeInt32(bytes, at, contentLength)
  return at + 4
}
