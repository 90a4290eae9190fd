// `run` with CSV, Avro and length-delimited bytes: by the examples' YAML, read back, and verified.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { parseCsv } from '../format/parse-csv.js'
import { readAvro } from '../format/read-avro.js'
import { root, runCommandLine } from './run-command-line.js'
import { filesBelow } from './written-lines.js'

// Several processes a test, each of which compiles the command.
vi.setConfig({ testTimeout: 180_000 })

let folder: string
let location: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-csv-and-avro-'))
  location = join(folder, 'out')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const filesOf = (extension: string, directory = ''): Buffer[] =>
  filesBelow(location)
    .filter((path) => path.endsWith(`.${extension}`) && path.includes(directory) && !path.includes('_multi_output'))
    .sort()
    .map((path) => readFileSync(path))

const deadLetters = (): unknown[] =>
  [...filesOf('jsonl', '_dead'), ...filesOf('jsonl.gz', '_dead').map((bytes) => gunzipSync(bytes))].flatMap((bytes) =>
    bytes
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown),
  )

/** Runs an example on these orders. */
function runExample(name: string, orders: readonly unknown[]): void {
  const yaml = join(folder, name)
  const files = join(folder, 'orders.jsonl')
  const example = readFileSync(`${root}/examples/${name}`, 'utf8')
  const text = example
    .replace('orders.jsonl', files)
    .replace(/\.\/orders-(csv|avro)/, location)
    .replace('examples/order.avsc', join(root, 'examples/order.avsc'))
  writeFileSync(yaml, text)
  writeFileSync(files, orders.map((order) => `${JSON.stringify(order)}\n`).join(''))
  expect(runCommandLine(['run', yaml])).toMatchObject({ status: 0 })
}

test('the example writes CSV with columns by path, and goes on with its files', () => {
  const orders = [
    { order: '1', country: 'de', customer: { name: 'Grün, "Ada"\nUlm' }, total: 1.5 },
    { order: '2', country: 'de' },
    { order: '\ud800', country: 'de' },
  ]
  runExample('run-csv.yaml', orders)
  runExample('run-csv.yaml', [...orders, { order: '', country: 'de', total: 3 }])
  const [bytes, ...others] = filesOf('csv.gz')
  expect(others).toEqual([])
  const readAt = expect.stringMatching(/^\d+$/) as unknown
  expect(parseCsv(gunzipSync(bytes!))).toEqual([
    ['_id', 'order', 'customer', 'total', 'read_at'],
    ['0-0', '1', 'Grün, "Ada"\nUlm', '1.5', readAt],
    ['0-1', '2', null, null, readAt],
    ['0-3', '', null, '3', readAt],
  ])
  expect(deadLetters()).toMatchObject([{ reason: expect.stringContaining('field order') as unknown }])
  expect(runCommandLine(['verify', location]).status).toBe(0)
})

test('the example writes Avro, and keeps what does not fit with the field that is to blame', async () => {
  const orders = [
    { order: '1', country: 'de', total: 1.5, placed: 1_709_208_000_000 },
    { order: 2, country: 'de' },
    { order: '3', country: 'de', unheard: 'of' },
    { order: '4', country: 'de', total: 'much' },
    { order: '5', country: 'de' },
  ]
  runExample('run-avro.yaml', orders)
  runExample('run-avro.yaml', [...orders, { order: '6', country: 'de' }])
  const [bytes, ...others] = filesOf('avro')
  expect(others).toEqual([])
  const rest = { country: 'de', total: 0, placed: null }
  expect(await readAvro(bytes!)).toEqual([
    { _id: '0-0', ...orders[0] },
    { _id: '0-4', ...rest, order: '5' },
    { _id: '0-5', ...rest, order: '6' },
  ])
  expect(deadLetters()).toMatchObject([
    { reason: expect.stringContaining('field order is 2; it must be string') as unknown },
    { reason: expect.stringContaining('unheard') as unknown },
    { reason: expect.stringContaining('field total is "much"; it must be double') as unknown },
  ])
  expect(runCommandLine(['verify', location]).status).toBe(0)
})

test('length-delimited bytes take the original bytes', () => {
  const yaml = join(folder, 'run.yaml')
  const format = '{ bytes: { framing: varint, prefixId: true } }'
  writeFileSync(yaml, `source: { stdin: , decode: none }\nsink: { location: ${location}, job: j, format: ${format} }\n`)
  expect(runCommandLine(['run', yaml], { input: 'no {JSON\ngrün\n' })).toMatchObject({ status: 0 })
  expect(filesOf('bin').map(String)).toEqual(['\u000c\u00030-0no {JSON\u0009\u00030-1grün'])
  expect(runCommandLine(['verify', location]).status).toBe(0)
})
