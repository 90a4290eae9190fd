// Parses the values of records, so that partitioners and formats can name their fields by path.
import { isAscii, isUtf8 } from 'node:buffer'
import { JsonScan } from './json-scan.js'
import type { SourceRecord } from './source.js'
import { ValueRecord } from './value-record.js'

/** `json`: the value is JSON in UTF-8. `none`: it stays bytes, and no path finds anything. */
export type Decoding = 'json' | 'none'

/** Sees to it that `parsed` is what the value is, at the latest when it is asked for; answers why the value cannot be parsed, or `undefined` where it could. A tombstone has nothing to parse, and what was parsed already stays. */
export type Decode = (record: SourceRecord) => string | undefined

/** V8 quotes the text in what it complains about; nobody needs all of it. */
const REASON_CHARACTERS_MAX = 300

/** Where what was looked over had to be parsed nevertheless, so many records are parsed at once before one is looked over again. */
const PARSED_AT_ONCE = 255

/** The function for a way of decoding: a new one for each who reads, because it learns what is asked for. */
export function decoderOf(decoding: Decoding): Decode {
  return decoding === 'json' ? jsonDecoder() : leaveAsBytes
}

const leaveAsBytes: Decode = () => undefined

function jsonDecoder(): Decode {
  const scan = new JsonScan()
  let parsedAtOnce = 0
  return (record) => {
    if (scan.wasParsed) {
      scan.wasParsed = false
      parsedAtOnce = PARSED_AT_ONCE
    }
    if (parsedAtOnce > 0) parsedAtOnce -= 1
    else if (record instanceof ValueRecord && record.lookOver(scan)) return undefined
    return parse(record)
  }
}

function parse(record: SourceRecord): string | undefined {
  const { value } = record
  if (value === null || record.parsed !== undefined) return undefined
  // Bytes that are no UTF-8 would come out as replacement characters: other data, in silence.
  const isPlain = isAscii(value)
  if (!isPlain && !isUtf8(value)) return 'its value is not UTF-8, so it is no JSON'
  try {
    record.parsed = JSON.parse(textOf(value, isPlain ? 'latin1' : 'utf8'))
    return undefined
  } catch (error) {
    return `its value is no JSON: ${(error instanceof Error ? error.message : String(error)).slice(0, REASON_CHARACTERS_MAX)}`
  }
}

const BYTE_ORDER_MARK = 0xfeff

function textOf(value: Uint8Array, encoding: 'latin1' | 'utf8'): string {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  const text = bytes.toString(encoding)
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
}
