// The smallest format that tells where a line came from.
import type { Format } from '../../src/format/format.js'
import type { SourceRecord } from './source.js'
import { lineOf } from './source.js'

/** Lines of `<partition>-<offset>\t<value>`. */
export const tinyFormat: Format<SourceRecord> = {
  name: 'tiny',
  extension: 'txt',
  open: () => ({
    encode: (record, { id }, sink) => {
      if (id === undefined) throw new TypeError('a record of this format needs an id')
      sink.text(lineOf(id, record))
    },
  }),
}
