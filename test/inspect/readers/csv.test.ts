import { describe, expect, test } from 'vitest'
import { csv } from '../../../src/format/csv.js'
import { type Row, WrittenLocation } from '../written-location.js'

const withIds = csv<Row>({ columns: ['value', 'key'], idColumn: '_id' })

test.each([
  ['with a header', withIds, {}],
  ['without', csv<Row>({ columns: ['value', 'key'], header: false, idColumn: '_id' }), {}],
  ['with topics', csv<Row>({ columns: ['value'], idColumn: '_id', idForm: 'topic-partition-offset' }), {}],
  ['compressed', withIds, { compression: 'gzip' as const }],
])('finds nothing in an intact location: %s', async (_name, format, options) => {
  await (await WrittenLocation.write(format, options)).expectIntact()
})

test('rows may hold line ends, quotes and ids, and be longer than a chunk', async () => {
  const long = 'x,"\n'.repeat(50_000)
  const lines = { lookup: () => (row: Row) => `${row.value}\n0-0,"${long}` }
  const location = await WrittenLocation.write(
    csv<Row>({ columns: ['value'], idColumn: 'an "id"\nof two lines', ...lines }),
  )
  await location.expectIntact()
})

test('counts the rows of files without ids', async () => {
  const location = await WrittenLocation.write(csv<Row>({ columns: ['value'] }))
  expect(await location.verify()).toMatchObject({ findings: [], lines: 40, filesWithoutIds: 4 })
  const { path, bytes } = await location.first()
  const row = bytes.indexOf('\n', bytes.indexOf('\n') + 1)
  bytes[row] = 0x20
  await location.replace(path, bytes)
  const { findings } = await location.verify()
  expect(findings).toMatchObject([{ kind: 'MISSING_LINE', message: expect.stringContaining('has 14 rows') as string }])
})

test('a shape that nobody of ours wrote is read by its lines', async () => {
  const lines = {
    encode: ({ value }: Row, _context: unknown, sink: { text(text: string): void }) => sink.text(`${value}\n`),
  }
  const location = await WrittenLocation.write({ name: 'own', extension: 'csv', open: () => lines })
  expect(await location.verify()).toMatchObject({ findings: [], lines: 40, filesWithoutIds: 4 })
})

describe('finds what was planted', () => {
  async function planted(change: (rows: string[]) => void): Promise<{ location: WrittenLocation; path: string }> {
    const location = await WrittenLocation.write(withIds)
    const { path, bytes } = await location.first()
    const rows = bytes.toString().split('\n')
    change(rows)
    await location.replace(path, Buffer.from(rows.join('\n')), { sameLength: false })
    return { location, path }
  }

  test('a gap whose bytes another row took', async () => {
    const { location } = await planted((rows) => {
      const [taken] = rows.splice(2, 1)
      rows[1] = rows[1]!.replace('value', `value${'x'.repeat(taken!.length + 1)}`)
    })
    const { findings } = await location.verify()
    expect(findings).toMatchObject([
      { kind: 'MISSING_LINE', message: expect.stringMatching(/lacks 1 of the 15 records .*1-0/) as string },
    ])
  })

  test('a repeat', async () => {
    const { location, path } = await planted((rows) => {
      rows[2] = rows[1]!
    })
    const { findings } = await location.verify()
    expect(findings.map(({ kind }) => kind)).toEqual(['REPEATED_LINE', 'MISSING_LINE'])
    expect(findings[0]).toMatchObject({
      path,
      line: 2,
      id: '0-0',
      message: expect.stringContaining(' row 2 (byte ') as string,
    })
  })

  test('a row of another origin, and foreign bytes behind the end', async () => {
    const { location } = await planted((rows) => {
      rows[3] = rows[3]!.replace(/^[^,]*/, (id) => 'x'.repeat(id.length))
    })
    expect(await location.kindsFound()).toEqual(['FOREIGN_LINE', 'MISSING_LINE'])
    const { path, bytes } = await location.first()
    await location.replace(path, Buffer.concat([bytes, Buffer.from('0-99,x,y\n')]), { sameLength: false })
    expect(await location.kindsFound()).toEqual(['FOREIGN_BYTES', 'FOREIGN_LINE', 'MISSING_LINE'])
  })

  test('a quote that swallows the rest', async () => {
    const { location, path } = await planted((rows) => {
      rows[4] = rows[4]!.replace(',value', ',"alue')
    })
    const { findings } = await location.verify()
    expect(findings.map(({ kind }) => kind)).toEqual(['DAMAGED_FILE', 'MISSING_LINE'])
    expect(findings[0]).toMatchObject({ path, message: expect.stringContaining('a quote is missing') as string })
  })

  test('a header that is another', async () => {
    const { location } = await planted((rows) => {
      rows[0] = rows[0]!.replace('key', 'yek')
    })
    expect(await location.kindsFound()).toEqual(['DAMAGED_FILE'])
  })
})
