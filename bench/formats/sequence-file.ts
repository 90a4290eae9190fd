// Sequence files, for which JavaScript has no library: beside the plainest loop that makes the same bytes, without a bound.
import { deflateSync } from 'node:zlib'
import { headerBytes } from '../../src/format/sequence-file/layout.js'
import { sequenceRecords } from '../../src/format/sequence-file/read.js'
import { type SequenceFileOptions, sequenceFile } from '../../src/index.js'
import type { Order } from '../writer/orders.js'
import { type FormatBench, idOf, jsonOf, PIECE_BYTES, type ReadOrder, type Sample, type Take } from './format-bench.js'

const SYNC_INTERVAL_BYTES = 100 * 1024
const BLOCK_BYTES = 1_000_000
const ROOM_BYTES = 1_024
const sync = Buffer.alloc(16, 7)
const syncEscape = Buffer.concat([Buffer.of(255, 255, 255, 255), sync])

function header(compression: 'none' | 'block'): Buffer {
  return headerBytes({
    valueClass: 'Text',
    compression,
    codecClassName: 'org.apache.hadoop.io.compress.DefaultCodec',
    metadata: { 'hdfs-multi-output.key': 'partition-offset' },
    syncMarker: sync,
  })
}

/** Hadoop's variable-length integer, as far as these records need it. */
function putLength(bytes: Buffer, at: number, length: number): number {
  if (length > 127) bytes[at++] = 0x8f
  bytes[at++] = length
  return at
}

function putText(bytes: Buffer, at: number, text: string): number {
  const length = Buffer.byteLength(text)
  const begin = putLength(bytes, at, length)
  return begin + bytes.write(text, begin)
}

/** Each record into one buffer, its lengths before it once they are known. */
function recordByRecord(samples: readonly Sample[], take: Take): void {
  const buffer = Buffer.alloc(PIECE_BYTES)
  let used = header('none').copy(buffer)
  let sinceSyncBytes = 0
  for (const sample of samples) {
    if (used + ROOM_BYTES > buffer.length) {
      take(Buffer.from(buffer.subarray(0, used)))
      used = 0
    }
    if (sinceSyncBytes >= SYNC_INTERVAL_BYTES) {
      used += syncEscape.copy(buffer, used)
      sinceSyncBytes = 0
    }
    const keyEnd = putText(buffer, used + 8, idOf(sample))
    const end = putText(buffer, keyEnd, jsonOf(sample.order))
    buffer.writeInt32BE(end - used - 8, used)
    buffer.writeInt32BE(keyEnd - used - 8, used + 4)
    sinceSyncBytes += end - used
    used = end
  }
  take(Buffer.from(buffer.subarray(0, used)))
}

/** Keys, values and their lengths into a buffer each, compressed when both together are a megabyte. */
function blockByBlock(samples: readonly Sample[], take: Take): void {
  const [keyLengths, keys, valueLengths, values] = Array.from({ length: 4 }, () =>
    Buffer.alloc(BLOCK_BYTES + ROOM_BYTES),
  )
  const used = { keyLengths: 0, keys: 0, valueLengths: 0, values: 0, records: 0 }
  take(header('block'))
  const end = (): void => {
    const number = Buffer.alloc(5)
    const put = (value: number): void => take(Buffer.from(number.subarray(0, writeVariable(number, value))))
    take(syncEscape)
    put(used.records)
    const parts = [
      keyLengths!.subarray(0, used.keyLengths),
      keys!.subarray(0, used.keys),
      valueLengths!.subarray(0, used.valueLengths),
      values!.subarray(0, used.values),
    ]
    for (const part of parts) {
      const compressed = deflateSync(part)
      put(compressed.length)
      take(compressed)
    }
    Object.assign(used, { keyLengths: 0, keys: 0, valueLengths: 0, values: 0, records: 0 })
  }
  for (const sample of samples) {
    const keyEnd = putText(keys!, used.keys, idOf(sample))
    used.keyLengths = putLength(keyLengths!, used.keyLengths, keyEnd - used.keys)
    used.keys = keyEnd
    const valueEnd = putText(values!, used.values, jsonOf(sample.order))
    used.valueLengths = putLength(valueLengths!, used.valueLengths, valueEnd - used.values)
    used.values = valueEnd
    used.records++
    if (used.keys + used.values >= BLOCK_BYTES) end()
  }
  if (used.records > 0) end()
}

function writeVariable(bytes: Buffer, value: number): number {
  if (value <= 127) return bytes.writeUInt8(value, 0)
  const length = Math.ceil((32 - Math.clz32(value)) / 8)
  bytes.writeUInt8(0x100 - 112 - length, 0)
  return bytes.writeUIntBE(value, 1, length)
}

async function read(file: Buffer): Promise<ReadOrder[]> {
  const found: ReadOrder[] = []
  const chunks = (async function* () {
    yield file
  })()
  for await (const { key, value } of sequenceRecords(chunks, file.length))
    found.push({ _id: key.toString(), ...(JSON.parse(value.toString()) as Order) })
  return found
}

function formatOf(options: SequenceFileOptions<Order>): FormatBench['format'] {
  return () => sequenceFile<Order>({ value: jsonOf, ...options })
}

/** Uncompressed, and in compressed blocks. */
export const sequenceFileBenches: readonly FormatBench[] = [
  {
    name: 'sequenceFile',
    format: formatOf({}),
    hasIds: true,
    against: 'the plainest loop',
    bare: recordByRecord,
    read,
  },
  {
    name: 'sequenceFile block',
    format: formatOf({ compression: 'block' }),
    hasIds: true,
    against: 'the plainest loop, deflateSync',
    bare: blockByBlock,
    read,
  },
]
