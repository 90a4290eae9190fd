// The README's table of formats, modes and compressions: every cell is written, opened again, gone on with, and verified by its ids.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hasZstd } from '../../src/format/zstd-frames.js'
import {
  avro,
  bytes,
  type CompressionName,
  csv,
  custom,
  type Format,
  formatId,
  isMultiOutputError,
  jsonLines,
  type Mode,
  MultiOutput,
  type ParquetCodec,
  parquet,
  type RecordContext,
  sequenceFile,
  text,
} from '../../src/index.js'
import { verify } from '../../src/inspect/verify.js'
import { MemoryFileSystem } from '../../src/testing/index.js'

interface Row {
  readonly value: string
}

interface Tried {
  readonly format: () => Format<Row>
  /** What it compresses with by itself. */
  readonly inside?: Readonly<Record<string, () => Format<Row>>>
}

const schema = { type: 'record', name: 'Row', fields: [{ name: 'value', type: 'string' }] }
const avroWith = (codec: 'null' | 'deflate' | 'snappy' | 'zstandard') => () =>
  avro<Row>({ schema, idField: '_id', codec })
const parquetWith = (codec: ParquetCodec) => () =>
  parquet<Row>({ columns: { value: 'string' }, idColumn: '_id', codec })
const sequenceWith = (compression: 'record' | 'block', codec: 'deflate' | 'gzip') => () =>
  sequenceFile<Row>({ compression, codec })

const formats: Readonly<Record<string, Tried>> = {
  text: { format: () => text<Row>({ prefixId: true }) },
  jsonLines: { format: () => jsonLines<Row>({ idField: '_id' }) },
  csv: { format: () => csv<Row>({ columns: ['value'], idColumn: '_id' }) },
  bytes: { format: () => bytes<Row>({ framing: 'varint', prefixId: true }) },
  custom: {
    format: () => {
      const encode = ({ value }: Row, { id }: RecordContext) => `${formatId(id!)}\t${value}\n`
      return custom<Row>({ name: 'mine', extension: 'mine', encode })
    },
  },
  avro: {
    format: avroWith('null'),
    inside: { deflate: avroWith('deflate'), snappy: avroWith('snappy'), zstandard: avroWith('zstandard') },
  },
  sequenceFile: {
    format: () => sequenceFile<Row>(),
    inside: {
      'record deflate': sequenceWith('record', 'deflate'),
      'record gzip': sequenceWith('record', 'gzip'),
      'block deflate': sequenceWith('block', 'deflate'),
      'block gzip': sequenceWith('block', 'gzip'),
    },
  },
  parquet: {
    format: parquetWith('uncompressed'),
    inside: { snappy: parquetWith('snappy'), gzip: parquetWith('gzip'), zstd: parquetWith('zstd') },
  },
}

const modes = ['append', 'concat', 'new-file'] as const
const compressions = ['none', 'gzip', 'zstd'] as const
const RECORDS = 12
/** Records in the commits of a writer. */
const COMMITS = [2, 1] as const

/** Whether it works: refused by the options is no, anything but every record once is a failure of the test. */
async function works(make: () => Format<Row>, mode: Mode, compression: CompressionName): Promise<boolean> {
  const fileSystem = new MemoryFileSystem()
  try {
    for (let offset = 0; offset < RECORDS; ) {
      // Each writer finds the file of the one before, and commits twice.
      const options = { fileSystem, job: 'table', format: make(), mode, compression }
      await using output = await MultiOutput.open<Row>(options)
      for (const records of COMMITS) {
        for (const end = offset + records; offset < end; offset++)
          await output.write({ value: `value ${offset}` }, { id: { topic: 't', partition: 0, offset: BigInt(offset) } })
        await output.commit()
      }
    }
  } catch (error) {
    if (isMultiOutputError(error, 'WRONG_OPTIONS')) return false
    throw error
  }
  const { findings, lines, files, filesWithoutIds } = await verify(fileSystem)
  expect({ findings, lines, filesWithoutIds }, `${mode} ${compression}`).toEqual({
    findings: [],
    lines: RECORDS,
    filesWithoutIds: 0,
  })
  // A file grows over commits and writers, or each commit makes one.
  expect(files).toBe(mode === 'new-file' ? (RECORDS / 3) * COMMITS.length : 1)
  return true
}

async function cell({ format, inside = {} }: Tried, mode: Mode): Promise<string> {
  const whole: string[] = []
  for (const compression of compressions) if (await works(format, mode, compression)) whole.push(compression)
  const codecs: string[] = []
  for (const [name, make] of Object.entries(inside)) if (await works(make, mode, 'none')) codecs.push(name)
  if (whole.length === 0) return '–'
  return codecs.length === 0 ? whole.join(', ') : `${whole.join(', ')}; inside: ${codecs.join(', ')}`
}

test('the table of formats in README.md is what they do', async () => {
  const rows = [`| format | ${modes.map((mode) => `\`${mode}\``).join(' | ')} |`, '|---|---|---|---|']
  for (const [name, tried] of Object.entries(formats)) {
    const cells: string[] = []
    for (const mode of modes) cells.push(await cell(tried, mode))
    rows.push(`| \`${name}\` | ${cells.join(' | ')} |`)
  }
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const begin = readme.indexOf(rows[0]!)
  const table = readme.slice(begin).split('\n').slice(0, rows.length).join('\n')
  expect(hasZstd() ? table : withoutZstd(table)).toBe(rows.join('\n'))
})

/** As Node has it that has no zstd: before 22.15. */
function withoutZstd(table: string): string {
  return table.replaceAll(/, (?:zstd|zstandard)\b/g, '')
}
