// The façade: many files at once, one per key, every record exactly once. What it promises is in docs/protocol.md.
import { Writable } from 'node:stream'
import pLimit from 'p-limit'
import { type EventTimePolicy, LATE_STREAM } from './engine/event-times.js'
import type { Stream } from './engine/intake.js'
import { claimJob, type JobDescription } from './engine/job-file.js'
import { engineLimits } from './engine/limits.js'
import { silentLogger } from './engine/logger.js'
import { MemoryBudget } from './engine/memory-budget.js'
import { openTask } from './engine/open-task.js'
import { currentProcess, isSurelyGone } from './engine/running-process.js'
import type { TaskContext } from './engine/task-context.js'
import { type CommitResult, TaskWriter } from './engine/task-writer.js'
import type { FileSystem } from './file-system/file-system.js'
import { withRetry } from './file-system/layers/retry.js'
import { openFileSystem } from './file-system/open.js'
import type { Compression } from './format/compression.js'
import { type Clock, systemClock } from './model/clock.js'
import { MAIN_STREAM } from './model/data-file.js'
import type { JsonValue } from './model/json-value.js'
import { MultiOutputError } from './model/multi-output-error.js'
import type { OffsetRanges } from './model/offsets.js'
import type { ProcessIdentity } from './model/process-identity.js'
import { type Random, systemRandom } from './model/random.js'
import type { RecordContext } from './model/record-id.js'
import {
  type CheckedOptions,
  checkOptions,
  eventTimeDefaults,
  type MultiOutputOptions,
  type StreamOptions,
} from './options.js'
import { type CheckpointLimits, checkpointLimits } from './protocol/checkpoint-policy.js'
import type { TaskState } from './protocol/task-state.js'

/** `retryForMs` ends the tries; this only keeps a clock that stands still from trying for ever. */
const RETRIES_MAX = 1_000

/** What tests put in place of the machine: time, randomness, the process, limits. */
export interface MultiOutputEnvironment {
  readonly clock?: Clock
  readonly random?: Random
  readonly process?: ProcessIdentity
  readonly isSurelyGone?: (process: ProcessIdentity) => boolean
  readonly checkpointLimits?: CheckpointLimits
}

/** What the log says is committed: everything a source needs to go on. */
export interface Committed {
  /** By topic and partition; `until` is the next offset to read. */
  readonly offsets: OffsetRanges
  readonly watermarkMs?: number
  /** What the caller gave to the last commit that brought some. */
  readonly metadata?: JsonValue
}

/** What a written record brings with it. */
export interface WriteContext extends RecordContext {
  /** One of the `streams` options; left out, the main stream. */
  readonly stream?: string
}

/** The next offset to read of a partition, for `advance`. */
export interface Position {
  readonly topic: string
  readonly partition: number
  readonly until: bigint
}

/**
 * Writes records into one file per key below a location, each exactly once.
 *
 * `open` claims the task and recovers whatever was left behind; then `write` and `commit` until `close`. A record counts once `commit`
 * resolved; after a crash, or when a commit rejects and `abort` was called, go on from `committed`.
 */
export class MultiOutput<R> implements AsyncDisposable {
  readonly #writer: TaskWriter<R>
  readonly #fileSystem: FileSystem
  readonly #closesFileSystem: boolean
  #closing: Promise<void> | undefined

  private constructor(writer: TaskWriter<R>, fileSystem: FileSystem, closesFileSystem: boolean) {
    this.#writer = writer
    this.#fileSystem = fileSystem
    this.#closesFileSystem = closesFileSystem
  }

  /**
   * Opens a task of a job for writing: claims it, publishes what was decided, cuts what was not.
   * Rejects with a {@link MultiOutputError}: `WRONG_OPTIONS`, `JOB_MISMATCH`, `NOT_RELEASED`, `FENCED`, `DATA_LOST`, `LOG_CORRUPT`,
   * `OPEN_FAILED`; or with a `FileSystemError` where the file system refuses or is away. Opening again is always safe.
   */
  static async open<R>(
    options: MultiOutputOptions<R>,
    environment: MultiOutputEnvironment = {},
  ): Promise<MultiOutput<R>> {
    const checked = checkOptions(options)
    const given = options.fileSystem
    const fileSystem = given ?? (await openFileSystem(options.location ?? [], options.connection))
    try {
      checkSupport(checked, fileSystem)
      const context = contextOf(options, checked, fileSystem, environment)
      const { job, taskCount, mode, visibility, fileName, naming } = checked
      const description: JobDescription = { job, taskCount, mode, visibility, ...definedOnly({ fileName }) }
      await claimJob(context, description)
      const opened = await openTask(context, checked.takeover)
      const eventTime = eventTimeOf(checked, opened.state)
      const writer = new TaskWriter<R>(
        context,
        {
          streams: streamsOf(options, checked.compression, eventTime),
          ...(checked.compression === undefined ? {} : { compression: checked.compression }),
          roll: definedOnly(checked.roll),
          mode,
          visibility,
          naming,
          taskCount,
          ...(eventTime === undefined ? {} : { eventTime }),
          openFilesMax: checked.openFilesMax,
          streamThresholdBytes: checked.streamThresholdBytes,
          openUploadsMax: checked.openUploadsMax,
          uploadIdleMsMax: checked.uploadIdleMsMax,
          budget: new MemoryBudget(checked.bufferedBytesMax),
        },
        opened,
      )
      await writer.tidyUp()
      return new MultiOutput(writer, fileSystem, given === undefined)
    } catch (error) {
      if (given === undefined) await fileSystem.close()
      throw error
    }
  }

