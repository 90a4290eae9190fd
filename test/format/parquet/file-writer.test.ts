// A row group that cannot be written is told to whoever ends the attempt, not taken for a bad record.
import { expect, test } from 'vitest'
import { ParquetFileWriter } from '../../../src/format/parquet/file-writer.js'
import { RecordingSink } from '../recording-sink.js'

test('a row group that fails is the fault of no record, and comes up whenever something is handed on', () => {
  const codec = {
    name: 'GZIP' as const,
    compressors: {
      GZIP: () => {
        throw new Error('no memory left')
      },
    },
  }
  const columns = [{ name: 'a', required: false, kind: { type: 'int32' as const } }]
  const writer = new ParquetFileWriter(columns, { codec, metadata: [], rowGroupBytes: 1e6, rowGroupRecords: 2 })
  const sink = new RecordingSink()
  for (let count = 0; count < 5; count++) writer.add([count], 8, sink)
  expect(writer.heldBytes).toBe(40)
  expect(() => writer.endRowGroup(sink)).toThrow('no memory left')
  expect(() => writer.finish(sink)).toThrow('no memory left')
  expect(sink.calls).toBe(0)
})
