// JSON lines by the suite of the formats.
import { describe, it } from 'vitest'
import { jsonLines } from '../../../src/format/json-lines.js'
import { runFormatConformance } from '../../../src/testing/index.js'

runFormatConformance<unknown>(
  'jsonLines',
  () => ({
    format: jsonLines({ idField: '_id' }),
    records: [{ a: 1 }, {}, { b: { c: ['grün', null] } }],
    refused: [7, { a: 1n }, { _id: 'taken' }, undefined],
    read: (bytes) =>
      Buffer.from(bytes)
        .toString()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown),
    asRead: (record, { id }) => ({ _id: `${id!.partition}-${id!.offset}`, ...(record as object) }),
  }),
  { describe, it },
)
