// The options of MultiOutput.open: their shape, their defaults, and what is refused.
import * as v from 'valibot'
import { type EventTimePolicy, LATE_STREAM, type LatePolicy } from './engine/event-times.js'
import type { Hooks } from './engine/hooks.js'
import type { Visibility } from './engine/job-file.js'
import type { Logger } from './engine/logger.js'
import type { Takeover } from './engine/open-task.js'
import type { FileSystem } from './file-system/file-system.js'
import type { OpenFileSystemOptions } from './file-system/open.js'
import { checkPath } from './file-system/path.js'
import { type Compression, type CompressionName, compressionOf } from './format/compression.js'
import type { Format } from './format/format.js'
import { MAIN_STREAM } from './model/data-file.js'
import type { Mode } from './model/mode.js'
import { MultiOutputError } from './model/multi-output-error.js'
import {
  checkShape,
  count,
  firstComplaint,
  listOf,
  mapping,
  notNegative,
  positive,
  text,
  wholeNotNegative,
} from './model/shape.js'
import type { Partitioner } from './partitioner/partitioner.js'
import { type FileNaming, fileNamingOf } from './protocol/file-naming.js'
import { PROTOCOL_DIRECTORY } from './protocol/layout.js'
import type { RollPolicy } from './protocol/roll-policy.js'

/** A further stream of a job: records that go elsewhere, in another form, in the same commits. Dead letters are one. */
export interface StreamOptions<R> {
  readonly format: Format<R>
  /** Relative to the location. Its names may begin with `_`, which Hadoop's readers do not see. */
  readonly directory: string
  /** Directories below `directory`. Left out: one file at a time takes all records. */
  readonly partitioner?: Partitioner<R>
}

/** How event time is followed. Milliseconds where a name ends so. */
export interface EventTimeOptions {
  /** A partition's records may come so much later than the latest of it; default 60,000. */
  readonly allowedLatenessMs?: number
  /** A partition that brings nothing for so long is not waited for; default 300,000. */
  readonly idlePartitionMs?: number
  /** A record with a time so far ahead of the clock is a bad one; default 3,600,000. */
  readonly maxFutureMs?: number
  /** What becomes of a record whose window is sealed; default `directory`. */
  readonly late?: LatePolicy
  /** Where late records go with `directory`, each below it in the directory that it would have had; default `_late`, which Hadoop's readers do not see. */
  readonly lateDirectory?: string
}