  /** What the log says is committed, as of the last commit that was decided. */
  get committed(): Committed {
    const { offsets, watermarkMs, metadata } = this.#writer.state
    return {
      offsets,
      ...(watermarkMs === undefined ? {} : { watermarkMs }),
      ...(metadata === undefined ? {} : { metadata }),
    }
  }

  /** The epoch that this writer holds. */
  get epoch(): number {
    return this.#writer.state.epoch
  }

  /** Data files that are not sealed, as of the last commit: a later commit may go on with them. */
  get openFileCount(): number {
    return this.#writer.state.openFiles.size
  }

  /** Records skipped by `write` because their id lay below the position: they are in the files already. */
  get skippedCount(): number {
    return this.#writer.skippedCount
  }

  /** Records of this writer whose window of event time was sealed before they came; see `eventTime`. */
  get lateCount(): number {
    return this.#writer.lateCount
  }

  /**
   * Takes a record into the current attempt. Answers a promise only under back-pressure: await it before writing on. A record whose id
   * lies below the position is skipped and counted. Throws `BAD_RECORD` (nothing of the record was taken in; write others, or
   * `advance` over it), `ABORTED`, `FENCED`, `CLOSED`.
   */
  write(record: R, context: WriteContext = {}): Promise<void> | undefined {
    this.#refuseIfClosed()
    return this.#writer.write(record, context, context.stream ?? MAIN_STREAM)
  }

  /** Moves a partition's position on over offsets that carry no record: control records, dropped ones. Part of the next commit. */
  advance(to: Position): void {
    this.#refuseIfClosed()
    this.#writer.advance(to)
  }

  /**
   * Makes everything written before this call durable and decided, as one. Resolves when it is published too. If it rejects, its outcome is
   * open until `abort()`; writes are refused until then. `metadata` is kept in the log beside the offsets, as JSON writes it; `WRONG_OPTIONS`, and
   * nothing happened, where that cannot be.
   */
  async commit(options: { readonly metadata?: JsonValue } = {}): Promise<CommitResult> {
    this.#refuseIfClosed()
    return this.#writer.commit(options.metadata)
  }

  /** Finds out what became of a commit that rejected, discards everything not committed and cuts the files back. Then replay from `committed`. Repeatable. */
  async abort(): Promise<void> {
    this.#refuseIfClosed()
    return this.#writer.abort()
  }

  /** Discards what is not committed, releases the task and frees connections. Repeatable. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      await this.#writer.close()
    } finally {
      if (this.#closesFileSystem) await this.#fileSystem.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /**
   * A Node Writable in object mode, with back-pressure. What is written to it is `{ record, id?, eventTimeMs?, stream? }`, or the record itself
   * where `contextOf` tells its context. Ending it commits; it does not close this output. Destroying it discards nothing by itself: call `abort()` or `close()`.
   */
  toWritable(options: { readonly contextOf?: (record: R) => WriteContext } = {}): Writable {
    const { contextOf } = options
    return new Writable({
      objectMode: true,
      write: (chunk: R | ({ readonly record: R } & WriteContext), _encoding, done) => {
        try {
          const wait = contextOf
            ? this.write(chunk as R, contextOf(chunk as R))
            : this.write((chunk as { record: R }).record, chunk as WriteContext)
          if (wait === undefined) done()
          else wait.then(() => done(), done)
        } catch (error) {
          done(error as Error)
        }
      },
      final: (done) => {
        this.commit().then(() => done(), done)
      },
    })
  }

  #refuseIfClosed(): void {
    if (this.#closing !== undefined) throw new MultiOutputError('CLOSED', 'this output was closed')
  }
}

