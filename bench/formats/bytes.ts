// Length-delimited bytes, beside copying them behind their length.
import { bytes } from '../../src/index.js'
import type { Order } from '../writer/orders.js'
import type { FormatBench } from './format-bench.js'

const values = new WeakMap<Order, Buffer>()

function jsonOf(order: Order): Buffer {
  let value = values.get(order)
  if (value === undefined) {
    value = Buffer.from(JSON.stringify(order))
    values.set(order, value)
  }
  return value
}

const LENGTH_BYTES = 4
const buffer = Buffer.alloc(65_536)

function bare(records: readonly Order[]): number {
  let all = 0
  let used = 0
  for (const record of records) {
    const value = jsonOf(record)
    if (used + LENGTH_BYTES + value.length > buffer.length) {
      all += Buffer.from(buffer.subarray(0, used)).length
      used = 0
    }
    used = buffer.writeUInt32BE(value.length, used)
    buffer.set(value, used)
    used += value.length
  }
  return all + used
}

/** Four bytes before each. */
export const bytesBenches: readonly FormatBench[] = [
  { name: 'bytes', format: () => bytes<Order>({ framing: 'uint32be', value: jsonOf }), against: 'Buffer.set', bare },
]
