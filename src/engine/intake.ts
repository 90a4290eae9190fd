// Where records come in: skip what is there already, find the directory, encode. The hot path of the library.

import { FileSystemError } from '../file-system/file-system-error.js'
import { checkPath, joinPath } from '../file-system/path.js'
import type { Format } from '../format/format.js'
import { MAIN_STREAM } from '../model/data-file.js'
import { isMultiOutputError, MultiOutputError } from '../model/multi-output-error.js'
import type { RecordContext } from '../model/record-id.js'
import type { Partitioner, WindowedPlace } from '../partitioner/partitioner.js'
import type { RollPolicy } from '../protocol/roll-policy.js'
import { isFull, rollReason } from '../protocol/roll-policy.js'
import type { TaskState } from '../protocol/task-state.js'
import { fileKey, positionOf } from '../protocol/task-state.js'
import { Attempt } from './attempt.js'
import { AttemptFile, BrokenFormat, type FileBefore } from './attempt-file.js'
import { type EventTimes, LATE_STREAM } from './event-times.js'
import type { TaskContext } from './task-context.js'

/** How the records of one stream become files. */
export interface Stream<R> {
  readonly format: Format<R>
  /** Of its files: the format's, and the compression's. */
  readonly extension: string
  /** Left out: all records go to `directory`. */
  readonly partitioner?: Partitioner<R>
  /** Where partitions are, or all records where there is no partitioner; set by whoever configures, so its names may begin with `_`. */
  readonly directory: string
}

/** What the intake is made from. */
export interface IntakeOptions<R> {
  readonly streams: ReadonlyMap<string, Stream<R>>
  readonly roll: RollPolicy
  /** A file of which so many bytes wait is told to `ripe`. */
  readonly streamThresholdBytes: number
  /** Left out: directories of windows are directories like any others. */
  readonly eventTimes?: EventTimes
}

/** Where records go that have a window, and what is thought of it. */
interface Windowed<R> {
  readonly times: EventTimes
  readonly placeOf: (record: R, context: RecordContext) => WindowedPlace
}

/** Takes records into the attempt in hand. */
export class Intake<R> {
  /** The attempt that is being filled. */
  attempt: Attempt<R> = new Attempt()
  /** The one before, while it is uploaded and decided. */
  before: Attempt<R> | undefined
  /** As of the last decided record. */
  state: TaskState
  /** Records whose id lay below the position. */
  skippedCount = 0
  /** See {@link AttemptFile.storedPerByte}; for files that are begun. */
  storedPerByte = 1
  readonly #context: TaskContext
  readonly #options: IntakeOptions<R>
  readonly #ripe: (file: AttemptFile<R>) => void
  readonly #windowed: Windowed<R> | undefined
  #nextSerial: number

  constructor(context: TaskContext, options: IntakeOptions<R>, state: TaskState, ripe: (file: AttemptFile<R>) => void) {
    this.#ripe = ripe
    this.#context = context
    this.#options = options
    this.state = state
    this.#nextSerial = state.nextSerial
    const placeOf = options.streams.get(MAIN_STREAM)?.partitioner?.windowed
    const times = options.eventTimes
    this.#windowed = times === undefined || placeOf === undefined ? undefined : { times, placeOf }
  }

