// What the Kafka benches write: values as they are, behind their ids, in a directory a key.
import { byFunction, type Format, type Partitioner, type SourceRecord, text } from '../../src/index.js'

/** For `multiOutputSink`. */
export const keyedText: { readonly partitioner: Partitioner<SourceRecord>; readonly format: Format<SourceRecord> } = {
  partitioner: byFunction(({ key }) => (key as Buffer).toString('latin1')),
  format: text({ prefixId: true, value: ({ value }) => value as Uint8Array }),
}
