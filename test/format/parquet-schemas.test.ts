// Parquet with columns that come later: a new file for them, and only one, however old and new records alternate.
import { describe, expect, test } from 'vitest'
import { MultiOutput, type ParquetColumns, type ParquetOptions, parquet } from '../../src/index.js'
import { readLocation } from '../../src/inspect/read-location.js'
import { MemoryFileSystem } from '../../src/testing/index.js'
import { parquetRows } from './parquet-rows.js'
import { refusal } from './recording-sink.js'

type Row = Record<string, unknown>

interface Written {
  /** The rows of each file, in the order of their names. */
  readonly files: readonly (readonly Row[])[]
  readonly refused: readonly string[]
}

async function write(options: ParquetOptions<Row>, records: readonly Row[], commitEach = 1e9): Promise<Written> {
  const fileSystem = new MemoryFileSystem()
  const refused: string[] = []
  const output = await MultiOutput.open<Row>({ fileSystem, job: 'j', format: parquet<Row>(options), mode: 'new-file' })
  for (const [offset, record] of records.entries()) {
    try {
      await output.write(record, { id: { topic: 't', partition: 0, offset: BigInt(offset) } })
    } catch (error) {
      refused.push((error as Error).message)
    }
    if ((offset + 1) % commitEach === 0) await output.commit()
  }
  await output.commit()
  await output.close()
  const { tasks } = await readLocation(fileSystem)
  const paths = tasks.flatMap(({ sealedFiles }) => sealedFiles.map(({ path }) => path)).sort()
  const read = async (path: string) => parquetRows(await fileSystem.read(path))
  return { files: await Promise.all(paths.map(read)), refused }
}

describe('newFields: add', () => {
  test('alternating records make one file more, not one a flip', async () => {
    const records = Array.from({ length: 20 }, (_, n): Row => (n % 2 === 0 ? { n } : { n, extra: `e${n}` }))
    const { files } = await write({ columns: { n: 'double' }, newFields: 'add' }, records)
    expect(files).toHaveLength(2)
    expect(files[0]).toEqual([{ n: 0 }])
    expect(files[1]).toEqual(records.slice(1).map((record) => ({ extra: null, ...record })))
  })

  test('what was added stays for the files of later commits', async () => {
    const records = Array.from({ length: 12 }, (_, n): Row => (n === 1 ? { n, extra: true } : { n }))
    const { files } = await write({ columns: {}, newFields: 'add' }, records, 4)
    expect(files.map((rows) => rows.map((row) => Object.keys(row).length))).toEqual([
      [1],
      [2, 2, 2],
      [2, 2, 2, 2],
      [2, 2, 2, 2],
    ])
  })

  test('finds a column for every kind of value, inside structs and lists too', async () => {
    const at = new Date(5)
    const columns = { s: { struct: { a: 'double' } }, l: { list: { struct: { b: 'double' } } } } as const
    const record = {
      s: { a: 1, c: 'c' },
      l: [{ b: 1 }, { d: false }],
      t: 'x',
      n: 1.5,
      i: 2n ** 60n,
      f: true,
      at,
      j: { k: [1] },
    }
    const { files } = await write({ columns, newFields: 'add' }, [record, { j: [] }])
    expect(files).toEqual([
      [
        {
          ...record,
          l: [
            { b: 1, d: null },
            { b: null, d: false },
          ],
        },
        { s: null, l: null, t: null, n: null, i: null, f: null, at: null, j: [] },
      ],
    ])
  })

  test('refuses what cannot be merged by its column, and goes on in the same file', async () => {
    const { files, refused } = await write({ columns: {}, newFields: 'add' }, [
      { a: 'x' },
      { a: 1 },
      { a: 1, b: 2 },
      { a: 'y' },
    ])
    expect(refused).toHaveLength(2)
    for (const message of refused) expect(message).toMatch(/BAD|column a: it holds string, and this is the number 1/)
    expect(files).toEqual([[{ a: 'x' }, { a: 'y' }]])
  })

  test('a record that is refused leaves no column behind', async () => {
    const { files, refused } = await write({ columns: { a: 'int32' }, newFields: 'add' }, [
      { a: 1 },
      { a: 1.5, b: 1 },
      { f: () => 1, g: 1 },
      { a: 2 },
    ])
    expect(refused).toEqual([
      expect.stringMatching(/column a: 1.5/),
      expect.stringMatching(/column f: no column holds a function/),
    ])
    expect(files).toEqual([[{ a: 1 }, { a: 2 }]])
  })

  test('has no file for a record without any field', async () => {
    const { files, refused } = await write({ columns: {}, newFields: 'add' }, [{}, { a: null }, { a: 1 }])
    expect(refused).toEqual([expect.stringMatching(/it has no field/), expect.stringMatching(/it has no field/)])
    expect(files).toEqual([[{ a: 1 }]])
  })
})

describe('columns by record', () => {
  const versions: Record<number, ParquetColumns> = {
    1: { v: 'int32', a: { type: 'int32', required: true } },
    2: { v: 'int32', a: 'int64', b: { list: { struct: { c: 'string' } } } },
    3: {
      v: 'int32',
      a: 'int64',
      b: { list: { struct: { c: 'string', d: 'boolean' } } },
      e: { type: 'double', required: true },
    },
    4: { v: 'int32', a: 'string' },
    5: { v: 'int32', b: { struct: { c: 'string' } } },
    6: { v: 'what' as never },
  }
  const columns = ({ v }: Row): ParquetColumns => versions[v as number]!

  test('versions that alternate share a file once the widest is known; every record keeps what it has', async () => {
    const one = { v: 1, a: 7 }
    const two = { v: 2, a: 2n ** 40n, b: [{ c: 'x' }] }
    const three = { v: 3, b: [{ c: 'y', d: true }], e: 0.5 }
    const { files, refused } = await write({ columns }, [one, one, two, one, three, two, one, three])
    expect(refused).toEqual([])
    const last = { a: null, b: null, e: null }
    const wideTwo = { ...last, ...two, b: [{ c: 'x', d: null }] }
    expect(files).toEqual([
      [one, one],
      [two, { v: 1, a: 7n, b: null }],
      [{ ...last, ...three }, wideTwo, { ...last, v: 1, a: 7n }, { ...last, ...three }],
    ])
  })

  test('a required column stays required while all records have it', () => {
    const writer = parquet<Row>({ columns }).open({ length: 0 })
    expect(refusal(writer, { v: 1 })).toMatchObject({
      message: expect.stringMatching(/column a: it is required/) as string,
    })
  })

  test('schemas that cannot be merged are refused, the column named', async () => {
    const { files, refused } = await write({ columns }, [
      { v: 2, a: 1 },
      { v: 4, a: 'x' },
      { v: 5, b: { c: 'x' } },
      { v: 6 },
      { v: 2, a: 2 },
    ])
    expect(refused).toEqual([
      expect.stringMatching(/column a: it is int64 in records before and string in this one/),
      expect.stringMatching(/column b: it is list in records before and struct in this one/),
      expect.stringMatching(/column v: "what" is no type/),
    ])
    expect(files.map((rows) => rows.length)).toEqual([2])
  })
})
