// A data file in memory, written through a format as the engine writes it: flush before each commit, state after it.
import assert from 'node:assert/strict'
import type { Format, FormatWriter, RecordSink } from '../../format/format.js'
import type { JsonValue } from '../../model/json-value.js'
import type { CommittedFile, FormatFixture, Numbered } from './format-case.js'

/** Keeps what a writer hands on. */
export class CollectedBytes implements RecordSink {
  readonly #pieces: Uint8Array[] = []
  length = 0
  calls = 0

  text(text: string): void {
    this.#add(Buffer.from(text))
  }

  bytes(bytes: Uint8Array): void {
    this.#add(Uint8Array.from(bytes))
  }

  #add(piece: Uint8Array): void {
    this.calls++
    this.length += piece.byteLength
    this.#pieces.push(piece)
  }

  /** The first so many bytes. */
  upTo(length: number): Uint8Array {
    return Buffer.concat(this.#pieces, this.length).subarray(0, length)
  }
}

/** One data file and the writer that has it open. */
export class WrittenFile {
  readonly bytes: CollectedBytes
  readonly #format: Format<unknown>
  writer: FormatWriter<unknown>

  constructor(format: Format<unknown>, before: CommittedFile = { length: 0, state: undefined }, bytes?: Uint8Array) {
    this.#format = format
    this.bytes = new CollectedBytes()
    if (bytes !== undefined) this.bytes.bytes(bytes)
    const { length, state } = before
    this.writer = format.open(state === undefined ? { length } : { length, state })
  }

  /** Writes records; the writer may hold them. */
  write(records: Iterable<Numbered>): void {
    for (const { record, context } of records) this.writer.encode(record, context, this.bytes)
  }

  /** Ends the attempt as the engine does. */
  commit(): CommittedFile {
    this.writer.flush?.(this.bytes)
    if (this.#format.appendable === false) this.writer.finish?.(this.bytes)
    return { length: this.bytes.length, state: throughJson(this.writer.state?.()) }
  }
}

/** A state as it comes back from the log. Fails where it does not come back as it was. */
export function throughJson(state: JsonValue | undefined): JsonValue | undefined {
  if (state === undefined) return undefined
  const text = JSON.stringify(state)
  assert.equal(typeof text, 'string', 'the state has no JSON')
  const back = JSON.parse(text) as JsonValue
  assert.deepEqual(back, state, 'the state does not survive JSON')
  return back
}

/** So many records of the fixture, over and over, with ids that count up. */
export function numbered({ records }: FormatFixture, from: number, until: number): Numbered[] {
  assert(records.length >= 3, 'the fixture needs at least three records')
  return Array.from({ length: until - from }, (_, index) => ({
    record: records[(from + index) % records.length],
    context: {
      id: { topic: 'conformance', partition: 3, offset: BigInt(from + index) },
      eventTimeMs: 1_700_000_000_000,
    },
  }))
}

/** The bytes are a file of these records, in order, and of nothing else. */
export async function assertReads(
  { read, asRead = (record) => record }: FormatFixture,
  bytes: Uint8Array,
  written: readonly Numbered[],
  when: string,
): Promise<void> {
  const expected = written.map(({ record, context }) => asRead(record, context))
  assert.deepEqual([...(await read(bytes))], expected, when)
}
