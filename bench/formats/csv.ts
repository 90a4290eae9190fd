// CSV, beside csv-stringify over a thousand records at once.
import { stringify } from 'csv-stringify/sync'
import { csv } from '../../src/index.js'
import { parseCsv } from '../../test/format/parse-csv.js'
import { type Order, orders } from '../writer/orders.js'
import { type FormatBench, idOf, LIBRARY_RATIO_MIN, type ReadOrder, type Sample, type Take } from './format-bench.js'

const columns = Object.keys(orders(1, 1)[0]!)
const RECORDS_AT_ONCE = 1_000

function bare(names: readonly string[], rowOf: (sample: Sample) => object) {
  return (samples: readonly Sample[], take: Take): void => {
    for (let from = 0; from < samples.length; from += RECORDS_AT_ONCE) {
      const rows = samples.slice(from, from + RECORDS_AT_ONCE).map(rowOf)
      take(Buffer.from(stringify(rows, { columns: [...names], header: from === 0 })))
    }
  }
}

function read(file: Buffer): ReadOrder[] {
  const [names, ...rows] = parseCsv(file)
  return rows.map((row) => {
    const cells = Object.fromEntries(names!.map((name, index) => [name, row[index] ?? '']))
    const { order, total, paid } = cells
    return { ...cells, order: Number(order), total: Number(total), paid: paid === 'true' } as unknown as ReadOrder
  })
}

/** All fields as columns. */
export const csvBenches: readonly FormatBench[] = [
  {
    name: 'csv',
    format: () => csv<Order>({ columns }),
    against: 'csv-stringify',
    // Booleans are written as the format writes them: the library makes 1 of true.
    bare: bare(columns, ({ order }) => ({ ...order, paid: String(order.paid) })),
    read,
    ratioMin: LIBRARY_RATIO_MIN,
  },
  {
    name: 'csv, ids',
    format: () => csv<Order>({ columns, idColumn: '_id' }),
    hasIds: true,
    against: 'csv-stringify',
    bare: bare(['_id', ...columns], (sample) => ({
      _id: idOf(sample),
      ...sample.order,
      paid: String(sample.order.paid),
    })),
    read,
    ratioMin: LIBRARY_RATIO_MIN,
  },
]
