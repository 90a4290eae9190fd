// Lines as a source: of files, plain or compressed, and of a pipe.
import { MultiOutputError } from '../model/multi-output-error.js'
import { decompressed } from './lines/decompress.js'
import { LineBatches, type LineSettings } from './lines/line-batches.js'
import { LineFiles } from './lines/line-files.js'
import { readOnceSource } from './read-once.js'
import type { Source, SourceBatch } from './source.js'
import { SourceError } from './source-error.js'

/** How lines become records. */
export interface LineOptions {
  /** A longer line (without its end) is a bad record, of which only the beginning is kept; default 64 MiB. */
  readonly recordBytesMax?: number
  /** `skip` (default): an empty line has a number but makes no record. `keep`: it makes a record without bytes. */
  readonly emptyLines?: 'skip' | 'keep'
}

/** Options of {@link linesFromStream}. */
export interface LineStreamOptions extends LineOptions {
  /** The topic of the lines' ids; default `stdin`. All are of its partition 0. */
  readonly topic?: string
  /** Bytes kept for a replay, until they are committed; default 64 MiB. */
  readonly replayBytesMax?: number
}

const RECORD_BYTES_MAX_DEFAULT = 64 * 2 ** 20

/**
 * The lines of files, one file after the other: plain, gzip, or zstd where Node has it (22.15 and later), told by their first bytes. A line ends with a line feed, or with carriage return and line feed; what
 * stands behind the last one is a line too. Values are the line's own bytes, whatever they are.
 *
 * Ids: topic `lines`; the partition is the file's place in a list that is kept in the log (`metadata.lines.files`, absolute paths), the offset is the line's number
 * from 0. So files may be reordered, added or left out between runs. A file must be complete: lines may be added behind a line feed and are read by the next run, but lines that are
 * committed must stay as they are. Timestamps are the file's time of modification.
 *
 * Opening rejects with a `SourceError`: `UNREADABLE` for a file that is not there (unless all of it is committed), a directory or anything but a regular file; `CHANGED` where a file has
 * fewer lines than are committed, or went on in the middle of its last line. Throws `WRONG_OPTIONS`.
 */
export function linesFromFiles(paths: readonly string[], options: LineOptions = {}): Source {
  return new LineFiles(paths, settingsOf(options, 'linesFromFiles'))
}

/**
 * The lines of a stream of bytes, `process.stdin` for example; otherwise as {@link linesFromFiles}. A pipe cannot be read twice: what is not committed is kept in memory for a
 * replay within the process, and a new process must be given the same input again from its beginning; it passes over the lines that are committed. Timestamps are the time of reading. A Node stream is destroyed when the source is closed, as a pipeline does at its end.
 */
export function linesFromStream(stream: AsyncIterable<Uint8Array | string>, options: LineStreamOptions = {}): Source {
  const { topic = 'stdin', replayBytesMax } = options
  const settings = settingsOf(options, 'linesFromStream')
  return readOnceSource({
    name: topic,
    topic,
    start: ({ from, clock }) => {
      const chunks = decompressed(buffersOf(stream, topic), topic)
      const timestampMs = (): number => clock.nowMs()
      return batchesOf(
        new LineBatches({ what: topic, chunks, topic, partition: 0, from, timestampMs }, settings),
        chunks,
      )
    },
    // A pipe that stays open would keep the process alive.
    end: () => (stream as { destroy?: () => void }).destroy?.(),
    ...(replayBytesMax === undefined ? {} : { replayBytesMax }),
  })
}

async function* buffersOf(stream: AsyncIterable<Uint8Array | string>, what: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) {
      if (typeof chunk === 'string') yield Buffer.from(chunk)
      else yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    }
  } catch (cause) {
    const says = cause instanceof Error ? cause.message : String(cause)
    throw new SourceError('UNREADABLE', `${what} broke off: ${says}`, { cause })
  }
}

async function* batchesOf(lines: LineBatches, chunks: AsyncGenerator<Buffer>): AsyncGenerator<SourceBatch> {
  try {
    for (;;) {
      const batch = await lines.next()
      if (batch === undefined) return
      yield batch
    }
  } finally {
    await chunks.return(undefined)
  }
}

function settingsOf(options: LineOptions, name: string): LineSettings {
  const { recordBytesMax = RECORD_BYTES_MAX_DEFAULT, emptyLines = 'skip' } = options
  if (!Number.isSafeInteger(recordBytesMax) || recordBytesMax < 1) {
    throw new MultiOutputError('WRONG_OPTIONS', `${name}: recordBytesMax must be a number of bytes from 1 on`)
  }
  if (!['skip', 'keep'].includes(emptyLines)) {
    throw new MultiOutputError('WRONG_OPTIONS', `${name}: emptyLines must be 'skip' or 'keep'`)
  }
  return { recordBytesMax, emptyLines }
}
