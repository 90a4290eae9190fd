// The checker's own fold: what the records that were ever put say, and whether they keep the log's rules.
import type { RawFile, RawRange, RawRecord } from './raw-record.js'
import { parseRawRecord } from './raw-record.js'
import type { Violations } from './violations.js'

/** What one record added to a file. */
export interface Chunk {
  readonly sequence: number
  readonly baseLength: number
  readonly length: number
  readonly recordCount: number
  readonly ranges: readonly RawRange[]
}

/** A data file as the log has it. */
export interface LoggedFile {
  readonly serial: number
  readonly directory: string
  path: string
  length: number
  isSealed: boolean
  /** Sequence of the record that sealed it. */
  sealedBy: number
  readonly chunks: Chunk[]
}

/** `until` by partition. */
export type Positions = ReadonlyMap<number, bigint>

/** Everything that was ever decided, in order. The first record under a number is the one that counts: numbers are freed, and found again by who slept. */
export class LogModel {
  readonly records: RawRecord[] = []
  /** By sequence: the positions as of that record. */
  readonly positions: Positions[] = []
  readonly files: Map<number, LoggedFile> = new Map()
  /** Sequences of the checkpoints. */
  readonly checkpoints: number[] = []
  epoch = 0
  released = true
  /** The largest that a record carries; -Infinity before there is one. */
  watermarkMs: number = -Infinity
  /** Sequence of the newest record that lists actions. */
  lastListing: number | undefined
  /** Records that landed on a number that was taken before. Nobody may believe them. */
  readonly ghosts: Set<number> = new Set()
  readonly #violations: Violations
  #nextSerial = 0
  #positions = new Map<number, bigint>()

  constructor(violations: Violations) {
    this.#violations = violations
  }

  /** The newest sequence; -1 for an empty log. */
  get newest(): number {
    return this.records.length - 1
  }

  /** Whether a record lists something that is done when this path is absent. */
  consumes(path: string): boolean {
    return this.records.some(({ consumes }) => consumes.includes(path))
  }

  /** A file appeared under a record's name. */
  put(sequence: number, bytes: Uint8Array): void {
    if (sequence <= this.newest) {
      this.ghosts.add(sequence)
      return
    }
    let record: RawRecord
    try {
      record = parseRawRecord(bytes)
    } catch (error) {
      this.#complain(sequence, `it cannot be read: ${String(error)}`)
      return
    }
    if (sequence !== this.newest + 1) {
      this.#complain(sequence, `it was put above ${this.newest}`)
      return
    }
    this.records.push(record)
    this.#apply(sequence, record)
    this.positions.push(new Map(this.#positions))
    if (record.consumes.length > 0) this.lastListing = sequence
  }

  #complain(sequence: number, complaint: string): void {
    this.#violations.add('LOG', `record ${sequence}: ${complaint}`)
  }

  #apply(sequence: number, record: RawRecord): void {
    const watermarkMs = record.type === 'checkpoint' ? record.state?.watermarkMs : record.watermarkMs
    this.watermarkMs = Math.max(this.watermarkMs, watermarkMs ?? -Infinity)
    if (record.type === 'claim') {
      if (record.epoch !== this.epoch + 1) this.#complain(sequence, `claims ${record.epoch} after ${this.epoch}`)
      this.epoch = record.epoch
      this.released = false
      return
    }
    if (record.epoch !== this.epoch) this.#complain(sequence, `is of epoch ${record.epoch} in epoch ${this.epoch}`)
    if (record.type === 'checkpoint') {
      this.#compare(sequence, record)
      this.checkpoints.push(sequence)
      return
    }
    if (this.released) this.#complain(sequence, 'follows a release')
    if (record.released && record.consumes.length > 0) this.#complain(sequence, 'releases and lists actions')
    this.released = record.released
    for (const range of record.ranges) this.#advance(sequence, range)
    for (const file of record.files) this.#grow(sequence, file)
  }

  #advance(sequence: number, { partition, from, until }: RawRange): void {
    const before = this.#positions.get(partition) ?? 0n
    // It may jump over offsets that carry no record; that none is lost shows in the files.
    if (from < before) this.#complain(sequence, `adds ${from}…${until} of partition ${partition} after ${before}`)
    this.#positions.set(partition, until)
  }

  #grow(sequence: number, file: RawFile): void {
    let own = this.files.get(file.serial)
    if (own === undefined) {
      if (file.baseLength !== 0) this.#complain(sequence, `${file.path} begins at ${file.baseLength}`)
      const { serial, directory } = file
      own = { serial, directory, path: '', length: 0, isSealed: false, sealedBy: -1, chunks: [] }
      this.files.set(file.serial, own)
    }
    if (own.isSealed && !this.#replaces(own, file)) this.#complain(sequence, `${file.path} was sealed before`)
    if (own.length !== file.baseLength)
      this.#complain(sequence, `${file.path} has base ${file.baseLength}, not ${own.length}`)
    own.path = file.path
    own.length = file.length
    own.isSealed = file.isSealed
    if (file.isSealed && own.sealedBy === -1) own.sealedBy = sequence
    this.#nextSerial = Math.max(this.#nextSerial, file.serial + 1)
    if (file.length > file.baseLength) own.chunks.push({ sequence, ...file })
    else if (file.recordCount > 0) this.#complain(sequence, `${file.path} gained records and no bytes`)
  }

  /** Another name for the same bytes, because a CONCAT that was to be the file's last is refused for good. */
  #replaces(own: LoggedFile, file: RawFile): boolean {
    const isUnfinished = this.records[this.lastListing ?? -1]?.concats.has(own.serial) === true
    return isUnfinished && file.isSealed && file.length === own.length && file.recordCount === 0
  }

  /** A checkpoint holds what the records before it say. */
  #compare(sequence: number, { state }: RawRecord): void {
    if (state === undefined) {
      this.#complain(sequence, 'is a checkpoint without a state')
      return
    }
    const said = state.ranges.map(({ partition, until }) => `${partition}:${until}`).sort()
    const own = [...this.#positions].map(([partition, until]) => `${partition}:${until}`).sort()
    if (said.join() !== own.join()) this.#complain(sequence, `keeps positions ${said.join()}, not ${own.join()}`)
    const saidFiles = state.openFiles.map(({ serial, path, length }) => `${serial} ${path} ${length}`).sort()
    const ownFiles = [...this.files.values()].filter((file) => !file.isSealed)
    const ownRows = ownFiles.map(({ serial, path, length }) => `${serial} ${path} ${length}`).sort()
    if (saidFiles.join() !== ownRows.join())
      this.#complain(sequence, `keeps files ${saidFiles.join()}, not ${ownRows.join()}`)
    if (state.nextSerial < this.#nextSerial)
      this.#complain(sequence, `keeps serial ${state.nextSerial}, not ${this.#nextSerial}`)
  }
}
