// Counts the records of the committed ranges in the data files: each once, in order, in a file of its own key.
import { lineOf, type Place, type Source } from '../source.js'
import { withoutLate } from '../windows.js'
import type { Chunk, LoggedFile, Positions } from './log-model.js'

/** Gathers lines, then says what is missing. */
export class RecordCount {
  readonly #source: Source
  readonly #complain: (complaint: string) => void
  /** By partition: the offsets found. */
  readonly #found = new Map<number, Set<bigint>>()

  constructor(source: Source, complain: (complaint: string) => void) {
    this.#source = source
    this.#complain = complain
  }

  /** Takes the committed bytes of a file in. */
  addFile(file: LoggedFile, bytes: Uint8Array): void {
    const newest = new Map<number, bigint>()
    for (const chunk of file.chunks) {
      const text = Buffer.from(bytes.subarray(chunk.baseLength, chunk.length)).toString()
      const places = text
        .split('\n')
        .slice(0, -1)
        .map((line) => this.#placeOf(file, `${line}\n`))
      if (!text.endsWith('\n')) this.#complain(`${file.path}: record ${chunk.sequence} ends inside of a line`)
      for (const place of places) if (place !== undefined) this.#take(file, place, newest)
      this.#compare(file, chunk, places)
    }
  }

  #placeOf(file: LoggedFile, line: string): Place | undefined {
    const [, partition, offset] = /^(\d+)-(\d+)\t/.exec(line) ?? []
    if (partition === undefined || offset === undefined) {
      this.#complain(`${file.path}: a foreign line ${JSON.stringify(line)}`)
      return undefined
    }
    const place = { partition: Number(partition), offset: BigInt(offset) }
    const record = this.#source.recordAt(place)
    if (record === undefined || lineOf(place, record) !== line || record.key !== withoutLate(file.directory)) {
      this.#complain(`${file.path}: a line that is not of the source or of another key: ${JSON.stringify(line)}`)
    }
    return place
  }

  #take(file: LoggedFile, { partition, offset }: Place, newest: Map<number, bigint>): void {
    const before = newest.get(partition)
    if (before !== undefined && before >= offset) {
      this.#complain(`${file.path}: ${partition}-${offset} stands behind ${partition}-${before}`)
    }
    newest.set(partition, offset)
    let found = this.#found.get(partition)
    if (found === undefined) {
      found = new Set()
      this.#found.set(partition, found)
    }
    if (found.has(offset)) this.#complain(`${partition}-${offset} is there twice, once in ${file.path}`)
    found.add(offset)
  }

  /** What a record says that a file gained is what the source has of this key in these ranges. */
  #compare(file: LoggedFile, chunk: Chunk, places: readonly (Place | undefined)[]): void {
    if (places.length !== chunk.recordCount) {
      this.#complain(
        `${file.path}: record ${chunk.sequence} says ${chunk.recordCount} records, ${places.length} are there`,
      )
    }
    let expected = 0
    const key = withoutLate(file.directory)
    for (const { partition, from, until } of chunk.ranges) {
      for (let offset = from; offset < until; offset++) {
        if (this.#source.recordAt({ partition, offset })?.key === key) expected += 1
      }
    }
    const isInside = (place: Place | undefined): boolean =>
      chunk.ranges.some(
        ({ partition, from, until }) => place?.partition === partition && from <= place.offset && place.offset < until,
      )
    if (expected !== places.length || !places.every(isInside)) {
      this.#complain(`${file.path}: record ${chunk.sequence} lists ranges that its ${places.length} records are not of`)
    }
  }

  /** Everything below the positions must have been there. */
  finish(positions: Positions): void {
    for (const [partition, until] of positions) {
      const found = this.#found.get(partition)
      for (let offset = 0n; offset < until; offset++) {
        if (found?.has(offset) === true) continue
        if (this.#source.recordAt({ partition, offset }) === undefined) continue
        this.#complain(`${partition}-${offset} is committed and in no file`)
      }
      for (const offset of found ?? []) {
        if (offset >= until) this.#complain(`${partition}-${offset} is in a file and not committed`)
      }
    }
  }
}
