// Avro, beside the library's own writer of files; and beside its encoder alone, into one buffer: no file, and no look at the strings.
import { once } from 'node:events'
import avsc from 'avsc'
import { type AvroCodec, avro } from '../../src/index.js'
import { type Order, orders } from '../writer/orders.js'
import { type FormatBench, LIBRARY_RATIO_MIN } from './format-bench.js'

const fields = Object.entries(orders(1, 1)[0]!).map(([name, value]) => ({
  name,
  type: { string: 'string', number: name === 'order' ? 'long' : 'double', boolean: 'boolean' }[typeof value as string],
}))
const schema = { type: 'record', name: 'Order', fields }
const type = avsc.Type.forSchema(schema as avsc.Schema)
const BLOCK_BYTES = 65_536

/** The library's stream that makes files. */
function wholeFiles(codec: 'null' | 'deflate'): FormatBench['bare'] {
  return async (records) => {
    let bytes = 0
    const encoder = new avsc.streams.BlockEncoder(type, { codec, blockSize: BLOCK_BYTES })
    encoder.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    for (const record of records) if (!encoder.write(record)) await once(encoder, 'drain')
    encoder.end()
    await once(encoder, 'end')
    return bytes
  }
}

function encoderAlone(records: readonly Order[]): number {
  const block = Buffer.alloc(BLOCK_BYTES)
  let bytes = 0
  let used = 0
  for (const record of records) {
    const next = type.encode(record, block, used)
    if (next >= 0) used = next
    else {
      bytes += Buffer.from(block.subarray(0, used)).length
      used = type.encode(record, block, 0)
    }
  }
  return bytes + used
}

function formatOf(codec: AvroCodec): FormatBench['format'] {
  return () => avro<Order>({ schema, codec })
}

/** Uncompressed, and deflated by the same zlib. */
export const avroBenches: readonly FormatBench[] = [
  ...(['null', 'deflate'] as const).map((codec) => ({
    name: `avro ${codec}`,
    format: formatOf(codec),
    against: "avsc's files",
    bare: wholeFiles(codec),
    ratioMin: LIBRARY_RATIO_MIN,
  })),
  { name: 'avro null', format: formatOf('null'), against: "avsc's encoder alone", bare: encoderAlone },
]