/**
 * Runs a batch as one commit: commits when `batch` returns, discards everything when it throws, releases the task in either case. The first
 * error of the batch or its commit is the one that rejects; what goes wrong in closing is logged. Resolved means committed, rejected not decided
 * or not known: opening again tells.
 */
export async function runBatch<R>(
  options: MultiOutputOptions<R>,
  batch: (output: MultiOutput<R>) => Promise<void> | void,
): Promise<CommitResult> {
  const output = await MultiOutput.open(options)
  let result: CommitResult
  try {
    await batch(output)
    result = await output.commit()
  } catch (error) {
    await output.close().catch((closing: unknown) => {
      options.logger?.error({ err: closing }, 'closing after a failed batch failed too')
    })
    throw error
  }
  await output.close().catch((closing: unknown) => {
    // What was committed stands: to reject would have the batch run again, and the next open fences where nobody released.
    options.logger?.warn({ err: closing }, 'closing after a batch that was committed failed')
  })
  return result
}

function contextOf<R>(
  options: MultiOutputOptions<R>,
  checked: CheckedOptions,
  fileSystem: FileSystem,
  environment: MultiOutputEnvironment,
): TaskContext {
  const { clock = systemClock, random = systemRandom } = environment
  const { permission, replication, blockSizeBytes, retryForMs, operationsMax } = checked
  return {
    fileSystem:
      retryForMs === 0
        ? fileSystem
        : withRetry(fileSystem, { clock, random, totalMsMax: retryForMs, attemptsMax: RETRIES_MAX }),
    clock,
    random,
    writer: environment.process ?? currentProcess(),
    isSurelyGone: environment.isSurelyGone ?? isSurelyGone,
    task: checked.task,
    naming: checked.naming,
    mode: checked.mode,
    limits: {
      ...engineLimits,
      operationsMax,
      takeoverWaitMs: checked.takeoverWaitMs,
      truncateWaitMs: checked.truncateWaitMs,
    },
    checkpointLimits: environment.checkpointLimits ?? checkpointLimits,
    createOptions: definedOnly({ permission, replication, blockSizeBytes }),
    hooks: options.hooks ?? {},
    logger: options.logger ?? silentLogger,
    lanes: pLimit(operationsMax),
  }
}

/** Refused before anything is written: what the file system cannot do for these options. */
function checkSupport(checked: CheckedOptions, { capabilities, location }: FileSystem): void {
  const refuse = (complaint: string) =>
    new MultiOutputError('WRONG_OPTIONS', `MultiOutput.open: ${location} ${complaint}`)
  if (!capabilities.atomicRenameNoReplace) throw refuse('cannot rename without replacing, which the commit log needs')
  if (checked.mode === 'append' && !capabilities.append) throw refuse("cannot append: use mode 'new-file'")
  if (checked.mode === 'concat' && !capabilities.concat)
    throw refuse("cannot concat: use mode 'append', or 'new-file' where readers must not see what is not committed")
  if (checked.permission !== undefined && !capabilities.permission) throw refuse('has no permissions to set')
  if (checked.replication !== undefined && !capabilities.replication) throw refuse('has no replication to set')
  if (checked.blockSizeBytes !== undefined && !capabilities.blockSize) throw refuse('has no block size to set')
}

/**
 * Windows that were sealed stay sealed: what the log promises holds also where the option is left out. And whoever has no windows at all, as `recover`
 * has none, still marks those that are complete.
 */
function eventTimeOf({ eventTime }: CheckedOptions, { watermarkMs }: TaskState): EventTimePolicy | undefined {
  return eventTime ?? (watermarkMs === undefined ? undefined : eventTimeDefaults)
}

function streamsOf<R>(
  { format, partitioner, streams = {} }: MultiOutputOptions<R>,
  compression: Compression | undefined,
  eventTime: EventTimePolicy | undefined,
): Map<string, Stream<R>> {
  const main = { format, directory: '', ...(partitioner === undefined ? {} : { partitioner }) }
  const late = eventTime?.late === 'directory' ? { [LATE_STREAM]: { ...main, directory: eventTime.lateDirectory } } : {}
  const all = Object.entries<StreamOptions<R>>({ [MAIN_STREAM]: main, ...late, ...streams })
  const suffix = compression === undefined ? '' : `.${compression.extension}`
  return new Map(all.map(([name, stream]) => [name, { ...stream, extension: `${stream.format.extension}${suffix}` }]))
}

/** Options are compared with `undefined` nowhere below: what is not set is not there. */
function definedOnly<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
