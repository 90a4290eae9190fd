// CSV by the suite of the formats.
import { describe, it } from 'vitest'
import { csv } from '../../../src/format/csv.js'
import { runFormatConformance } from '../../../src/testing/index.js'
import { parseCsv } from '../parse-csv.js'

const records = [
  { name: 'a', amount: 1 },
  { name: '', amount: null },
  { name: 'two\nlines, "so"', amount: 2.5 },
  { name: 'grün\r\n', amount: -7 },
]
const refused = [{ name: 'x' }, { name: '\ud800', amount: 1 }, { name: 'x', amount: Number.NaN }, null]
const cellsOf = ({ name, amount }: (typeof records)[number]): (string | null)[] => [
  name,
  amount === null ? null : String(amount),
]

runFormatConformance<unknown>(
  'csv',
  () => ({
    format: csv({ columns: ['name', 'amount'] }),
    records,
    refused,
    read: (bytes) => {
      const [header, ...rows] = parseCsv(bytes)
      if (header?.join() !== 'name,amount') throw new Error('it does not begin with the header')
      return rows
    },
    asRead: (record) => cellsOf(record as (typeof records)[number]),
  }),
  { describe, it },
)

runFormatConformance<unknown>(
  'csv without a header, with ids',
  () => ({
    format: csv({ columns: ['name', 'amount'], header: false, idColumn: 'id' }),
    records,
    refused,
    read: parseCsv,
    asRead: (record, { id }) => [`${id!.partition}-${id!.offset}`, ...cellsOf(record as (typeof records)[number])],
  }),
  { describe, it },
)