  /**
   * Takes a record in, or skips it. Answers the bytes that the memory budget gains. Throws `BAD_RECORD`, nothing changed then.
   */
  take(record: R, context: RecordContext, streamName: string): number {
    const id = context.id
    const range = id === undefined ? undefined : this.#rangeOf(id.topic, id.partition, id.offset)
    // Where the partition stands; undefined where nothing of it was ever taken in.
    const position = range?.until ?? (id === undefined ? undefined : this.#positionBefore(id.topic, id.partition))
    if (position !== undefined && id!.offset < position) {
      this.skippedCount++
      return 0
    }
    if (context.eventTimeMs !== undefined && !Number.isSafeInteger(context.eventTimeMs)) {
      throw badRecord(`eventTimeMs ${context.eventTimeMs} is no whole number of milliseconds`, context)
    }
    const stream = this.#stream(streamName)
    const file =
      this.#windowed !== undefined && streamName === MAIN_STREAM
        ? this.#takeWindowed(this.#windowed, stream, record, context)
        : this.#takeAt(record, context, { streamName, directory: this.#directoryOf(stream, record, context) })
    // Only now, for a record that is refused must move nothing.
    if (range !== undefined) range.until = id!.offset + 1n
    else if (id !== undefined) this.attempt.extend(id.topic, id.partition, position ?? id.offset, id.offset + 1n)
    if (file === undefined) return 0
    this.attempt.recordCount++
    this.#rollIfFull(file)
    const held = file.heldBytes
    const gained = held - file.countedBytes
    file.countedBytes = held
    if (file.buffer.bytesHeld >= file.ripeBytes) this.#ripe(file)
    return gained
  }

  #takeAt(
    record: R,
    context: RecordContext,
    to: { readonly streamName: string; readonly directory: string },
    eventTimeMs: number | undefined = context.eventTimeMs,
  ): AttemptFile<R> {
    const file = this.#fileFor(record, context, to.streamName, to.directory)
    this.#add(file, record, context, eventTimeMs)
    return file
  }

