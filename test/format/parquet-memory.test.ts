// Parquet under pressure: little memory, many keys, uploads that stay open; every record once all the same, and footers last.
import { expect, test } from 'vitest'
import { MultiOutput, type MultiOutputOptions, parquet } from '../../src/index.js'
import { readLocation } from '../../src/inspect/read-location.js'
import { verify } from '../../src/inspect/verify.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { parquetRows } from './parquet-rows.js'

interface Row {
  readonly key: number
  readonly text: string
}

const RECORDS = 3_000
const KEYS = 20

test.each<[string, Partial<MultiOutputOptions<Row>>]>([
  ['less memory than a row group of each key', { bufferedBytesMax: 20_000 }],
  ['one open upload for twenty keys', { streamThresholdBytes: 1_000, openUploadsMax: 1, bufferedBytesMax: 50_000 }],
  ['files that are full in the middle of a commit', { roll: { fileSizeBytesMax: 2_000 } }],
])('%s', async (_name, options) => {
  const fileSystem = new MemoryFileSystem()
  const format = parquet<Row>({ columns: { key: 'int32', text: 'string' }, idColumn: 'id' })
  const job = { fileSystem, job: 'j', format, mode: 'new-file', ...options } as const
  const output = await MultiOutput.open<Row>({ ...job, partitioner: ({ key }) => `key=${key}` })
  for (let offset = 0; offset < RECORDS; offset++) {
    const record = { key: (offset * 7) % KEYS, text: `text ${offset} ${'x'.repeat(offset % 90)}` }
    const wait = output.write(record, { id: { topic: 't', partition: 0, offset: BigInt(offset) } })
    if (wait !== undefined) await wait
    if (offset === RECORDS / 2) await output.commit()
  }
  await output.commit()
  await output.close()
  expect(await verify(fileSystem)).toMatchObject({ findings: [], lines: RECORDS, filesWithoutIds: 0 })
  const { tasks } = await readLocation(fileSystem)
  const texts: string[] = []
  for (const { path } of tasks.flatMap(({ sealedFiles }) => sealedFiles))
    for (const row of await parquetRows(await fileSystem.read(path))) texts.push(row.text as string)
  const numbers = texts.map((text) => Number(text.split(' ')[1])).sort((a, b) => a - b)
  expect(numbers).toEqual(Array.from({ length: RECORDS }, (_, offset) => offset))
})
