// A column of every kind.
import type { ParquetColumns } from '../../src/index.js'

/** Named after what they hold. */
export const columnsOfEveryKind: ParquetColumns = {
  text: 'string',
  small: 'int32',
  big: 'int64',
  double: 'double',
  flag: 'boolean',
  time: 'timestamp',
  blob: 'bytes',
  json: 'json',
  tags: { list: 'string' },
  place: { struct: { name: { type: 'string', required: true }, points: { list: { struct: { x: 'double' } } } } },
}