  /** Takes a record into the file of its window, or wherever late ones go; `undefined` where it is dropped. */
  #takeWindowed(
    { times, placeOf }: Windowed<R>,
    stream: Stream<R>,
    record: R,
    context: RecordContext,
  ): AttemptFile<R> | undefined {
    let place: WindowedPlace | undefined
    const directory = this.#directoryOf(stream, record, context, () => {
      place = placeOf(record, context)
      return place.directory
    })
    const { eventTimeMs, windowEndMs } = checkPlace(place!, context)
    const verdict = refusing(context, () => times.judge(place!))
    let file: AttemptFile<R> | undefined
    if (verdict === 'directory') {
      const to = { streamName: LATE_STREAM, directory: `${times.policy.lateDirectory}/${directory}` }
      file = this.#takeAt(record, context, to, eventTimeMs)
    } else if (verdict !== 'drop') {
      file = this.#takeAt(record, context, { streamName: MAIN_STREAM, directory }, eventTimeMs)
      if (verdict === 'append') file.isBehindWindow = true
      // The same for all of a directory, unless windowMs is another one now: then the last counts.
      else if (windowEndMs > (file.windowEndMs ?? -Infinity)) file.windowEndMs = windowEndMs
    }
    times.taken(place!, verdict, context)
    return file
  }

  /** Moves the position of a partition on, over offsets that carry no record. Moving back is ignored. */
  advance(to: { readonly topic: string; readonly partition: number; readonly until: bigint }): void {
    const { topic, partition, until } = to
    const range = this.#rangeOf(topic, partition, until)
    this.#options.eventTimes?.expect(topic, partition)
    const position = range?.until ?? this.#positionBefore(topic, partition)
    if (position !== undefined && until <= position) return
    if (range !== undefined) range.until = until
    // Of a partition that is new, an empty range says where to go on.
    else this.attempt.extend(topic, partition, position ?? until, until)
  }

  /** Starts the next attempt and answers the one that is to be committed, with this watermark. */
  rotate(watermarkMs?: number): Attempt<R> {
    const attempt = this.attempt
    for (const file of attempt.files) file.freeze()
    this.#options.eventTimes?.rotate(watermarkMs)
    this.before = attempt
    this.attempt = new Attempt()
    return attempt
  }

  /** Whether the commit in hand writes to the same data file: then nothing of this one may be uploaded yet. */
  isInCommit(file: AttemptFile<R>): boolean {
    return this.before?.currentFile(file.stream, file.directory)?.before.serial === file.before.serial
  }

  /** Forgets what is being filled; the commit in hand goes on. */
  dropAttempt(): void {
    this.attempt = new Attempt()
  }

  /** Forgets everything that is not decided. */
  reset(state: TaskState): void {
    this.#options.eventTimes?.restart(state)
    this.state = state
    this.before = undefined
    this.attempt = new Attempt()
    this.#nextSerial = state.nextSerial
  }

  /** The partition's range in this attempt, if it has one; else the place and the offset are checked. */
  #rangeOf(topic: string, partition: number, offset: bigint): { from: bigint; until: bigint } | undefined {
    if (typeof offset !== 'bigint' || offset < 0n) {
      throw badRecord(`id: offset ${String(offset)} is no bigint from 0 on`, { id: { topic, partition, offset } })
    }
    const own = this.attempt.rangeOf(topic, partition)
    if (own !== undefined) return own
    if (typeof topic === 'string' && topic !== '' && Number.isSafeInteger(partition) && partition >= 0) return undefined
    throw badRecord(`id: topic ${JSON.stringify(topic)} and partition ${partition} are no place in a source`)
  }

  #positionBefore(topic: string, partition: number): bigint | undefined {
    return this.before?.rangeOf(topic, partition)?.until ?? positionOf(this.state, topic, partition)
  }

  #stream(name: string): Stream<R> {
    const stream = this.#options.streams.get(name)
    if (stream !== undefined) return stream
    throw new MultiOutputError(
      'WRONG_OPTIONS',
      `stream '${name}' is not one of ${[...this.#options.streams.keys()].join(', ')}`,
    )
  }

  #directoryOf(
    stream: Stream<R>,
    record: R,
    context: RecordContext,
    partition: ((record: R, context: RecordContext) => string) | undefined = stream.partitioner,
  ): string {
    if (partition === undefined) return stream.directory
    let directory: string
    try {
      directory = partition(record, context)
    } catch (error) {
      throw badRecord(`the partitioner refused it: ${messageOf(error)}`, context, error)
    }
    if (typeof directory !== 'string' || directory === '') {
      throw badRecord('the partitioner returned no directory; leave it out to write to the location itself', context)
    }
    return stream.directory === '' ? directory : `${stream.directory}/${directory}`
  }

  #fileFor(record: R, context: RecordContext, streamName: string, directory: string): AttemptFile<R> {
    const file = this.attempt.currentFile(streamName, directory) ?? this.#begin(streamName, directory, context)
    let fits: boolean
    try {
      fits = file.fits(record, context)
    } catch (error) {
      throw badRecord(`the format refused it: ${messageOf(error)}`, context, error)
    }
    if (fits) return file
    this.attempt.seal(file, 'schema')
    return this.#begin(streamName, directory, context)
  }

  #add(file: AttemptFile<R>, record: R, context: RecordContext, eventTimeMs: number | undefined): void {
    try {
      file.add(record, context, eventTimeMs)
    } catch (error) {
      if (error instanceof BrokenFormat) throw error
      throw badRecord(`the format refused it: ${messageOf(error)}`, context, error)
    }
  }

  #begin(streamName: string, directory: string, context: RecordContext): AttemptFile<R> {
    const stream = this.#stream(streamName)
    if (stream.partitioner !== undefined) checkDirectory(stream.directory, directory, context)
    const key = fileKey(streamName, directory)
    const place = { stream: streamName, directory, waiting: this.attempt.waiting }
    const isSealedHere = this.attempt.sealedKeys.has(key)
    // A file that this attempt filled takes no more, whatever of it the commit in hand still holds.
    const inFlight = isSealedHere ? undefined : this.before?.currentFile(streamName, directory)
    let file: AttemptFile<R>
    // One that stayed empty (its only record was refused) is in no record; its serial may be below those that are.
    if (inFlight !== undefined && inFlight.length > 0) file = new AttemptFile(place, inFlight.after, inFlight.writer)
    else {
      const sealed = isSealedHere || this.before?.sealedKeys.has(key) === true
      const known = sealed ? undefined : this.state.openFiles.get(key)
      // Of another format or compression: the next commit seals it.
      const open = known !== undefined && this.#hasExtension(known, stream) ? known : undefined
      const before: FileBefore = open ?? this.#newFile(directory, stream, context)
      const state = open?.formatState
      const writer = stream.format.open({ length: before.length, ...(state === undefined ? {} : { state }) })
      file = new AttemptFile(place, before, writer)
    }
    file.storedPerByte = this.storedPerByte
    file.ripeBytes = this.#options.streamThresholdBytes
    this.attempt.begin(file)
    return file
  }

  #hasExtension({ path }: { readonly path: string }, { extension }: Stream<R>): boolean {
    return this.#context.naming.extensionOf(path) === extension
  }

  #newFile(directory: string, stream: Stream<R>, context: RecordContext): FileBefore {
    const serial = this.#nextSerial
    // The whole path is checked here, where the record can still be refused.
    const generation = { epoch: 0, counter: 0 }
    const { extension } = stream
    const { naming, task } = this.#context
    const name = naming.format({ task, serial, generation, extension, shown: 'hidden' })
    refuseInvalid(joinPath(directory, name), context)
    this.#nextSerial = serial + 1
    return { serial, length: 0, recordCount: 0, createdMs: this.#context.clock.nowMs() }
  }

  #rollIfFull(file: AttemptFile<R>): void {
    const { roll } = this.#options
    if (roll.fileSizeBytesMax === undefined && roll.recordsMax === undefined) return
    const candidate = { length: file.lengthAtLeast, recordCount: file.recordCountInAll }
    if (!isFull(candidate, roll)) return
    const { createdMs } = file.before
    const reason = rollReason({ ...candidate, createdMs, touchedMs: createdMs }, roll, createdMs)
    this.attempt.seal(file, reason ?? 'fileSizeBytesMax')
  }
}

