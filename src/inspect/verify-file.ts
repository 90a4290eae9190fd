// Verifies one data file line by line against what the log says of it.
import type { FileSystem } from '../file-system/file-system.js'
import { DecompressionFailed, decompressed } from '../format/decompression.js'
import type { DataFile } from '../model/data-file.js'
import { eachRange } from '../model/offsets.js'
import type { Finding } from './finding.js'
import { type LineId, type LineIdReader, lineIdReader } from './line-ids.js'
import { OffsetSet } from './offset-set.js'

/** The ids met so far, over all files: a repeat may be in another file. */
export class SeenIds {
  readonly #sets = new Map<string, OffsetSet>()

  /** The set of a partition. */
  of(topic: string, partition: number): OffsetSet {
    const key = `${topic}\0${partition}`
    let set = this.#sets.get(key)
    if (set === undefined) {
      set = new OffsetSet()
      this.#sets.set(key, set)
    }
    return set
  }
}

/** What a file's lines turned out to be. */
export interface FileCheck {
  readonly lines: number
  /** `ids`: each line was compared. `none`: its lines carry no ids, only bytes and lines were counted. */
  readonly checked: 'ids' | 'none'
}

/** How much of a line is looked at for its id. Topics are at most 249 characters, and a field's name is short. */
const ID_BYTES_MAX = 1_024

/** A file whose first so many lines carry no id is taken for one without ids. */
const LINES_BEFORE_FIRST_ID_MAX = 100

const NO_ID = 'has no id: it was not written by us, or was changed; restore the file'

/** Where a line begins. */
interface Place {
  readonly line: number
  readonly byte: number
}

/** Named findings of one kind in one file, before the rest is only counted: a file of another origin has millions. */
const FINDINGS_PER_FILE_MAX = 20

/** Reads the committed part of a file at `path` and reports what is wrong with its lines. */
export async function verifyFile(
  fileSystem: FileSystem,
  file: DataFile,
  path: string,
  seen: SeenIds,
  options: { readonly idField?: string; readonly report: (finding: Finding) => void },
): Promise<FileCheck> {
  const check = new LineCheck(file, path, seen, options.report)
  try {
    await checkLines(fileSystem, file, path, check, options.idField)
  } catch (error) {
    if (!(error instanceof DecompressionFailed)) throw error
    const message = `${path}: it cannot be decompressed (${error.message}): bring it back from a replica, a snapshot or a backup`
    options.report({ kind: 'DAMAGED_FILE', path, message })
  }
  return check.finish()
}

async function checkLines(
  fileSystem: FileSystem,
  file: DataFile,
  path: string,
  check: LineCheck,
  idField: string | undefined,
): Promise<void> {
  let carry: Buffer = Buffer.alloc(0)
  let byte = 0
  for await (const chunk of decompressed(path, fileSystem.readStream(path, { end: file.length }))) {
    const bytes = carry.byteLength === 0 ? Buffer.from(chunk) : Buffer.concat([carry, chunk])
    let start = 0
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      check.line(bytes.subarray(start, end), byte + start, idField)
      start = end + 1
    }
    carry = bytes.subarray(start)
    byte += start
  }
  if (carry.byteLength > 0) check.line(carry, byte, idField)
}

class LineCheck {
  readonly #file: DataFile
  readonly #path: string
  readonly #seen: SeenIds
  readonly #report: (finding: Finding) => void
  readonly #last = new Map<string, bigint>()
  readonly #counts = new Map<string, number>()
  readonly #undecided: Place[] = []
  #reader: LineIdReader | undefined
  #lines = 0
  #good = 0

  constructor(file: DataFile, path: string, seen: SeenIds, report: (finding: Finding) => void) {
    this.#file = file
    this.#path = path
    this.#seen = seen
    this.#report = report
  }

