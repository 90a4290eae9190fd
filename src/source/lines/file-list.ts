// Which file is which partition: a list that is kept in the log, and only ever grows.
import type { JsonValue } from '../../model/json-value.js'
import { SourceError } from '../source-error.js'

/** A file of the list. Its place in the list is its partition. */
export interface ListedFile {
  /** Absolute. */
  readonly path: string
  /** Once all of it was read: how many lines and bytes it had, and whether its last line lacked the line feed. */
  readonly whole?: { readonly lines: bigint; readonly bytes: number; readonly isCutShort: boolean }
}

/** The list stands in every commit record that changes it, and each entry is read when a job is opened. */
export const FILES_MAX = 10_000

/** A list of files that grows and is written into metadata under `lines`. */
export class FileList {
  readonly #files: ListedFile[]
  readonly #others: { readonly [name: string]: JsonValue }
  #written: JsonValue | undefined

  /** From what a commit kept. Throws `CHANGED` where that is not of this source. */
  constructor(metadata: JsonValue | undefined) {
    if (metadata !== undefined && !isObject(metadata)) throw notOurs('is no object')
    this.#others = metadata ?? {}
    const kept = this.#others.lines
    this.#files = kept === undefined ? [] : filesIn(kept)
    this.#written = metadata
  }

  get files(): readonly ListedFile[] {
    return this.#files
  }

  /** The file's partition; it is appended if it is new. */
  partitionOf(path: string): number {
    const known = this.#files.findIndex((file) => file.path === path)
    if (known !== -1) return known
    if (this.#files.length >= FILES_MAX) {
      throw new SourceError('UNSUPPORTED', `more than ${FILES_MAX} files are read by one job; join some of them first`)
    }
    this.#written = undefined
    return this.#files.push({ path }) - 1
  }

  /** All of the file was handed out. */
  setWhole(partition: number, whole: NonNullable<ListedFile['whole']>): void {
    const { path, whole: before } = this.#files[partition]!
    const same = before?.lines === whole.lines && before.bytes === whole.bytes && before.isCutShort === whole.isCutShort
    if (same) return
    this.#files[partition] = { path, whole }
    this.#written = undefined
  }

  /** To be kept with a commit: the same value until something changes. */
  get metadata(): JsonValue {
    this.#written ??= { ...this.#others, lines: { files: this.#files.map(written) } }
    return this.#written
  }
}

function written({ path, whole }: ListedFile): JsonValue {
  if (whole === undefined) return { path }
  const { lines, bytes, isCutShort } = whole
  return { path, lines: lines.toString(), bytes, ...(isCutShort ? { cutShort: true } : {}) }
}

function filesIn(kept: JsonValue): ListedFile[] {
  if (!isObject(kept) || !Array.isArray(kept.files)) throw notOurs('has no list of files')
  return (kept.files as readonly JsonValue[]).map((entry) => {
    if (!isObject(entry) || typeof entry.path !== 'string') throw notOurs('lists a file without a path')
    const { path, lines, bytes, cutShort } = entry
    if (lines === undefined) return { path }
    if (typeof lines !== 'string' || !/^[0-9]+$/.test(lines) || typeof bytes !== 'number') {
      throw notOurs(`says something unknown of ${path}`)
    }
    return { path, whole: { lines: BigInt(lines), bytes, isCutShort: cutShort === true } }
  })
}

function isObject(value: JsonValue): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function notOurs(complaint: string): SourceError {
  return new SourceError(
    'CHANGED',
    `the log's metadata ${complaint}, so it does not tell which files were read: another program committed it`,
  )
}
