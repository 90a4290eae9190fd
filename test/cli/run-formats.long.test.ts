// `run` with the formats that are not lines: by the example's YAML and by flags, read back, and verified.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sequenceRecords } from '../../src/format/sequence-file/read.js'
import { parquetRows } from '../format/parquet-rows.js'
import { root, runCommandLine } from './run-command-line.js'
import { filesBelow } from './written-lines.js'

// Several processes a test, each of which compiles the command.
vi.setConfig({ testTimeout: 180_000 })

let folder: string
let location: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-formats-'))
  location = join(folder, 'out')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const dataFiles = (extension: string): Buffer[] =>
  filesBelow(location)
    .filter((path) => path.endsWith(`.${extension}`) && !path.includes('_multi_output'))
    .map((path) => readFileSync(path))

test('the example writes Parquet, grows a column, and keeps what does not fit', async () => {
  const yaml = join(folder, 'run.yaml')
  const example = readFileSync(`${root}/examples/run-parquet.yaml`, 'utf8')
  const files = join(folder, 'orders.jsonl')
  writeFileSync(yaml, example.replace('orders.jsonl', files).replace('./orders-parquet', location))
  const orders = [
    { order: '1', country: 'de', total: 1.5, placed: '2024-02-29T12:00:00Z', items: [{ name: 'a', count: 2 }] },
    { order: '2', country: 'de', note: 'new' },
    { order: '3', total: 'much' },
    { order: '4', country: 'de' },
  ]
  writeFileSync(files, orders.map((order) => `${JSON.stringify(order)}\n`).join(''))
  expect(runCommandLine(['run', yaml])).toMatchObject({
    status: 0,
    stderr: expect.stringMatching(/1 of them bad, kept aside/),
  })
  const rows = (await Promise.all(dataFiles('parquet').map(parquetRows))).flat()
  const rest = { country: 'de', total: null, placed: null, items: null }
  expect(rows).toEqual([
    { _id: '0-0', ...orders[0], placed: new Date('2024-02-29T12:00:00Z') },
    { _id: '0-1', ...rest, order: '2', note: 'new' },
    { _id: '0-3', ...rest, order: '4', note: null },
  ])
  expect(runCommandLine(['verify', location]).status).toBe(0)
})

test('a schema file and flags write Parquet too', async () => {
  const schema = join(folder, 'columns.json')
  writeFileSync(schema, '{ "n": "int64", "key": { "type": "string", "required": true } }')
  const words = ['run', '--stdin', '--location', location, '--job', 'j', '--mode', 'new-file']
  const input = '{"key":"a","n":1}\n{"key":"b"}\n'
  expect(runCommandLine([...words, '--format', 'parquet', '--schema-file', schema], { input }).status).toBe(0)
  expect((await Promise.all(dataFiles('parquet').map(parquetRows))).flat()).toEqual([
    { n: 1n, key: 'a' },
    { n: null, key: 'b' },
  ])
})

test('sequence files take the original bytes, with the id as the key', async () => {
  const words = ['run', '--stdin', '--location', location, '--job', 'j', '--decode', 'none', '--format', 'sequenceFile']
  expect(runCommandLine(words, { input: 'no {JSON\n\u00e9\n' }).status).toBe(0)
  const [bytes] = dataFiles('seq') as [Buffer]
  const records: string[] = []
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes
  }
  for await (const { key, value } of sequenceRecords(chunks(), bytes.length))
    records.push(`${key.toString()} ${value.toString()}`)
  expect(records).toEqual(['0-0 no {JSON', '0-1 \u00e9'])
  expect(runCommandLine(['verify', location]).status).toBe(0)
})
