// A format of one function, for what no other format writes.
import { MultiOutputError } from '../model/multi-output-error.js'
import type { RecordContext } from '../model/record-id.js'
import type { Format, FormatWriter } from './format.js'

/** Options of {@link custom}. */
export interface CustomOptions<R> {
  /** For messages and `inspect`. */
  readonly name: string
  /** Of the files' names, without the dot: `log`. When a job's extension changes, its open files are sealed and new ones begun. */
  readonly extension: string
  /**
   * All that is written of a record, with whatever ends it (a line feed). If it throws, the record is refused with `BAD_RECORD` and nothing of it is written. Text is
   * written as UTF-8. Write the id first (`formatId(id)` and a tab) in each line, and `verify` compares them.
   */
  readonly encode: (record: R, context: RecordContext) => string | Uint8Array
  /** Whether readers take its files compressed as a whole (`.gz`). Default `true`. */
  readonly compressible?: boolean
}

const extensionPattern = /^[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*$/

/**
 * A format that writes each record by itself, and nothing before, between or behind records; a file can then be cut and gone on with at any commit. For formats
 * with a header, a state or a footer implement {@link Format}, and hold it to its promises with `runFormatConformance` of `hdfs-multi-output/testing`.
 * Throws `WRONG_OPTIONS`.
 *
 * @example
 * ```ts
 * const format = custom<Sample>({
 *   name: 'graphite',
 *   extension: 'graphite',
 *   encode: ({ metric, value, timeMs }) => `${metric} ${value} ${Math.floor(timeMs / 1000)}\n`,
 * })
 * ```
 */
export function custom<R>(options: CustomOptions<R>): Format<R> {
  const { name, extension, encode, compressible = true } = options
  if (typeof name !== 'string' || name === '') throw wrongOptions('name must be a text')
  if (typeof extension !== 'string' || !extensionPattern.test(extension))
    throw wrongOptions('extension must be letters and digits, without the dot before it')
  if (/(?:^|\.)(?:gz|zst)$/.test(extension)) throw wrongOptions('extension: that of a compression is added by itself')
  if (typeof encode !== 'function') throw wrongOptions('encode must be a function')
  const writer: FormatWriter<R> = {
    encode(record, context, sink) {
      const written = encode(record, context)
      if (written instanceof Uint8Array) sink.bytes(written)
      else if (typeof written !== 'string') throw badRecord(`encode answered ${typeof written}, not a string or bytes`)
      else if (written.isWellFormed()) sink.text(written)
      else throw badRecord('its text contains half a surrogate pair, which has no UTF-8')
    },
  }
  return { name, extension, compressible, open: () => writer }
}

function badRecord(complaint: string): MultiOutputError {
  return new MultiOutputError('BAD_RECORD', complaint)
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `custom: ${complaint}`)
}
