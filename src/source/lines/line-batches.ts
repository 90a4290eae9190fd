// Makes records of lines: the offset is the line's number, from 0, in its input.
import type { RecordId } from '../../model/record-id.js'
import type { SourceBatch, SourceRecord } from '../source.js'
import { SourceError } from '../source-error.js'
import { ValueRecord } from '../value-record.js'
import { LineSplitter } from './line-splitter.js'

/** Records of one batch: they and what is parsed of them die together, and the young ones of V8's heap die cheaply (measured: a tenth less CPU time than with 8,192). */
const BATCH_RECORDS_MAX = 1_024

/** What lines are made into. */
export interface LineSettings {
  /** A longer line is a bad record. */
  readonly recordBytesMax: number
  /** `skip`: an empty line has a number and makes no record. `keep`: it makes one without bytes. */
  readonly emptyLines: 'skip' | 'keep'
}

/** Where lines come from. */
export interface LineInput {
  /** Names it in messages. */
  readonly what: string
  readonly chunks: AsyncIterator<Buffer>
  readonly topic: string
  readonly partition: number
  /** The first line that is wanted. */
  readonly from: bigint
  /** For the records' timestamps; asked once a batch. */
  readonly timestampMs: () => number
}

const noHeaders: SourceRecord['headers'] = Object.freeze({})

/** Reads one input from a line on. */
export class LineBatches {
  readonly #input: LineInput
  readonly #settings: LineSettings
  readonly #splitter: LineSplitter
  /** Of the next line. */
  #offset = 0n
  #isEnded = false

  constructor(input: LineInput, settings: LineSettings) {
    this.#input = input
    this.#settings = settings
    this.#splitter = new LineSplitter({ lineBytesMax: settings.recordBytesMax })
  }

  /** Lines passed so far; all there are once `next` has answered `undefined`. */
  get lines(): bigint {
    return this.#offset
  }

  /** Whether the last line so far was ended by a line feed. */
  get endsWithNewline(): boolean {
    return this.#splitter.wasEnded
  }

  /**
   * The lines of one buffer of the input, at most; without records where it only brought some that are not wanted, so that who asks can stop. `undefined` at the end. Rejects with
   * `CHANGED` where there are fewer lines than were committed.
   */
  async next(): Promise<SourceBatch | undefined> {
    for (;;) {
      const batch = this.#take()
      if (batch !== undefined) return batch
      if (this.#isEnded) {
        this.#refuseTooFew()
        return undefined
      }
      const { value, done } = await this.#input.chunks.next()
      if (done !== true) this.#splitter.push(value)
      else {
        this.#isEnded = true
        this.#splitter.end()
      }
    }
  }

  /** Lines at hand, if any. */
  #take(): SourceBatch | undefined {
    const splitter = this.#splitter
    const { topic, partition, from } = this.#input
    let skipped = false
    while (this.#offset < from) {
      if (!splitter.next()) return skipped ? { records: [], advances: [], bytes: 0 } : undefined
      this.#offset += 1n
      skipped = true
    }
    const keepsEmpty = this.#settings.emptyLines === 'keep'
    const { recordBytesMax } = this.#settings
    const place: LinePlace = { topic, partition, timestampMs: this.#input.timestampMs() }
    const records: SourceRecord[] = []
    let bytes = 0
    let offset = this.#offset
    let wantedUntil = offset
    while (records.length < BATCH_RECORDS_MAX) {
      if (!splitter.next()) break
      const { lineBytes } = splitter
      bytes += lineBytes + 1
      if (lineBytes > recordBytesMax) {
        records.push(tooLong(place, offset, splitter, recordBytesMax))
        wantedUntil = offset + 1n
      } else if (lineBytes > 0 || keepsEmpty) {
        records.push(new LineRecord(place, offset, splitter))
        wantedUntil = offset + 1n
      }
      offset += 1n
    }
    const nothing = offset === this.#offset
    this.#offset = offset
    if (nothing) return skipped ? { records, advances: [], bytes } : undefined
    return { records, advances: offset > wantedUntil ? [{ topic, partition, until: offset }] : [], bytes }
  }

  #refuseTooFew(): void {
    const { from, what } = this.#input
    if (this.#offset >= from) return
    throw new SourceError(
      'CHANGED',
      `${what} has ${this.#offset} lines, but ${from} are committed already: it is not the input that was read before`,
    )
  }
}

/** What the lines of a batch have in common. */
interface LinePlace {
  readonly topic: string
  readonly partition: number
  readonly timestampMs: number
}

/** Where a line lies. */
interface LineBytes {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
}

class LineRecord extends ValueRecord {
  readonly id: RecordId
  readonly #place: LinePlace

  constructor(place: LinePlace, offset: bigint, { bytes, from, to }: LineBytes) {
    super(bytes, from, to)
    this.id = { topic: place.topic, partition: place.partition, offset }
    this.#place = place
  }

  get key(): null {
    return null
  }

  get headers(): SourceRecord['headers'] {
    return noHeaders
  }

  get timestampMs(): number {
    return this.#place.timestampMs
  }

  anew(): SourceRecord {
    return new LineRecord(this.#place, this.id.offset, this.lying as LineBytes)
  }
}

function tooLong(
  { topic, partition, timestampMs }: LinePlace,
  offset: bigint,
  { bytes, from, to, lineBytes }: LineSplitter,
  recordBytesMax: number,
): SourceRecord {
  const id = { topic, partition, offset }
  const bad = `the line is ${lineBytes} bytes long, more than recordBytesMax (${recordBytesMax}); only its first ${to - from} bytes are here`
  return { id, key: null, value: bytes.subarray(from, to), headers: noHeaders, timestampMs, parsed: undefined, bad }
}