/** Options of `MultiOutput.open`. Bytes and milliseconds where a name ends so. */
export interface MultiOutputOptions<R> {
  /** `file:///…` or a plain path, `hdfs://host:port/…` or `hdfs://nameservice/…`, `webhdfs://host:port/…`, `swebhdfs://`, `httpfs://`, `httpfss://`; several namenodes as `host:port,host:port` or as a list. Left out only where `fileSystem` is given. */
  readonly location?: string | readonly string[]
  /** For the file system that `location` selects: user, token, TLS, limits. */
  readonly connection?: OpenFileSystemOptions
  /** A file system at hand, in place of `location`'s; it is not closed by us. */
  readonly fileSystem?: FileSystem
  /** The location belongs to this job. */
  readonly job: string
  /** 0…taskCount-1; default 0. One live writer a task. */
  readonly task?: number
  /** Fixed when the job is first opened; default 1. */
  readonly taskCount?: number
  /** Left out: all records go to one file at a time in the location itself. */
  readonly partitioner?: Partitioner<R>
  readonly format: Format<R>
  /**
   * Follows the event time of a partitioner with windows (`byEventTime`): a window's files are sealed when the watermark has passed its end, its directories
   * get a `_SUCCESS` once all tasks are past it, and records that come later are late. `{}` takes the defaults. Left out: windows are directories like any others,
   * unless the job has sealed some before.
   */
  readonly eventTime?: EventTimeOptions
  /** Further streams by name; `write` names one. */
  readonly streams?: Readonly<Record<string, StreamOptions<R>>>
  /**
   * `none` (default), `gzip`, or `zstd` where Node has it (22.15 and later): members that begin and end at commits, one after the other, which all
   * tools read as one file; data files are called `….gz`, `….zst`. Sizes (`roll.fileSizeBytesMax`) are those of the files, about. A change seals the open files.
   */
  readonly compression?: CompressionName
  /**
   * `append` (default). `new-file`: every commit makes a further file of each key. `concat`: a commit writes a temp for each key and moves its blocks to the end of
   * the file, so that readers never see what is not committed; HDFS only, and not in encryption zones. Fixed when the job is first opened.
   */
  readonly mode?: Mode
  /** `live` (default): open files show under their final name. `sealed`: dot-hidden until sealed. Fixed when the job is first opened. */
  readonly visibility?: Visibility
  /**
   * Names of the data files, for readers who demand some: `'orders_{task}_{serial}_{generation}.{extension}'`. Each of these placeholders stands there once,
   * for recovery finds files by their names; `{generation}` is `{epoch}.{counter}`, which may stand apart. docs/formats.md says what each is. Left out:
   * `part-{task}-{serial}-{generation}.{extension}`. Fixed when the job is first opened.
   */
  readonly fileName?: string
  /** When to seal a file and begin the next. `fileSizeBytesMax` is 1 GiB unless set, and in mode `concat` `blocksMax` is 100; the others are no reason unless set. */
  readonly roll?: RollPolicy
  /** Bytes that may wait in memory; default 256 MiB. */
  readonly bufferedBytesMax?: number
  /** A file of which so many bytes wait is uploaded as they come, in a request that stays open until the commit; default 4 MiB. */
  readonly streamThresholdBytes?: number
  /** Such uploads open at once; the one that was least recently used is ended to make room; default 64. */
  readonly openUploadsMax?: number
  /** One that gets nothing for so long is ended, because HttpFS and proxies cut what is silent; default 20,000. */
  readonly uploadIdleMsMax?: number
  /** Uploads and other lanes of work at once; default 16. */
  readonly operationsMax?: number
  /** Files left open after a commit; the least recently used are sealed; default 10,000. */
  readonly openFilesMax?: number
  /** `always` (default): win the task from whoever has it. `ifReleased`: only from an owner that left. */
  readonly takeover?: Takeover
  /** How long an open waits for a file that somebody still writes to before it copies it; default 5,000. */
  readonly takeoverWaitMs?: number
  /** How long a truncate may run; default 15,000. */
  readonly truncateWaitMs?: number
  /** How long an operation that surely did not happen is tried again when the file system is away; default 30,000; 0 for not at all. */
  readonly retryForMs?: number
  /** Octal, for created data files: `'640'`. */
  readonly permission?: string
  /** For created data files. */
  readonly replication?: number
  /** For created data files. */
  readonly blockSizeBytes?: number
  readonly hooks?: Hooks
  /** pino-shaped; silent by default. */
  readonly logger?: Logger
}

/** The default size at which files roll: 8 blocks of HDFS's default size, large enough for any reader to be happy. */
export const FILE_SIZE_BYTES_MAX_DEFAULT: number = 2 ** 30

/** The default number of blocks at which files roll in mode `concat`: a CONCAT holds the namenode's lock for longer the more there are (docs/operations.md). */
const BLOCKS_MAX_DEFAULT = 100

