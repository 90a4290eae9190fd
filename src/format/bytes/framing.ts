// How long a frame is: written before it, read again by verify.
import type { JsonValue } from '../../model/json-value.js'

/** `uint32be`: four bytes, the most significant first. `varint`: seven bits a byte, the least significant first, the top bit set in all but the last, as Protocol Buffers delimits messages. */
export type Framing = 'uint32be' | 'varint'

/** What decides how frames are read; kept in the log with the file. */
export interface FrameShape {
  readonly framing: Framing
  /** Each frame begins with a frame that holds the record's id. */
  readonly hasIds: boolean
}

/** Reads a shape out of a data file's state; `undefined` for the state of another format. */
export function frameShapeIn(state: JsonValue | undefined): FrameShape | undefined {
  const { framing, hasIds } = (state ?? {}) as Partial<Record<keyof FrameShape, unknown>>
  if ((framing !== 'uint32be' && framing !== 'varint') || typeof hasIds !== 'boolean') return undefined
  return { framing, hasIds }
}

/** Bytes that a length takes at most; a varint of more is none of ours. */
export const LENGTH_BYTES_MAX = 5

/** The most that four bytes can say. */
export const FRAME_BYTES_MAX: number = 2 ** 32 - 1

/** Writes a length at the beginning of `into`; answers how many bytes it takes. */
export function writeLength(framing: Framing, length: number, into: Buffer): number {
  if (framing === 'uint32be') return into.writeUInt32BE(length)
  let rest = length
  let sizeBytes = 0
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) into[sizeBytes++] = (rest % 0x80) | 0x80
  into[sizeBytes++] = rest
  return sizeBytes
}

/** Reads the length at `at`; `sizeBytes` is how many it takes. `undefined`: there is more of it to come. Throws a RangeError where it is none. */
export function readLength(
  framing: Framing,
  bytes: Buffer,
  at: number,
): { length: number; sizeBytes: number } | undefined {
  if (framing === 'uint32be')
    return bytes.length - at < 4 ? undefined : { length: bytes.readUInt32BE(at), sizeBytes: 4 }
  let length = 0
  for (let sizeBytes = 1; at + sizeBytes <= bytes.length; sizeBytes++) {
    const byte = bytes[at + sizeBytes - 1]!
    length += (byte & 0x7f) * 2 ** (7 * (sizeBytes - 1))
    if (byte < 0x80) return { length, sizeBytes }
    if (sizeBytes === LENGTH_BYTES_MAX) throw new RangeError('a length of more than five bytes')
  }
  return undefined
}
