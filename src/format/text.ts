// Lines of text: the value as it came, and before it, if asked for, where the record comes from.
import { MultiOutputError } from '../model/multi-output-error.js'
import { formatId, formatIdWithTopic, type RecordContext } from '../model/record-id.js'
import type { Format, FormatWriter, RecordSink } from './format.js'
import { defaultValue, type TextValue } from './text-value.js'

/** Options of {@link text}. */
export interface TextOptions<R> {
  /** Begins each line with `<partition>-<offset>` and a tab (`withTopic`: `<topic>-<partition>-<offset>`). A record without an id is refused then. Default `false`. */
  readonly prefixId?: boolean | 'withTopic'
  /** What to write of a record. Left out: the record itself if it is a string or bytes, else its `value`. */
  readonly value?: (record: R, context: RecordContext) => TextValue
  /**
   * A value that holds a line feed or a carriage return, either of which ends a line for Hadoop's readers. `reject` (default): the record is refused, because it would come back as two.
   * `escape`: line feed, carriage return and backslash become `\n`, `\r` and `\\`, in every value, so that it can be undone.
   * `keep`: written as it is; then a line is not a record any more.
   */
  readonly newlines?: 'reject' | 'escape' | 'keep'
}

const LF = 0x0a
const CR = 0x0d
const BACKSLASH = 0x5c

/** A line a record: `.txt`. Strings are written as UTF-8; half a surrogate pair has none and is refused. */
export function text<R = TextValue | { readonly value: TextValue }>(options: TextOptions<R> = {}): Format<R> {
  const { prefixId = false, value: valueFrom = defaultValue, newlines = 'reject' } = options
  if (![true, false, 'withTopic'].includes(prefixId)) throw wrongOptions("prefixId must be true, false or 'withTopic'")
  if (!['reject', 'escape', 'keep'].includes(newlines))
    throw wrongOptions("newlines must be 'reject', 'escape' or 'keep'")
  if (typeof valueFrom !== 'function') throw wrongOptions('value must be a function')
  const prefixOf = prefixId === false ? noPrefix : prefixId === true ? idPrefix : idPrefixWithTopic
  const writer: FormatWriter<R> = {
    encode(record, context, sink) {
      const prefix = prefixOf(context)
      const value = valueFrom(record, context)
      if (typeof value === 'string') sink.text(`${prefix}${lineOfText(value, newlines)}\n`)
      else if (value instanceof Uint8Array) writeBytes(sink, prefix, lineOfBytes(value, newlines))
      else throw badRecord(`its value is ${value === null ? 'null' : typeof value}, not a string or bytes`)
    },
  }
  return { name: 'text', extension: 'txt', open: () => writer }
}

function writeBytes(sink: RecordSink, prefix: string, line: Uint8Array): void {
  if (prefix !== '') sink.text(prefix)
  sink.bytes(line)
  sink.text('\n')
}

const noPrefix = (): string => ''

function idPrefix({ id }: RecordContext): string {
  if (id === undefined) throw withoutId()
  return `${formatId(id)}\t`
}

function idPrefixWithTopic({ id }: RecordContext): string {
  if (id === undefined) throw withoutId()
  const { topic } = id
  if (/[\t\n\r]/.test(topic) || !topic.isWellFormed()) {
    throw badRecord(`its topic ${JSON.stringify(topic)} cannot stand at the beginning of a line`)
  }
  return `${formatIdWithTopic(id)}\t`
}

function lineOfText(value: string, newlines: 'reject' | 'escape' | 'keep'): string {
  if (!value.isWellFormed()) throw badRecord('its value contains half a surrogate pair, which has no UTF-8')
  if (newlines === 'keep') return value
  if (newlines === 'escape') return value.replace(/[\n\r\\]/g, (character) => escapes[character]!)
  if (value.includes('\n') || value.includes('\r')) throw severalLines()
  return value
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\\': '\\\\' }

function lineOfBytes(value: Uint8Array, newlines: 'reject' | 'escape' | 'keep'): Uint8Array {
  if (newlines === 'keep') return value
  if (newlines === 'escape') return escapeBytes(value)
  if (value.includes(LF) || value.includes(CR)) throw severalLines()
  return value
}

// These three bytes stand for nothing else in UTF-8, nor in any encoding that has ASCII below 128.
function escapeBytes(value: Uint8Array): Uint8Array {
  if (!value.includes(LF) && !value.includes(CR) && !value.includes(BACKSLASH)) return value
  const line: number[] = []
  for (const byte of value) {
    if (byte === LF) line.push(BACKSLASH, 0x6e)
    else if (byte === CR) line.push(BACKSLASH, 0x72)
    else if (byte === BACKSLASH) line.push(BACKSLASH, BACKSLASH)
    else line.push(byte)
  }
  return Uint8Array.from(line)
}

function withoutId(): MultiOutputError {
  return badRecord('it has no id to write before it; write it with { id }, or leave prefixId out')
}

function severalLines(): MultiOutputError {
  return badRecord(
    "its value holds a line feed or carriage return and would be several lines; newlines: 'escape' or 'keep' let it in",
  )
}

function badRecord(complaint: string): MultiOutputError {
  return new MultiOutputError('BAD_RECORD', complaint)
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `text: ${complaint}`)
}