const functionLike = v.custom<unknown>((value) => typeof value === 'function', 'must be a function')
/** A data file is found again by its name, so what ends the name must not hide or divide it. */
const extensionPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const format = v.pipe(
  v.custom<Pick<Format<never>, 'extension'>>(
    (value) => typeof (value as Format<never> | null | undefined)?.open === 'function',
    'must be a format, such as jsonLines() or text()',
  ),
  v.forward(
    v.check(
      ({ extension }) => extensionPattern.test(extension),
      "must be letters, digits, '.', '_' and '-', without a leading dot, as in 'jsonl'",
    ),
    ['extension'],
  ),
)
const directory = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const message = dataset.typed ? complaintAboutDirectory(dataset.value) : undefined
    if (message !== undefined) addIssue({ message })
  }),
)
const eventTime = mapping({
  allowedLatenessMs: v.optional(wholeNotNegative, 60_000),
  idlePartitionMs: v.optional(v.pipe(positive, v.minValue(1)), 300_000),
  maxFutureMs: v.optional(notNegative, 3_600_000),
  late: v.optional(v.picklist(['directory', 'deadLetter', 'drop', 'append']), 'directory'),
  lateDirectory: v.optional(v.pipe(directory, v.nonEmpty('name a directory')), '_late'),
})

/** What holds where nothing is said. */
export const eventTimeDefaults: EventTimePolicy = v.parse(eventTime, {})

const object = v.custom<object>((value) => typeof value === 'object' && value !== null, 'must be an object')

const schema = mapping({
  location: v.optional(v.union([text, listOf(text)], 'must be a text, or a list of texts')),
  connection: v.optional(object),
  fileSystem: v.optional(object),
  job: v.pipe(text, v.maxLength(255)),
  task: v.optional(wholeNotNegative, 0),
  taskCount: v.optional(count, 1),
  partitioner: v.optional(functionLike),
  format,
  eventTime: v.optional(eventTime),
  streams: v.optional(v.record(text, mapping({ format, directory, partitioner: v.optional(functionLike) })), {}),
  compression: v.optional(v.picklist(['none', 'gzip', 'zstd']), 'none'),
  mode: v.optional(v.picklist(['append', 'new-file', 'concat']), 'append'),
  visibility: v.optional(v.picklist(['live', 'sealed']), 'live'),
  fileName: v.optional(v.string()),
  roll: v.optional(
    mapping({
      fileSizeBytesMax: v.optional(positive, FILE_SIZE_BYTES_MAX_DEFAULT),
      fileAgeMsMax: v.optional(positive),
      recordsMax: v.optional(count),
      idleMsMax: v.optional(positive),
      blocksMax: v.optional(count),
    }),
    {},
  ),
  bufferedBytesMax: v.optional(count, 256 * 2 ** 20),
  streamThresholdBytes: v.optional(count, 4 * 2 ** 20),
  openUploadsMax: v.optional(v.pipe(count, v.maxValue(10_000)), 64),
  uploadIdleMsMax: v.optional(count, 20_000),
  operationsMax: v.optional(v.pipe(count, v.maxValue(1024)), 16),
  openFilesMax: v.optional(count, 10_000),
  takeover: v.optional(v.picklist(['always', 'ifReleased']), 'always'),
  takeoverWaitMs: v.optional(notNegative, 5_000),
  truncateWaitMs: v.optional(notNegative, 15_000),
  retryForMs: v.optional(notNegative, 30_000),
  permission: v.optional(v.pipe(v.string(), v.regex(/^[01]?[0-7]{3}$/, "must be octal, as in '640'"))),
  replication: v.optional(v.pipe(count, v.maxValue(32_767))),
  blockSizeBytes: v.optional(count),
  hooks: v.optional(object),
  logger: v.optional(object),
})

/** Options with their defaults; those that are functions or objects of the caller's are taken from where they were given. */
export interface CheckedOptions {
  readonly job: string
  readonly task: number
  readonly taskCount: number
  readonly mode: Mode
  readonly compression: Compression | undefined
  readonly visibility: Visibility
  readonly fileName?: string | undefined
  readonly naming: FileNaming
  readonly eventTime?: EventTimePolicy | undefined
  readonly roll: { readonly [K in keyof RollPolicy]: RollPolicy[K] | undefined }
  readonly bufferedBytesMax: number
  readonly streamThresholdBytes: number
  readonly openUploadsMax: number
  readonly uploadIdleMsMax: number
  readonly operationsMax: number
  readonly openFilesMax: number
  readonly takeover: Takeover
  readonly takeoverWaitMs: number
  readonly truncateWaitMs: number
  readonly retryForMs: number
  readonly permission?: string | undefined
  readonly replication?: number | undefined
  readonly blockSizeBytes?: number | undefined
}

