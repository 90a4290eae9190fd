// Avro by the suite of the formats, read back by the library's own decoder of files.
import { describe, it } from 'vitest'
import { type AvroOptions, avro } from '../../../src/format/avro.js'
import { runFormatConformance } from '../../../src/testing/index.js'
import { readAvro } from '../read-avro.js'

const schema = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'name', type: 'string' },
    { name: 'amount', type: ['null', 'long'], default: null },
    { name: 'raw', type: 'bytes', default: '' },
  ],
}

const records = [
  { name: 'a', amount: 2n ** 62n, raw: Buffer.from([0, 255]) },
  { name: 'grün\n', amount: null, raw: Buffer.from('') },
  { name: '', amount: -7, raw: Buffer.from('Obj\u0001') },
]
const refused = [{ amount: 1 }, { name: 7 }, { name: '\ud800' }, { name: 'x', amount: 1.5 }, null, 7, [], 'text']

const options: AvroOptions<unknown>[] = [
  { schema },
  { schema, codec: 'deflate', idField: '_id' },
  { schema, codec: 'snappy', blockSizeBytes: 1 },
  { schema: () => schema, blockSizeBytes: 100, unknownFields: 'reject' },
]
for (const each of options) {
  const { schema: given, ...others } = each
  runFormatConformance<unknown>(
    `avro ${typeof given === 'function' ? 'with schemas found, ' : ''}${JSON.stringify(others)}`,
    () => ({
      format: avro<unknown>(each),
      records,
      refused,
      read: readAvro,
      asRead: (record, { id }) => ({
        ...(each.idField === undefined ? {} : { _id: `${id!.partition}-${id!.offset}` }),
        ...(record as object),
      }),
    }),
    { describe, it },
  )
}
