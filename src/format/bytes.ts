// Length-delimited bytes: a frame a record, whatever is in it.
import type { JsonValue } from '../model/json-value.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import type { RecordContext } from '../model/record-id.js'
import {
  FRAME_BYTES_MAX,
  type FrameShape,
  type Framing,
  frameShapeIn,
  LENGTH_BYTES_MAX,
  writeLength,
} from './bytes/framing.js'
import type { Format, FormatWriter } from './format.js'
import { idTextOf } from './id-form.js'
import { defaultValue, type TextValue } from './text-value.js'

/** Options of {@link bytes}. */
export interface BytesOptions<R> {
  /** How the length before each record is written: `uint32be` (four bytes, the most significant first) or `varint` (as Protocol Buffers delimits messages). */
  readonly framing: Framing
  /**
   * Begins the content of each frame with a frame of its own, in the same framing, that holds `<partition>-<offset>` as UTF-8 (`withTopic`:
   * `<topic>-<partition>-<offset>`); the record follows it to the frame's end. A record without an id is refused then. Default `false`.
   */
  readonly prefixId?: boolean | 'withTopic'
  /** What to write of a record. Left out: the record itself if it is a string (written as UTF-8) or bytes, else its `value`. */
  readonly value?: (record: R, context: RecordContext) => TextValue
}

/**
 * The length of each record and then its bytes: `.bin`. For Protocol Buffers, images, or anything else that may hold line ends. A record may be empty. Files of another
 * framing, or with ids where there were none, are not gone on with: the next record begins a new one. Throws `WRONG_OPTIONS`; half surrogate pairs and what is neither
 * string nor bytes are refused with `BAD_RECORD`.
 */
export function bytes<R = TextValue | { readonly value: TextValue }>(options: BytesOptions<R>): Format<R> {
  const { framing, prefixId = false, value: valueFrom = defaultValue } = options
  if (framing !== 'uint32be' && framing !== 'varint') throw wrongOptions("framing must be 'uint32be' or 'varint'")
  if (![true, false, 'withTopic'].includes(prefixId)) throw wrongOptions("prefixId must be true, false or 'withTopic'")
  if (typeof valueFrom !== 'function') throw wrongOptions('value must be a function')
  const shape: FrameShape = { framing, hasIds: prefixId !== false }
  const frameHead = frameHeadOf(framing, prefixId)
  const goingOn: FormatWriter<R> = {
    encode(record, context, sink) {
      const content = contentBytes(valueFrom(record, context))
      sink.bytes(frameHead(content.byteLength, context))
      if (content.byteLength > 0) sink.bytes(content)
    },
    state: () => ({ ...shape }),
  }
  // It takes nothing, and keeps what it has.
  const ofAnotherShape = (state: JsonValue = null): FormatWriter<R> => ({
    ...goingOn,
    fits: () => false,
    state: () => state,
  })
  return {
    name: 'bytes',
    extension: 'bin',
    open: ({ length, state }) => {
      const before = frameShapeIn(state)
      const goesOn = length === 0 || (before?.framing === shape.framing && before.hasIds === shape.hasIds)
      return goesOn ? goingOn : ofAnotherShape(state)
    },
  }
}

/** What stands before a record's bytes. What it answers is overwritten by the next call: sinks copy. */
function frameHeadOf(
  framing: Framing,
  prefixId: boolean | 'withTopic',
): (contentBytes: number, context: RecordContext) => Uint8Array {
  const length = Buffer.alloc(LENGTH_BYTES_MAX)
  // Made once: a view costs as much as what it shows.
  const lengths = Array.from({ length: LENGTH_BYTES_MAX + 1 }, (_, sizeBytes) => length.subarray(0, sizeBytes))
  if (prefixId === false) return (contentBytes) => lengths[writeLength(framing, checked(contentBytes), length)]!
  const form = prefixId === true ? 'partition-offset' : 'topic-partition-offset'
  const idText = idTextOf(form, { format: 'bytes', option: 'prefixId' })
  const idLength = Buffer.alloc(LENGTH_BYTES_MAX)
  return (contentBytes, context) => {
    const id = Buffer.from(idText(context))
    const idHead = idLength.subarray(0, writeLength(framing, id.length, idLength))
    const sizeBytes = writeLength(framing, checked(idHead.length + id.length + contentBytes), length)
    return Buffer.concat([length.subarray(0, sizeBytes), idHead, id])
  }
}

function checked(frameBytes: number): number {
  if (frameBytes <= FRAME_BYTES_MAX) return frameBytes
  throw badRecord(`it has ${frameBytes} bytes, and a frame holds ${FRAME_BYTES_MAX} at most`)
}

function contentBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value !== 'string')
    throw badRecord(`its value is ${value === null ? 'null' : typeof value}, not a string or bytes`)
  if (!value.isWellFormed()) throw badRecord('its value contains half a surrogate pair, which has no UTF-8')
  return Buffer.from(value)
}

function badRecord(complaint: string): MultiOutputError {
  return new MultiOutputError('BAD_RECORD', complaint)
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `bytes: ${complaint}`)
}