/** Checks options and fills in the defaults. Throws `WRONG_OPTIONS` that names the first wrong one and says what it may be. */
export function checkOptions<R>(options: MultiOutputOptions<R>): CheckedOptions {
  const result = checkShape(schema, options)
  if (result.complaints) throw wrongOptions(firstComplaint(result.complaints, 'options'))
  const checked = result.value
  if (checked.task >= checked.taskCount) {
    throw wrongOptions(`task ${checked.task} is not in 0…${checked.taskCount - 1}; taskCount is ${checked.taskCount}`)
  }
  if (checked.location === undefined && checked.fileSystem === undefined) {
    throw wrongOptions("location: say where, as in 'file:///data/orders' or 'webhdfs://namenode:9870/data/orders'")
  }
  if (checked.fileSystem !== undefined && checked.connection !== undefined) {
    throw wrongOptions('connection: it is for the file system that location selects, but fileSystem is given')
  }
  if (MAIN_STREAM in checked.streams)
    throw wrongOptions(`streams.${MAIN_STREAM}: this name is taken by the records written without a stream`)
  checkEventTime(options, checked)
  checkFormats(options, checked)
  const { roll, mode } = checked
  if (roll.blocksMax !== undefined && mode !== 'concat')
    throw wrongOptions(`roll.blocksMax: blocks are counted in mode 'concat' only; in '${mode}' take fileSizeBytesMax`)
  const blocksMax = mode === 'concat' ? (roll.blocksMax ?? BLOCKS_MAX_DEFAULT) : undefined
  return {
    ...checked,
    roll: { ...roll, blocksMax },
    naming: refusing('fileName', () => fileNamingOf(checked)),
    compression: refusing('compression', () => compressionOf(checked.compression)),
  }
}

function checkEventTime<R>(
  { partitioner, streams = {} }: MultiOutputOptions<R>,
  { eventTime }: { readonly eventTime?: EventTimePolicy | undefined },
): void {
  if (eventTime === undefined) return
  if (partitioner?.windowed === undefined) {
    throw wrongOptions(
      'eventTime: the partitioner has no windows of event time; take byEventTime, alone or in a combine',
    )
  }
  if (eventTime.late === 'directory' && LATE_STREAM in streams)
    throw wrongOptions(`streams.${LATE_STREAM}: this name is taken by the late records of eventTime`)
}

function checkFormats<R>(
  { format, streams = {} }: MultiOutputOptions<R>,
  { mode, compression }: { readonly mode: Mode; readonly compression: CompressionName },
): void {
  const formats = [
    ['format', format] as const,
    ...Object.entries(streams).map(([name, stream]) => [`streams.${name}.format`, stream.format] as const),
  ]
  for (const [option, { name, appendable = true, compressible = true }] of formats) {
    if (!appendable && mode !== 'new-file')
      throw wrongOptions(`${option}: nothing can be appended to a file of ${name}; set mode: 'new-file'`)
    if (!compressible && compression !== 'none')
      throw wrongOptions(
        `compression: no reader takes ${name} in ${compression}; leave it out, and choose the format's own`,
      )
  }
}

/** What an option makes, whose complaint about it is ours. */
function refusing<T>(option: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw wrongOptions(`${option}: ${(error as Error).message}`)
  }
}

function complaintAboutDirectory(path: string): string | undefined {
  try {
    checkPath(path, 'create')
  } catch (error) {
    return (error as Error).message
  }
  if (path.includes(':')) return 'HDFS refuses a colon in names; escape it as %3A'
  if (path.split('/')[0] !== PROTOCOL_DIRECTORY) return undefined
  return `${PROTOCOL_DIRECTORY} is where the commit log is; choose another directory`
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `MultiOutput.open: ${complaint}`)
}
