// CSV and Avro files, appended to over commits and restarts, read back by programs of others: Python's csv, fastavro, Hadoop's shell.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AvroCodec, avro, csv, type Format, MultiOutput } from '../../src/index.js'
import { dataFilesBelow } from '../readers/data-files.js'
import { readWith } from '../readers/read-with.js'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-csv-and-avro-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** Writes records in commits of two, each second one by a process that has just started; answers the files in the order of their names. */
async function written<R>(
  name: string,
  format: () => Format<R>,
  records: readonly R[],
  compression: 'none' | 'gzip' = 'none',
): Promise<string[]> {
  const location = path.join(directory, name)
  for (let from = 0; from < records.length; from += 4) {
    await using output = await MultiOutput.open<R>({ location, job: 'j', format: format(), compression })
    for (const [index, record] of records.slice(from, from + 4).entries()) {
      await output.write(record, { id: { topic: 't', partition: 0, offset: BigInt(from + index) } })
      if (index % 2 === 1) await output.commit()
    }
    await output.commit()
  }
  return dataFilesBelow(location)
}

const texts = ['plain', '', 'a,b', 'say "hi"', 'two\nlines', 'a\r\nb', '\rc', 'gr\u00fcn \u{1f600}', "'", ' x ']

test.each(['none', 'gzip'] as const)("Python's csv reads what was appended: %s", async (compression) => {
  const records = texts.map((text, index) => ({ text, number: index }))
  const format = (): Format<(typeof records)[number]> => csv({ columns: ['text', 'number'], idColumn: '_id' })
  const files = await written(`csv-${compression}`, format, records, compression)
  expect(files).toHaveLength(1)
  expect(await readWith('python csv', files)).toEqual([
    ['_id', 'text', 'number'],
    ...texts.map((text, index) => [`0-${index}`, text, String(index)]),
  ])
})

const schema = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'text', type: 'string' },
    { name: 'long', type: ['null', 'long'], default: null },
    { name: 'raw', type: 'bytes' },
    { name: 'tags', type: { type: 'array', items: { type: 'enum', name: 'Tag', symbols: ['A', 'B'] } }, default: [] },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
}

test.each<AvroCodec>(['null', 'deflate', 'snappy'])('fastavro reads what was appended: %s', async (codec) => {
  const longs = [0, -1, 2n ** 63n - 1n, -(2n ** 63n), null, 2 ** 53 - 1, 64, -65, 2 ** 31, 2n ** 53n]
  const records = texts.map((text, index) => ({
    text,
    long: longs[index]!,
    raw: Buffer.from([index, 255]),
    tags: index % 2 === 0 ? ['B', 'A'] : [],
    at: 1_700_000_000_000 + index,
  }))
  const format = (): Format<(typeof records)[number]> => avro({ schema, codec, idField: '_id' })
  const files = await written(`avro-${codec}`, format, records)
  expect(files).toHaveLength(1)
  expect(await readWith('fastavro', files)).toEqual(
    records.map(({ at, ...record }, index) => ({ _id: `0-${index}`, ...record, at: new Date(at) })),
  )
})

test('fastavro and Hadoop read a schema that grew, with the defaults of the records before', async () => {
  const grown = { ...schema, fields: [schema.fields[0], { name: 'note', type: ['null', 'string'], default: null }] }
  const first = { ...schema, fields: [schema.fields[0]] }
  const records = texts.map((text, index) => ({ text, ...(index % 2 === 0 ? {} : { note: `n${index}` }) }))
  const format = (): Format<(typeof records)[number]> =>
    avro({ schema: ({ note }) => (note === undefined ? first : grown) })
  const files = await written('grown', format, records)
  expect(files).toHaveLength(2)
  expect(await readWith('fastavro', files)).toEqual(
    records.map((record, index) => (index === 0 ? { text: 'plain' } : { note: null, ...record })),
  )
  const lines = (await readWith('hdfs dfs -text', files)) as string[]
  expect(lines.map((line) => (JSON.parse(line) as { text: string }).text)).toEqual(texts)
})
