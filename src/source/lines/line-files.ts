// The lines of files, one file after the other. A file's offsets are its line numbers, so a restart counts lines to go on.
import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { JsonValue } from '../../model/json-value.js'
import { MultiOutputError } from '../../model/multi-output-error.js'
import type { RecordId } from '../../model/record-id.js'
import { refuseSeveralTasks } from '../one-task.js'
import type { Source, SourceBatch, SourceOpenOptions, SourceProgress, SourceReader } from '../source.js'
import { SourceError } from '../source-error.js'
import { decompressed } from './decompress.js'
import { fileChunks, unreadable } from './file-chunks.js'
import { FileList } from './file-list.js'
import { LineBatches, type LineSettings } from './line-batches.js'

/** The topic of every line of a file. */
export const FILES_TOPIC = 'lines'

/** A file that is to be read. */
interface WantedFile {
  readonly path: string
  readonly partition: number
  readonly from: bigint
  readonly bytes: number
  readonly modifiedMs: number
}

/** The one that is being read. */
interface OpenFile {
  readonly file: WantedFile
  readonly chunks: AsyncGenerator<Buffer>
  readonly lines: LineBatches
}

/** See `linesFromFiles`. */
export class LineFiles implements Source {
  readonly name: string
  readonly #paths: readonly string[]
  readonly #settings: LineSettings
  /** Bytes of what was to be read at the first open. */
  #totalBytes: number | undefined

  constructor(paths: readonly string[], settings: LineSettings) {
    this.#paths = paths.map((path) => resolve(path))
    const twice = this.#paths.find((path, index) => this.#paths.indexOf(path) !== index)
    if (twice !== undefined) throw wrongOptions(`${twice} is listed twice`)
    if (paths.length === 0) throw wrongOptions('name at least one file')
    this.#settings = settings
    this.name = paths.length === 1 ? `lines of ${paths[0]}` : `lines of ${paths.length} files`
  }

  async open(options: SourceOpenOptions): Promise<SourceReader> {
    refuseSeveralTasks(this.name, options)
    const { offsets, metadata } = options.committed
    const positions = offsets.get(FILES_TOPIC)
    if (positions !== undefined && metadata === undefined) {
      throw new SourceError('CHANGED', `topic ${FILES_TOPIC} has offsets in the log, but nothing tells of which files`)
    }
    const list = new FileList(metadata)
    const wanted: WantedFile[] = []
    for (const path of this.#paths) {
      const partition = list.partitionOf(path)
      const file = await this.#look(list, partition, positions?.get(partition)?.until ?? 0n)
      if (file !== undefined) wanted.push(file)
    }
    const bytes = wanted.reduce((sum, file) => sum + file.bytes, 0)
    this.#totalBytes ??= bytes
    return new LineFilesReader(list, wanted, { settings: this.#settings, bytes, totalBytes: this.#totalBytes })
  }

  /** The file if there is something of it to be read. */
  async #look(list: FileList, partition: number, from: bigint): Promise<WantedFile | undefined> {
    const { path, whole } = list.files[partition]!
    const isDone = whole !== undefined && whole.lines === from
    let stats: Stats
    try {
      stats = await stat(path)
    } catch (error) {
      if (isDone && (error as { code?: unknown }).code === 'ENOENT') return undefined
      throw unreadable(path, error)
    }
    if (stats.isDirectory()) throw new SourceError('UNREADABLE', `${path} is a directory: name the files in it`)
    if (!stats.isFile()) {
      throw new SourceError('UNREADABLE', `${path} is no regular file, so it cannot be read again: pipe it into stdin`)
    }
    if (isDone && stats.size === whole.bytes) return undefined
    if (isDone && whole.isCutShort) {
      throw new SourceError(
        'CHANGED',
        `${path} had ${whole.bytes} bytes when it was read, the last line without its end, and has ${stats.size} now: that line is committed and cannot grow. Read complete files only.`,
      )
    }
    return { path, partition, from, bytes: stats.size, modifiedMs: Math.floor(stats.mtimeMs) }
  }

  async close(): Promise<void> {}
}

class LineFilesReader implements SourceReader {
  readonly wantsCommit = false
  readonly #list: FileList
  readonly #wanted: WantedFile[]
  readonly #settings: LineSettings
  readonly #totalBytes: number
  /** Bytes of the wanted files that are not read yet. */
  #leftBytes: number
  #current: OpenFile | undefined
  /** Of the current file. */
  #readBytes = 0
  #isStopped = false
  #reading: Promise<unknown> = Promise.resolve()

  constructor(
    list: FileList,
    wanted: WantedFile[],
    options: { readonly settings: LineSettings; readonly bytes: number; readonly totalBytes: number },
  ) {
    this.#list = list
    this.#wanted = wanted
    this.#settings = options.settings
    this.#leftBytes = options.bytes
    this.#totalBytes = options.totalBytes
  }

  get metadata(): JsonValue {
    return this.#list.metadata
  }

  placeOf({ partition, offset }: RecordId): string | undefined {
    const path = this.#list.files[partition]?.path
    return path === undefined ? undefined : `${path} line ${offset + 1n}`
  }

  next(): Promise<SourceBatch | undefined> {
    const reading = this.#next()
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  async #next(): Promise<SourceBatch | undefined> {
    while (!this.#isStopped) {
      const current = this.#current ?? this.#begin()
      if (current === undefined) return undefined
      const batch = await current.lines.next()
      if (batch === undefined) this.#finish(current.file, current.lines)
      else if (batch.records.length > 0 || batch.advances.length > 0) return batch
    }
    return undefined
  }

  #begin(): OpenFile | undefined {
    const file = this.#wanted.shift()
    if (file === undefined) return undefined
    this.#readBytes = 0
    const chunks = decompressed(
      fileChunks(file.path, (bytes) => {
        this.#readBytes += bytes
        this.#leftBytes = Math.max(0, this.#leftBytes - bytes)
      }),
      file.path,
    )
    const { path: what, partition, from, modifiedMs } = file
    const input = { what, chunks, topic: FILES_TOPIC, partition, from, timestampMs: () => modifiedMs }
    this.#current = { file, chunks, lines: new LineBatches(input, this.#settings) }
    return this.#current
  }

  // Called when the batch before is written, for whoever asks for the next one is through with it.
  #finish({ partition }: WantedFile, lines: LineBatches): void {
    const whole = { lines: lines.lines, bytes: this.#readBytes, isCutShort: !lines.endsWithNewline }
    this.#list.setWhole(partition, whole)
    this.#current = undefined
  }

  committed(): void {}

  progress(): SourceProgress {
    const doneFraction = this.#totalBytes === 0 ? 1 : 1 - Math.min(1, this.#leftBytes / this.#totalBytes)
    return { lagBytes: this.#leftBytes, doneFraction }
  }

  stop(): void {
    this.#isStopped = true
  }

  async close(): Promise<void> {
    this.#isStopped = true
    await this.#reading
    const current = this.#current
    this.#current = undefined
    await current?.chunks.return(undefined)
  }
}

function wrongOptions(complaint: string): MultiOutputError {
  return new MultiOutputError('WRONG_OPTIONS', `linesFromFiles: ${complaint}`)
}
