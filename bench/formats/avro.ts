// Avro, beside the library's own writer of files; and beside its encoder alone, into one buffer: no file, and no look at the strings.
import { once } from 'node:events'
import avsc from 'avsc'
import { type AvroCodec, avro } from '../../src/index.js'
import { readAvro } from '../../test/format/read-avro.js'
import { type Order, orders } from '../writer/orders.js'
import {
  type FormatBench,
  idOf,
  LIBRARY_RATIO_MIN,
  PIECE_BYTES,
  type ReadOrder,
  type Sample,
  type Take,
} from './format-bench.js'

const fields = Object.entries(orders(1, 1)[0]!).map(([name, value]) => ({
  name,
  type: { string: 'string', number: name === 'order' ? 'long' : 'double', boolean: 'boolean' }[typeof value as string],
}))
const schema = { type: 'record', name: 'Order', fields }
const withId = { ...schema, fields: [{ name: '_id', type: 'string' }, ...fields] }
const type = avsc.Type.forSchema(schema as avsc.Schema)
const typeWithId = avsc.Type.forSchema(withId as avsc.Schema)

/** The library's stream that makes files. */
function wholeFiles(
  codec: 'null' | 'deflate',
  written: avsc.Type,
  recordOf: (sample: Sample) => object,
): FormatBench['bare'] {
  return async (samples, take) => {
    const encoder = new avsc.streams.BlockEncoder(written, { codec, blockSize: PIECE_BYTES })
    encoder.on('data', take)
    const ended = once(encoder, 'end')
    for (const sample of samples) if (!encoder.write(recordOf(sample))) await once(encoder, 'drain')
    encoder.end()
    await ended
  }
}

function encoderAlone(samples: readonly Sample[], take: Take): void {
  const block = Buffer.alloc(PIECE_BYTES)
  let used = 0
  for (const { order } of samples) {
    const next = type.encode(order, block, used)
    if (next >= 0) used = next
    else {
      take(Buffer.from(block.subarray(0, used)))
      used = type.encode(order, block, 0)
    }
  }
  take(block.subarray(0, used))
}

function formatOf(codec: AvroCodec, idField?: string): FormatBench['format'] {
  return () => avro<Order>({ schema, codec, ...(idField === undefined ? {} : { idField }) })
}

const read = async (file: Buffer): Promise<ReadOrder[]> => (await readAvro(file)) as ReadOrder[]

/** Uncompressed, and deflated by the same zlib. */
export const avroBenches: readonly FormatBench[] = [
  ...(['null', 'deflate'] as const).map((codec) => ({
    name: `avro ${codec}`,
    format: formatOf(codec),
    against: "avsc's files",
    bare: wholeFiles(codec, type, ({ order }) => order),
    read,
    ratioMin: LIBRARY_RATIO_MIN,
  })),
  {
    name: 'avro null, ids',
    format: formatOf('null', '_id'),
    hasIds: true,
    against: "avsc's files",
    bare: wholeFiles('null', typeWithId, (sample) => ({ _id: idOf(sample), ...sample.order })),
    read,
    ratioMin: LIBRARY_RATIO_MIN,
  },
  {
    name: 'avro null',
    format: formatOf('null'),
    against: "avsc's encoder alone",
    bare: encoderAlone,
    read,
    isBareUnreadable: true,
  },
]