function checkDirectory(base: string, directory: string, context: RecordContext): void {
  refuseInvalid(directory, context)
  const own = base === '' ? directory : directory.slice(base.length + 1)
  const returned = `the partitioner returned ${JSON.stringify(own)}`
  if (own.includes(':')) throw badRecord(`${returned}: HDFS refuses a colon in names; escape it as %3A`, context)
  const hidden = own.split('/').find((name) => name.startsWith('_') || name.startsWith('.'))
  if (hidden === undefined) return
  const complaint = `Hadoop's readers do not see names that begin like '${hidden.slice(0, 40)}'`
  throw badRecord(`${returned}: ${complaint}`, context)
}

function refuseInvalid(path: string, context: RecordContext): void {
  try {
    checkPath(path, 'create')
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error
    throw badRecord(`the partitioner returned a directory that cannot be: ${error.message}`, context, error)
  }
}

function checkPlace(place: WindowedPlace, context: RecordContext): WindowedPlace {
  const { eventTimeMs, windowEndMs } = place
  if (Number.isSafeInteger(eventTimeMs) && Number.isSafeInteger(windowEndMs) && windowEndMs > eventTimeMs) return place
  throw badRecord(`the partitioner returned a time of ${eventTimeMs} in a window that ends at ${windowEndMs}`, context)
}

/** A refusal, with the record named. */
function refusing<T>(context: RecordContext, judge: () => T): T {
  try {
    return judge()
  } catch (error) {
    if (!isMultiOutputError(error, 'BAD_RECORD')) throw error
    throw badRecord(error.message, context, error)
  }
}

function badRecord(complaint: string, { id }: RecordContext = {}, cause?: unknown): MultiOutputError {
  const which = id === undefined ? 'record' : `record ${id.topic}/${id.partition} at offset ${id.offset}`
  return new MultiOutputError('BAD_RECORD', `${which}: ${complaint}`, cause === undefined ? {} : { cause })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
