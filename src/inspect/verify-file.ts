// Verifies one data file record by record against what the log says of it.
import type { FileSystem } from '../file-system/file-system.js'
import { DecompressionFailed, decompressed } from '../format/decompression.js'
import type { DataFile } from '../model/data-file.js'
import { eachRange } from '../model/offsets.js'
import type { FileNaming } from '../protocol/file-naming.js'
import type { Finding } from './finding.js'
import { type FoundId, foundIdText } from './found-id.js'
import { OffsetSet } from './offset-set.js'
import { readerOf } from './readers/by-extension.js'
import { type CommittedFile, DamagedFile, type RecordReader, type RecordVisitor } from './readers/record-reader.js'

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

/** What a file's records turned out to be. */
export interface FileCheck {
  /** Lines, rows or records, by the format. */
  readonly lines: number
  /** `ids`: each record was compared. `none`: they carry no ids, only bytes and records were counted. */
  readonly checked: 'ids' | 'none'
}

/** Records without an id at a file's beginning that are remembered, in case that the next ones show that it has ids. */
const UNDECIDED_MAX = 100

const NO_ID = 'has no id: it was not written by us, or was changed; restore the file'

/** Where a record stands. */
interface Place {
  /** From 1. */
  readonly line: number
  readonly byte: number
}

/** Named findings of one kind in one file, before the rest is only counted: a file of another origin has millions. */
const FINDINGS_PER_FILE_MAX = 20

/** Reads the committed part of a file, which is at `path`, and reports what is wrong with its records. */
export async function verifyFile(
  fileSystem: Pick<FileSystem, 'read' | 'readStream'>,
  file: DataFile,
  path: string,
  seen: SeenIds,
  options: {
    readonly naming: FileNaming
    readonly idField?: string
    readonly report: (finding: Finding) => void
  },
): Promise<FileCheck> {
  // By its final name: until it is published, it is a temp, whose name says nothing of formats.
  const reader = readerOf(options.naming.extensionOf(file.path) ?? '')
  const check = new RecordCheck({ file, path, reader }, seen, options.report)
  try {
    await reader.read(committedFile(fileSystem, file, path, options.idField), check)
  } catch (error) {
    options.report(damage(error, path))
  }
  return check.finish()
}

function committedFile(
  fileSystem: Pick<FileSystem, 'read' | 'readStream'>,
  file: DataFile,
  path: string,
  idField: string | undefined,
): CommittedFile {
  return {
    length: file.length,
    formatState: file.formatState,
    idField,
    chunks: () => decompressed(file.path, fileSystem.readStream(path, { end: file.length })),
    bytes: ({ start, end = file.length }) =>
      fileSystem.read(path, { ...(start === undefined ? {} : { start }), end: Math.min(end, file.length) }),
  }
}

function damage(error: unknown, path: string): Finding {
  const restore = 'bring it back from a replica, a snapshot or a backup'
  if (error instanceof DecompressionFailed) {
    const message = `${path}: it cannot be decompressed (${error.message}): ${restore}`
    return { kind: 'DAMAGED_FILE', path, message }
  }
  if (!(error instanceof DamagedFile)) throw error
  const message = `${path}: it cannot be read from byte ${error.byte} on (${error.message}): ${restore}`
  return { kind: 'DAMAGED_FILE', path, byte: error.byte, message }
}

class RecordCheck implements RecordVisitor {
  readonly #file: DataFile
  readonly #path: string
  readonly #reader: RecordReader
  readonly #seen: SeenIds
  readonly #report: (finding: Finding) => void
  readonly #last = new Map<string, bigint>()
  readonly #counts = new Map<string, number>()
  readonly #undecided: Place[] = []
  #hasIds = false
  #isGuessed = false
  #records = 0
  #good = 0

  constructor(
    { file, path, reader }: { file: DataFile; path: string; reader: RecordReader },
    seen: SeenIds,
    report: (finding: Finding) => void,
  ) {
    this.#file = file
    this.#path = path
    this.#reader = reader
    this.#seen = seen
    this.#report = report
  }

  /** A first record without an id may be a damaged one: the next ones decide whether this file's records carry ids. */
  expectIds(): void {
    if (this.#hasIds) return
    this.#hasIds = true
    for (const earlier of this.#undecided) this.#find('FOREIGN_LINE', NO_ID, earlier)
  }

  onlyGuesses(): void {
    this.#isGuessed = true
  }

  record(id: FoundId | undefined, byte: number): void {
    const line = ++this.#records
    if (id !== undefined) {
      this.expectIds()
      this.#compare(id, line, byte)
    } else if (this.#hasIds) this.#find('FOREIGN_LINE', NO_ID, { line, byte })
    else if (line <= UNDECIDED_MAX) this.#undecided.push({ line, byte })
  }

  #compare(id: FoundId, line: number, byte: number): void {
    const topic = this.#topicOf(id)
    if (topic === undefined) {
      const text = foundIdText(id)
      const complaint = `has the id ${text}, which was never committed to this file`
      this.#find('FOREIGN_LINE', complaint, { line, byte, id: text })
      return
    }
    if (!this.#seen.of(topic, id.partition).add(id.offset)) {
      const text = foundIdText(id)
      const complaint = `has the id ${text}, which was met before: delete one of the two`
      this.#find('REPEATED_LINE', complaint, { line, byte, id: text })
      return
    }
    this.#good++
    const key = `${topic}\0${id.partition}`
    const last = this.#last.get(key)
    if (last !== undefined && last > id.offset) {
      const text = foundIdText(id)
      this.#find('WRONG_ORDER', `has the id ${text} after ${id.partition}-${last}`, { line, byte, id: text })
    }
    this.#last.set(key, id.offset)
  }

  finish(): FileCheck {
    const { recordCount } = this.#file
    const { unit } = this.#reader
    if (this.#hasIds) {
      if (this.#good < recordCount) this.#findMissing(recordCount - this.#good)
    } else if (!this.#isGuessed && this.#records !== recordCount) {
      const kind = this.#records < recordCount ? 'MISSING_LINE' : 'FOREIGN_LINE'
      const complaint = `has ${this.#records} ${unit}s, the log says ${recordCount} records (its ${unit}s carry no ids)`
      this.#find(kind, complaint, {})
    }
    for (const [kind, count] of this.#counts) {
      if (count > FINDINGS_PER_FILE_MAX) {
        const message = `${this.#path}: ${count - FINDINGS_PER_FILE_MAX} more of this kind`
        this.#report({ kind: kind as Finding['kind'], path: this.#path, message })
      }
    }
    return { lines: this.#records, checked: this.#hasIds ? 'ids' : 'none' }
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
  #topicOf(id: FoundId): string | undefined {
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
    const where = place.line === undefined ? '' : ` ${this.#reader.unit} ${place.line} (byte ${place.byte})`
    this.#report({ kind, path: this.#path, ...place, message: `${this.#path}${where} ${complaint}` })
  }
}
