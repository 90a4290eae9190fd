// CSV, beside csv-stringify over a thousand records at once.
import { stringify } from 'csv-stringify/sync'
import { csv } from '../../src/index.js'
import { type Order, orders } from '../writer/orders.js'
import { type FormatBench, LIBRARY_RATIO_MIN } from './format-bench.js'

const columns = Object.keys(orders(1, 1)[0]!)
const RECORDS_AT_ONCE = 1_000

function bare(records: readonly Order[]): number {
  let bytes = 0
  for (let from = 0; from < records.length; from += RECORDS_AT_ONCE)
    bytes += Buffer.from(stringify(records.slice(from, from + RECORDS_AT_ONCE), { columns })).length
  return bytes
}

/** All fields as columns. */
export const csvBenches: readonly FormatBench[] = [
  { name: 'csv', format: () => csv<Order>({ columns }), against: 'csv-stringify', bare, ratioMin: LIBRARY_RATIO_MIN },
]
