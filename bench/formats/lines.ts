// Text and JSON lines, beside gathering strings and encoding them as UTF-8.
import { jsonLines, text } from '../../src/index.js'
import type { Order } from '../writer/orders.js'
import { type FormatBench, LIBRARY_RATIO_MIN, PIECE_CHARACTERS } from './format-bench.js'

const values = new WeakMap<Order, string>()

function jsonOf(order: Order): string {
  let value = values.get(order)
  if (value === undefined) {
    value = JSON.stringify(order)
    values.set(order, value)
  }
  return value
}

function gathered(records: readonly Order[], lineOf: (order: Order) => string): number {
  let bytes = 0
  let piece = ''
  for (const record of records) {
    piece += `${lineOf(record)}\n`
    if (piece.length < PIECE_CHARACTERS) continue
    bytes += Buffer.from(piece).length
    piece = ''
  }
  return bytes + Buffer.byteLength(piece)
}

/** Text of strings, and JSON lines. */
export const lines: readonly FormatBench[] = [
  {
    name: 'text',
    format: () => text<Order>({ value: jsonOf }),
    against: 'strings to UTF-8',
    bare: (records) => gathered(records, jsonOf),
  },
  {
    name: 'jsonLines',
    format: () => jsonLines<Order>(),
    against: 'JSON.stringify, UTF-8',
    ratioMin: LIBRARY_RATIO_MIN,
    bare: (records) => gathered(records, (order) => JSON.stringify(order)),
  },
]
