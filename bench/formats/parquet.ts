// Parquet, beside the library's own function for a whole file: the same columns, ids, row groups and codec.
import { gzipSync } from 'node:zlib'
import type { CompressionCodec } from 'hyparquet'
import { ByteWriter, type ColumnSource, parquetWrite } from 'hyparquet-writer'
import { type ParquetCodec, parquet } from '../../src/index.js'
import { parquetRows } from '../../test/format/parquet-rows.js'
import type { Order } from '../writer/orders.js'
import { type FormatBench, idOf, LIBRARY_RATIO_MIN, type ReadOrder, type Sample, type Take } from './format-bench.js'

const ROW_GROUP_RECORDS = 20_000

const codecs = { uncompressed: 'UNCOMPRESSED', snappy: 'SNAPPY', gzip: 'GZIP' } as const satisfies Partial<
  Record<ParquetCodec, CompressionCodec>
>

/** As its README does it: the values of each column in an array, bigints for 64 bits. */
function wholeFile(codec: CompressionCodec, hasIds: boolean) {
  return (samples: readonly Sample[], take: Take): void => {
    const ids: string[] = []
    const keys: string[] = []
    const numbers: bigint[] = []
    const customers: string[] = []
    const totals: number[] = []
    const paid: boolean[] = []
    const notes: string[] = []
    for (const sample of samples) {
      const { order } = sample
      if (hasIds) ids.push(idOf(sample))
      keys.push(order.key)
      numbers.push(BigInt(order.order))
      customers.push(order.customer)
      totals.push(order.total)
      paid.push(order.paid)
      notes.push(order.note)
    }
    const id: ColumnSource = { name: '_id', data: ids, type: 'STRING', nullable: false }
    const columnData: ColumnSource[] = [
      ...(hasIds ? [id] : []),
      { name: 'key', data: keys, type: 'STRING' },
      { name: 'order', data: numbers, type: 'INT64' },
      { name: 'customer', data: customers, type: 'STRING' },
      { name: 'total', data: totals, type: 'DOUBLE' },
      { name: 'paid', data: paid, type: 'BOOLEAN' },
      { name: 'note', data: notes, type: 'STRING' },
    ]
    const writer = new ByteWriter()
    const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(bytes) }
    void parquetWrite({ writer, columnData, codec, compressors, rowGroupSize: ROW_GROUP_RECORDS })
    take(writer.getBytes())
  }
}

function formatOf(codec: ParquetCodec, hasIds: boolean): FormatBench['format'] {
  return () =>
    parquet<Order>({
      columns: {
        key: 'string',
        order: 'int64',
        customer: 'string',
        total: 'double',
        paid: 'boolean',
        note: 'string',
      },
      codec,
      rowGroupRecords: ROW_GROUP_RECORDS,
      ...(hasIds ? { idColumn: '_id' } : {}),
    })
}

async function read(file: Buffer): Promise<ReadOrder[]> {
  const rows = await parquetRows(file)
  return rows.map((row) => ({ ...row, order: Number(row.order) }) as unknown as ReadOrder)
}

/** With ids and without. */
export const parquetBenches: readonly FormatBench[] = (Object.keys(codecs) as (keyof typeof codecs)[]).flatMap(
  (codec) =>
    [false, true].map((hasIds) => ({
      name: `parquet ${codec}${hasIds ? ', ids' : ''}`,
      format: formatOf(codec, hasIds),
      hasIds,
      against: 'hyparquet-writer',
      bare: wholeFile(codecs[codec], hasIds),
      read,
      ratioMin: LIBRARY_RATIO_MIN,
    })),
)
