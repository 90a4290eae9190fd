// What the readers of the tests find in files that others wrote, and that they complain of damage.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import avsc from 'avsc'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readWith } from './read-with.js'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hdfs-multi-output-readers-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function fileOf(name: string, ...pieces: readonly (string | Uint8Array)[]): Promise<string> {
  const file = path.join(directory, name)
  await writeFile(file, Buffer.concat(pieces.map((piece) => Buffer.from(piece as Uint8Array))))
  return file
}

/** A frame that holds `text`, at most 255 bytes, as it is. */
function zstdFrame(text: string): Buffer {
  const blockHeader = [((text.length << 3) | 1) & 0xff, (text.length << 3) >> 8, 0]
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, text.length, ...blockHeader]),
    Buffer.from(text, 'latin1'),
  ])
}

test('lines, plain and in several members and frames', async () => {
  const plain = await fileOf('plain.txt', 'a\n\nb \u00e9\n')
  const gzip = await fileOf('members.txt.gz', gzipSync('c\n'), gzipSync(''), gzipSync('d\ne\n'))
  const zstd = await fileOf('frames.txt.zst', zstdFrame('f\n'), zstdFrame('g\n'))
  const lines = ['a', '', 'b \u00e9', 'c', 'd', 'e']
  expect(await readWith('python lines', [plain, gzip, zstd])).toEqual([...lines, 'f', 'g'])
  expect(await readWith('hdfs dfs -text', [plain, gzip])).toEqual(lines)
  expect(await readWith('Hadoop lines', [plain, gzip])).toEqual(lines)
})

test('csv', async () => {
  const file = await fileOf('a.csv', 'a,b\n"x ""y"", z","1\n2"\n,\n')
  expect(await readWith('python csv', [file])).toEqual([
    ['a', 'b'],
    ['x "y", z', '1\n2'],
    ['', ''],
  ])
})

test('Avro, by fastavro and by Hadoop', async () => {
  const type = avsc.Type.forSchema({ type: 'record', name: 'r', fields: [{ name: 'n', type: 'long' }] })
  const encoder = new avsc.streams.BlockEncoder(type, { codec: 'deflate' })
  const pieces: Buffer[] = []
  encoder.on('data', (piece: Buffer) => pieces.push(piece))
  const ended = new Promise((resolve) => encoder.on('end', resolve))
  encoder.write({ n: 1 })
  encoder.end({ n: -2 })
  await ended
  const file = await fileOf('a.avro', ...pieces)
  expect(await readWith('fastavro', [file])).toEqual([{ n: 1 }, { n: -2 }])
  expect(await readWith('hdfs dfs -text', [file])).toEqual(['{"n":1}', '{"n":-2}'])
})

test('Parquet, with what JSON cannot say', async () => {
  const at = new Date('2024-02-29T23:59:59.999Z')
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'text', data: ['\u00e9', null], type: 'STRING' },
      { name: 'long', data: [2n ** 62n, -1n], type: 'INT64' },
      { name: 'double', data: [Number.NaN, Number.NEGATIVE_INFINITY], type: 'DOUBLE' },
      { name: 'bytes', data: [Uint8Array.of(0, 255), Uint8Array.of()], type: 'BYTE_ARRAY' },
      { name: 'time', data: [at, at], type: 'TIMESTAMP' },
    ],
  })
  const file = await fileOf('a.parquet', Buffer.from(bytes))
  const records = [
    { text: '\u00e9', long: 2n ** 62n, double: Number.NaN, bytes: Buffer.of(0, 255), time: at },
    { text: null, long: -1, double: Number.NEGATIVE_INFINITY, bytes: Buffer.of(), time: at },
  ]
  expect(await readWith('pyarrow', [file])).toEqual(records)
  expect(await readWith('duckdb', [file, file])).toEqual([...records, ...records])
})

test('damage is an error', async () => {
  const cut = await fileOf('cut.txt.gz', gzipSync('a line that is long enough to be cut\n').subarray(0, -10))
  await expect(readWith('python lines', [cut])).rejects.toThrow(/python lines ended with 1: .*EOFError/s)
  await expect(readWith('hdfs dfs -text', [cut])).rejects.toThrow(
    /hdfs dfs -text ended with 1: .*Unexpected end of ZLIB/s,
  )
  await expect(readWith('Hadoop lines', [cut])).rejects.toThrow(/Hadoop lines ended with 1: .*Unexpected end of input/s)
  const junk = await fileOf('junk', 'no container of any kind')
  for (const reader of ['fastavro', 'pyarrow', 'duckdb', 'SequenceFile.Reader'] as const)
    await expect(readWith(reader, [junk]), reader).rejects.toThrow(`${reader} ended with 1`)
  await expect(readWith('duckdb', [path.join(directory, 'absent')])).rejects.toThrow(/absent/)
})
