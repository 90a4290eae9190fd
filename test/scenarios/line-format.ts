// What scenarios write: a line for each record, with the offset that the source gave it.
import type { Format } from '../../src/format/format.js'

/** The one topic. */
export const TOPIC = 'orders'

/** A record of a script: the key is the directory of its file. */
export interface ScriptRecord {
  readonly key: string
  readonly value: string
}

/** `<offset> <value>`. */
export const lineFormat: Format<ScriptRecord> = {
  name: 'scenario',
  extension: 'txt',
  open: () => ({
    encode: ({ value }, { id }, sink) => {
      sink.text(`${id?.offset} ${value}\n`)
    },
  }),
}
