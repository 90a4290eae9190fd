// A sink that keeps what a format hands out, and how often it was called.
import type { FormatWriter, RecordSink } from '../../src/format/format.js'
import type { RecordContext } from '../../src/model/record-id.js'

/** Keeps bytes. */
export class RecordingSink implements RecordSink {
  #pieces: Buffer[] = []
  calls = 0

  text(text: string): void {
    this.calls++
    this.#pieces.push(Buffer.from(text))
  }

  bytes(bytes: Uint8Array): void {
    this.calls++
    this.#pieces.push(Buffer.from(bytes))
  }

  get written(): Buffer {
    return Buffer.concat(this.#pieces)
  }
}

/** The bytes of one record. */
export function encoded<R>(writer: FormatWriter<R>, record: R, context: RecordContext = {}): Buffer {
  const sink = new RecordingSink()
  writer.encode(record, context, sink)
  return sink.written
}

/** The error that a record is refused with. Throws if it is not refused, or if the sink was touched before. */
export function refusal<R>(writer: FormatWriter<R>, record: R, context: RecordContext = {}): unknown {
  const sink = new RecordingSink()
  try {
    writer.encode(record, context, sink)
  } catch (error) {
    if (sink.calls > 0) throw new Error('the sink was called before the record was refused', { cause: error })
    return error
  }
  throw new Error(`it was not refused: ${JSON.stringify(sink.written.toString())}`)
}
