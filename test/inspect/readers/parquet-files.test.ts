// What verify finds in Parquet files.
import { expect, test } from 'vitest'
import { type ParquetOptions, parquet } from '../../../src/index.js'
import { RecordingSink } from '../../format/recording-sink.js'
import { SampleLocation, type SampleRow } from './sample-location.js'

const format = (options: Partial<ParquetOptions<SampleRow>> = {}) =>
  parquet<SampleRow>({ columns: { text: 'string' }, idColumn: 'id', rowGroupRecords: 4, ...options })

const options = { mode: 'new-file' } as const

/** A file that holds these offsets of the sample; uncompressed, so that other ids of the same length leave it as long. */
function fileOf(ids: readonly (readonly [partition: number, offset: number])[]): Buffer {
  const writer = format({ codec: 'uncompressed' }).open({ length: 0 })
  const sink = new RecordingSink()
  for (const [partition, offset] of ids) {
    const id = { topic: 'events', partition, offset: BigInt(offset) }
    writer.encode({ text: `text ${offset}` }, { id }, sink)
  }
  writer.finish!(sink)
  return sink.written
}

test.each([{}, { codec: 'gzip' }, { idForm: 'topic-partition-offset', codec: 'uncompressed' }] as const)(
  'finds nothing in intact files, and every id: %j',
  async (more) => {
    const sample = await SampleLocation.written(format(more), options)
    expect(await sample.verify()).toMatchObject({ findings: [], files: 3, lines: 30, filesWithoutIds: 0 })
  },
)

test('counts the rows where there are no ids', async () => {
  const sample = await SampleLocation.written(parquet<SampleRow>({ columns: { text: 'string' } }), options)
  expect(await sample.verify()).toMatchObject({ findings: [], lines: 30, filesWithoutIds: 3 })
})

test('finds a repeat, a row that was never committed, and the gap that they leave', async () => {
  const sample = await SampleLocation.written(format({ codec: 'uncompressed' }), options)
  const ids = [0, 1, 2, 3, 3, 5, 6, 7, 8].map((offset) => [7, offset] as const)
  await sample.replaceFirst(() => fileOf([...ids, [8, 9]]))
  expect((await sample.kindsFound()).sort()).toEqual(['FOREIGN_LINE', 'MISSING_LINE', 'REPEATED_LINE'])
})

test('finds damage in the footer and in any column', async () => {
  const footless = await SampleLocation.written(format(), options)
  await footless.replaceFirst((bytes) => bytes.fill(0, bytes.length - 40))
  expect(await footless.kindsFound()).toEqual(expect.arrayContaining(['DAMAGED_FILE', 'MISSING_LINE']))

  const torn = await SampleLocation.written(format({ codec: 'gzip' }), options)
  await torn.replaceFirst((bytes) => {
    // The second compressed page is of the column that holds no ids.
    const magic = Buffer.of(0x1f, 0x8b, 8)
    bytes[bytes.indexOf(magic, bytes.indexOf(magic) + 1) + 20]! ^= 0xff
    return bytes
  })
  const { findings } = await torn.verify()
  expect(findings.map(({ kind }) => kind)).toContain('DAMAGED_FILE')
  expect(findings[0]!.message).toMatch(/cannot be read from byte \d+ on \(column text: /)
})