  line(line: Buffer, byte: number, idField: string | undefined): void {
    this.#lines++
    const head = line.toString('utf8', 0, Math.min(line.byteLength, ID_BYTES_MAX))
    const place = { line: this.#lines, byte }
    this.#reader ??= this.#findReader(head, idField, place)
    if (this.#reader === undefined) return
    const id = this.#reader(head)
    if (id === undefined) this.#find('FOREIGN_LINE', NO_ID, place)
    else this.#compare(id, place)
  }

  /** A first line without an id may be a damaged one: the next ones decide whether this file's lines carry ids. */
  #findReader(head: string, idField: string | undefined, place: Place): LineIdReader | undefined {
    if (this.#lines > LINES_BEFORE_FIRST_ID_MAX) return undefined
    const reader = lineIdReader(head, idField)
    if (reader === undefined) this.#undecided.push(place)
    else for (const earlier of this.#undecided) this.#find('FOREIGN_LINE', NO_ID, earlier)
    return reader
  }

  #compare(id: LineId, place: Place): void {
    const name = `${id.topic === undefined ? '' : `${id.topic}-`}${id.partition}-${id.offset}`
    const named = { ...place, id: name }
    const topic = this.#topicOf(id)
    if (topic === undefined) {
      this.#find('FOREIGN_LINE', `has the id ${name}, which was never committed to this file`, named)
      return
    }
    if (!this.#seen.of(topic, id.partition).add(id.offset)) {
      this.#find('REPEATED_LINE', `has the id ${name}, which was met before: delete one of the two`, named)
      return
    }
    this.#good++
    const key = `${topic}\0${id.partition}`
    const last = this.#last.get(key)
    if (last !== undefined && last > id.offset) {
      this.#find('WRONG_ORDER', `has the id ${name} after ${id.partition}-${last}`, named)
    }
    this.#last.set(key, id.offset)
  }

  finish(): FileCheck {
    const { recordCount } = this.#file
    const found = this.#reader === undefined ? this.#lines : this.#good
    if (this.#reader === undefined && this.#lines !== recordCount) {
      const kind = this.#lines < recordCount ? 'MISSING_LINE' : 'FOREIGN_LINE'
      this.#find(kind, `has ${this.#lines} lines, the log says ${recordCount} records (its lines carry no ids)`, {})
    } else if (found < recordCount) this.#findMissing(recordCount - found)
    for (const [kind, count] of this.#counts) {
      if (count > FINDINGS_PER_FILE_MAX) {
        const message = `${this.#path}: ${count - FINDINGS_PER_FILE_MAX} more of this kind`
        this.#report({ kind: kind as Finding['kind'], path: this.#path, message })
      }
    }
    return { lines: this.#lines, checked: this.#reader === undefined ? 'none' : 'ids' }
  }

  #findMissing(missing: number): void {
    const candidates: string[] = []
    for (const [topic, partition, { from, until }] of eachRange(this.#file.offsets)) {
      const set = this.#seen.of(topic, partition)
      for (const offset of set.firstMissing(from, until, 5)) candidates.push(`${partition}-${offset}`)
    }
    // Another file may hold them and be read later, so these are candidates and no more.
    const hint = candidates.length === 0 ? '' : `; not met so far: ${candidates.slice(0, 5).join(', ')}`
    this.#find(
      'MISSING_LINE',
      `lacks ${missing} of the ${this.#file.recordCount} records that the log says${hint}; restore the file`,
      {},
    )
  }

  /** The topic that the id belongs to, if this file may hold it. */
  #topicOf(id: LineId): string | undefined {
    for (const [topic, partition, { from, until }] of eachRange(this.#file.offsets)) {
      if (id.topic !== undefined && id.topic !== topic) continue
      if (partition === id.partition && id.offset >= from && id.offset < until) return topic
    }
    return undefined
  }

  #find(kind: Finding['kind'], complaint: string, place: { line?: number; byte?: number; id?: string }): void {
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    if (count > FINDINGS_PER_FILE_MAX) return
    const where = place.line === undefined ? '' : ` line ${place.line} (byte ${place.byte})`
    this.#report({ kind, path: this.#path, ...place, message: `${this.#path}${where} ${complaint}` })
  }
}
