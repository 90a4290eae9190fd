// Length-delimited bytes, beside copying them behind their length.
import { bytes } from '../../src/index.js'
import type { Order } from '../writer/orders.js'
import { type FormatBench, jsonBytesOf, PIECE_BYTES, type ReadOrder, type Sample, type Take } from './format-bench.js'

const LENGTH_BYTES = 4
const buffer = Buffer.alloc(PIECE_BYTES)

function bare(samples: readonly Sample[], take: Take): void {
  let used = 0
  for (const { order } of samples) {
    const value = jsonBytesOf(order)
    if (used + LENGTH_BYTES + value.length > buffer.length) {
      take(Buffer.from(buffer.subarray(0, used)))
      used = 0
    }
    used = buffer.writeUInt32BE(value.length, used)
    buffer.set(value, used)
    used += value.length
  }
  take(Buffer.from(buffer.subarray(0, used)))
}

function read(file: Buffer): ReadOrder[] {
  const found: ReadOrder[] = []
  for (let at = 0; at < file.length; ) {
    const begin = at + LENGTH_BYTES
    at = begin + file.readUInt32BE(at)
    found.push(JSON.parse(file.toString('utf8', begin, at)) as ReadOrder)
  }
  return found
}

/** Four bytes before each. */
export const bytesBenches: readonly FormatBench[] = [
  {
    name: 'bytes',
    format: () => bytes<Order>({ framing: 'uint32be', value: jsonBytesOf }),
    against: 'Buffer.set',
    bare,
    read,
  },
]
