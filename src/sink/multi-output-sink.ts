// The first sink: one task of a MultiOutput. Refused records go to a second stream, in the same commits.
import type { FileSystem } from '../file-system/file-system.js'
import { openFileSystem } from '../file-system/open.js'
import type { Format } from '../format/format.js'
import type { JsonValue } from '../model/json-value.js'
import { MultiOutputError } from '../model/multi-output-error.js'
import { type Committed, MultiOutput, type MultiOutputEnvironment, type Position } from '../multi-output.js'
import { checkOptions, type MultiOutputOptions } from '../options.js'
import { DeadLetter, deadLetterFormat } from './dead-letter-format.js'
import type { Sink, SinkCommit, SinkRecord, SinkSession, SinkStatus } from './sink.js'

/** Options of {@link multiOutputSink}: those of `MultiOutput.open`, and where refused records go. */
export interface MultiOutputSinkOptions<R extends SinkRecord> extends MultiOutputOptions<R> {
  /** Left out: the sink keeps no bad records, and the first one ends the pipeline. */
  readonly deadLetters?: {
    /** Relative to the location. With a name that begins with `_` Hadoop's readers do not see it. */
    readonly directory: string
  }
  /** Put around the file system, below the engine's own retries, so that it sees every single try: `(fileSystem) => withObserver(fileSystem, …)`. */
  readonly layers?: (fileSystem: FileSystem) => FileSystem
}

/** The name of the stream of refused records. */
const DEAD_STREAM = 'dead-letters'

/** A sink that writes one task of a job. Throws `WRONG_OPTIONS`; nothing is claimed before `open`. */
export function multiOutputSink<R extends SinkRecord>(
  options: MultiOutputSinkOptions<R>,
  environment: MultiOutputEnvironment = {},
): Sink<R> {
  const { deadLetters, layers, ...rest } = options
  const outputOptions = deadLetters === undefined ? rest : withDeadLetters(rest, deadLetters.directory)
  const { task, taskCount, job } = checkOptions(outputOptions)
  return {
    name: `job ${job}, task ${task}`,
    task,
    taskCount,
    open: async () => {
      const layered = layers === undefined ? undefined : await openLayered(outputOptions, layers)
      try {
        const output = await MultiOutput.open<R | DeadLetter>(
          (layered?.options ?? outputOptions) as MultiOutputOptions<R | DeadLetter>,
          environment,
        )
        const keepsBadRecords = deadLetters !== undefined
        return new MultiOutputSession<R>(output, { keepsBadRecords, close: layered?.close ?? closeNothing })
      } catch (error) {
        await layered?.close()
        throw error
      }
    },
  }
}

const closeNothing = async (): Promise<void> => {}

/** With `fileSystem` in place of `location`; one that was given stays its owner's to close. */
async function openLayered<R>(
  { location, connection, ...options }: MultiOutputOptions<R>,
  layers: (fileSystem: FileSystem) => FileSystem,
): Promise<{ readonly options: MultiOutputOptions<R>; readonly close: () => Promise<void> }> {
  const inner = options.fileSystem ?? (await openFileSystem(location ?? [], connection))
  const fileSystem = layers(inner)
  const close = options.fileSystem === undefined ? () => fileSystem.close() : closeNothing
  return { options: { ...options, fileSystem }, close }
}

function withDeadLetters<R>(options: MultiOutputOptions<R>, directory: unknown): MultiOutputOptions<R> {
  if (typeof directory !== 'string' || directory === '') {
    throw new MultiOutputError('WRONG_OPTIONS', 'multiOutputSink: deadLetters.directory: name a directory')
  }
  if (options.streams !== undefined && DEAD_STREAM in options.streams) {
    throw new MultiOutputError(
      'WRONG_OPTIONS',
      `multiOutputSink: streams.${DEAD_STREAM}: this name is taken by deadLetters`,
    )
  }
  // Each stream gets the records written to it and no others.
  const format = deadLetterFormat as Format<unknown> as Format<R>
  return { ...options, streams: { ...options.streams, [DEAD_STREAM]: { format, directory } } }
}

class MultiOutputSession<R extends SinkRecord> implements SinkSession<R> {
  readonly keepsBadRecords: boolean
  readonly #output: MultiOutput<R | DeadLetter>
  readonly #closeLayered: () => Promise<void>

  constructor(
    output: MultiOutput<R | DeadLetter>,
    options: { readonly keepsBadRecords: boolean; readonly close: () => Promise<void> },
  ) {
    this.#output = output
    this.keepsBadRecords = options.keepsBadRecords
    this.#closeLayered = options.close
  }

  get committed(): Committed {
    return this.#output.committed
  }

  write(record: R): Promise<void> | undefined {
    return this.#output.write(record, { id: record.id, eventTimeMs: record.timestampMs })
  }

  writeBad(record: R, reason: string): Promise<void> | undefined {
    if (!this.keepsBadRecords) throw new TypeError('this sink keeps no bad records')
    // Without the event time: a refused record's may be anything, and the files' times are for those who read them by it.
    return this.#output.write(new DeadLetter(record, reason), { id: record.id, stream: DEAD_STREAM })
  }

  advance(to: Position): void {
    this.#output.advance(to)
  }

  async commit(options: { readonly metadata?: JsonValue } = {}): Promise<SinkCommit> {
    const { offsets, records, bytes } = await this.#output.commit(options)
    return { offsets, records, bytes }
  }

  abort(): Promise<void> {
    return this.#output.abort()
  }

  async close(): Promise<void> {
    try {
      await this.#output.close()
    } finally {
      await this.#closeLayered()
    }
  }

  status(): SinkStatus {
    const { openFileCount: openFiles, skippedCount: skippedRecords, lateCount: lateRecords, committed } = this.#output
    const { watermarkMs } = committed
    return { openFiles, skippedRecords, ...(watermarkMs === undefined ? {} : { lateRecords, watermarkMs }) }
  }
}
