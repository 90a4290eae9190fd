// Parses the values of records, so that partitioners and formats can name their fields by path.
import { isUtf8 } from 'node:buffer'
import type { SourceRecord } from './source.js'

/** `json`: the value is JSON in UTF-8. `none`: it stays bytes, and no path finds anything. */
export type Decoding = 'json' | 'none'

/** Sets `parsed`; answers why the value cannot be parsed, or `undefined` where it could. A tombstone has nothing to parse, and what was parsed already stays. */
export type Decode = (record: SourceRecord) => string | undefined

/** V8 quotes the text in what it complains about; nobody needs all of it. */
const REASON_CHARACTERS_MAX = 300

/** The function for a way of decoding. */
export function decoderOf(decoding: Decoding): Decode {
  return decoding === 'json' ? decodeJson : leaveAsBytes
}

const leaveAsBytes: Decode = () => undefined

function decodeJson(record: SourceRecord): string | undefined {
  const { value } = record
  if (value === null || record.parsed !== undefined) return undefined
  // Bytes that are no UTF-8 would come out as replacement characters: other data, in silence.
  if (!isUtf8(value)) return 'its value is not UTF-8, so it is no JSON'
  try {
    record.parsed = JSON.parse(textOf(value))
    return undefined
  } catch (error) {
    return `its value is no JSON: ${(error instanceof Error ? error.message : String(error)).slice(0, REASON_CHARACTERS_MAX)}`
  }
}

const BYTE_ORDER_MARK = 0xfeff

function textOf(value: Uint8Array): string {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  const text = bytes.toString('utf8')
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}
