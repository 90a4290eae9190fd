// Parquet files of several commits and writers, read by pyarrow and by DuckDB: every value, every record once.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasZstd } from '../../src/format/zstd-frames.js'
import { MultiOutput, type ParquetColumns, type ParquetOptions, parquet } from '../../src/index.js'
import { dataFilesBelow } from '../readers/data-files.js'
import { readWith } from '../readers/read-with.js'
import { columnsOfEveryKind } from './parquet-columns.js'

type Row = Record<string, unknown>

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-parquet-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const columns = {
  ...columnsOfEveryKind,
  text: { type: 'string', required: true },
  // Nobody has a value for it.
  none: 'string',
} as const satisfies ParquetColumns

/** Of every kind, with nulls and borders among them. */
function rowAt(n: number): Row {
  const some = n % 3 === 0 ? null : n
  return {
    text: `${n} \u00e9\u{1f600} ${'#'.repeat(n % 50)}`,
    small: n % 2 === 0 ? 2 ** 31 - 1 - n : -(2 ** 31) + n,
    big: some === null ? null : -(2n ** 63n) + BigInt(n),
    double: [0.1, -1e300, Number.NaN, Number.POSITIVE_INFINITY][n % 4],
    flag: n % 7 < 3,
    time: some === null ? null : new Date(Date.UTC(2024, 1, 29) - n * 1e9),
    blob: Buffer.from([n % 256, 255, 0]),
    json: some === null ? null : { n, deep: [{ a: '\\ud800' }] },
    tags: [null, [], ['a', null, `${n}`]][n % 3],
    place: n % 5 === 0 ? null : { name: `p${n}`, points: n % 4 === 0 ? null : [{ x: n }, null, { x: null }] },
    none: null,
  }
}

async function write(location: string, options: ParquetOptions<Row>, rows: readonly Row[]): Promise<void> {
  let offset = 0
  // Three writers, each of which commits twice and dies with records that are not committed.
  for (let opened = 0; opened < 3; opened++) {
    const format = parquet<Row>(options)
    const partitioner = ({ flag }: Row): string => `flag=${String(flag)}`
    const output = await MultiOutput.open<Row>({ location, job: 'parquet', format, mode: 'new-file', partitioner })
    const until = Math.ceil((rows.length * (opened + 1)) / 3)
    for (const end of [Math.ceil((offset + until) / 2), until]) {
      for (; offset < end; offset++)
        await output.write(rows[offset]!, { id: { topic: 't', partition: 0, offset: BigInt(offset) } })
      await output.commit()
    }
    await output.write(
      { ...rows[0], text: 'never committed' },
      { id: { topic: 't', partition: 0, offset: BigInt(until) } },
    )
    await output.close()
  }
}

function byId(records: readonly unknown[]): unknown[] {
  const offsetOf = (record: unknown): number => Number((record as { id: string }).id.split('-')[1])
  return [...records].sort((a, b) => offsetOf(a) - offsetOf(b))
}

const codecs = ['uncompressed', 'snappy', 'gzip', ...(hasZstd() ? (['zstd'] as const) : [])] as const

describe.each(codecs)('%s', (codec) => {
  test('every kind of value, every record once', async () => {
    const rows = Array.from({ length: 3_000 }, (_, n) => rowAt(n))
    const location = path.join(directory, codec)
    await write(location, { columns, codec, idColumn: 'id', rowGroupRecords: 400 }, rows)
    const files = await dataFilesBelow(location)
    expect(files).toHaveLength(12)
    const expected = rows.map((row, n) => ({
      id: `0-${n}`,
      ...row,
      big: row.big === null ? null : row.big,
      json: row.json === null ? null : JSON.stringify(row.json),
    }))
    for (const reader of ['pyarrow', 'duckdb'] as const) expect(byId(await readWith(reader, files))).toEqual(expected)
  })
})

test('values of no bytes and of 20 MB', async () => {
  const rows = Array.from({ length: 9 }, (_, n) => ({
    text: n % 2 === 0 ? '' : String(n).repeat(20_000_000),
    flag: true,
  }))
  const location = path.join(directory, 'large')
  await write(location, { columns: { text: 'string', flag: 'boolean' }, idColumn: 'id' }, rows)
  const files = await dataFilesBelow(location)
  const expected = rows.map((row, n) => ({ id: `0-${n}`, ...row }))
  for (const reader of ['pyarrow', 'duckdb'] as const) {
    const found = byId(await readWith(reader, files))
    // Compared one by one: a difference of 20 MB is nothing to print.
    expect(found).toHaveLength(expected.length)
    for (const [index, row] of found.entries())
      expect(JSON.stringify(row) === JSON.stringify(expected[index]), `${reader}, row ${index}`).toBe(true)
  }
})

test('columns that came later are null in the rows before', async () => {
  const rows = Array.from(
    { length: 60 },
    (_, n): Row => ({ n, flag: true, ...(n >= 10 && n % 2 === 0 ? { extra: { n } } : {}) }),
  )
  const location = path.join(directory, 'grown')
  await write(location, { columns: { n: 'double' }, newFields: 'add', idColumn: 'id' }, rows)
  const files = await dataFilesBelow(location)
  // Of the first commits of three writers two have files of both kinds.
  expect(files.length).toBeLessThanOrEqual(6 + 3)
  const expected = rows.map((row, n) => {
    const extra = row.extra === undefined ? null : JSON.stringify(row.extra)
    return { id: `0-${n}`, n, flag: true, ...(extra === null ? {} : { extra }) }
  })
  const found = byId(await readWith('pyarrow', files)) as Row[]
  expect(found.map(({ extra, ...row }) => (extra === undefined || extra === null ? row : { ...row, extra }))).toEqual(
    expected,
  )
})
