// Records that do not fit a format, for each format: kept aside with the field that is to blame, the run goes on, ids and offsets stay exact.
import { expect, test } from 'vitest'
import { avro } from '../../src/format/avro.js'
import { csv } from '../../src/format/csv.js'
import type { Format } from '../../src/format/format.js'
import { jsonLines } from '../../src/format/json-lines.js'
import { parquet } from '../../src/format/parquet.js'
import { sequenceFile } from '../../src/format/sequence-file.js'
import { text } from '../../src/format/text.js'
import { recordsFrom } from '../../src/index.js'
import { verify } from '../../src/inspect/verify.js'
import { sourceFields } from '../../src/model/source-fields.js'
import type { SourceRecord } from '../../src/source/source.js'
import { jsonOf } from '../../src/source/value-record.js'
import { deadLetters } from '../sink/stored-records.js'
import { trial } from './trial.js'

interface Case {
  readonly name: string
  readonly format: Format<SourceRecord>
  readonly decode: 'json' | 'none'
  readonly mode?: 'new-file'
  readonly good: string
  /** What does not fit, and what is said of it. */
  readonly bad: readonly (readonly [value: string | Buffer, reason: RegExp])[]
}

const parsed = ({ parsed: value }: SourceRecord): unknown => value
const bytes = ({ value }: SourceRecord): Uint8Array => value as Uint8Array
const order = '{"order":"a","total":1}'

const cases: readonly Case[] = [
  {
    name: 'text',
    format: text({ prefixId: true, value: bytes }),
    decode: 'none',
    good: 'a line',
    bad: [['two\nlines', /its value .*line feed/]],
  },
  {
    name: 'jsonLines',
    format: jsonLines({ idField: '_id', value: jsonOf }),
    decode: 'json',
    good: order,
    bad: [
      ['{"order":"a","_id":7}', /field.*_id/],
      ['[1]', /no object.*field _id/],
    ],
  },
  {
    name: 'csv',
    format: csv({ columns: ['order', 'total'], idColumn: '_id', lookup: sourceFields }),
    decode: 'json',
    good: order,
    bad: [
      ['{"total":1}', /field order/],
      ['{"order":"\\ud800","total":1}', /field order contains half a surrogate pair/],
    ],
  },
  {
    name: 'avro',
    format: avro({
      schema: {
        type: 'record',
        name: 'Order',
        fields: [
          { name: 'order', type: 'string' },
          { name: 'total', type: 'double' },
        ],
      },
      idField: '_id',
      value: parsed,
    }),
    decode: 'json',
    good: order,
    bad: [
      ['{"order":1,"total":1}', /field order is 1; it must be string/],
      ['{"order":"a"}', /field total/],
    ],
  },
  {
    name: 'parquet',
    format: parquet({
      columns: { order: { type: 'string', required: true }, total: 'int32' },
      idColumn: '_id',
      value: parsed as (record: SourceRecord) => object,
    }),
    decode: 'json',
    mode: 'new-file',
    good: order,
    bad: [
      ['{"total":1}', /order.*required/],
      ['{"order":"a","total":1.5}', /total/],
      ['{"order":"a","unheard":1}', /unheard/],
    ],
  },
  {
    name: 'sequenceFile',
    format: sequenceFile({ value: bytes }),
    decode: 'none',
    good: 'a value',
    bad: [[Buffer.from([0xff]), /its value is not UTF-8/]],
  },
]

test.each(cases)('$name', async ({ format, decode, mode, good, bad }) => {
  // A good one before, between and behind them, and another run that goes on.
  const inputs = [good, ...bad.flatMap(([value]) => [value, good])]
  const sink = { format, ...(mode === undefined ? {} : { mode }) }
  const first = trial({ pipeline: { source: recordsFrom(inputs), decode }, sink })
  expect((await first.pipeline.run()).status).toMatchObject({
    records: inputs.length,
    badRecords: bad.length,
    committedRecords: inputs.length,
  })
  const { memory } = first
  const second = trial({ memory, pipeline: { source: recordsFrom([...inputs, good]), decode }, sink })
  expect((await second.pipeline.run()).status).toMatchObject({ records: 1, badRecords: 0, committedRecords: 1 })
  expect(await deadLetters(memory)).toMatchObject(
    bad.map(([value, reason], index) => ({
      offset: String(2 * index + 1),
      reason: expect.stringMatching(reason) as unknown,
      ...(typeof value === 'string' ? { value } : { valueBase64: value.toString('base64') }),
    })),
  )
  // Each id of what was read is in one file, whichever that is.
  const report = await verify(memory)
  expect(report).toMatchObject({ findings: [], lines: inputs.length + 1, filesWithoutIds: 0 })
})
