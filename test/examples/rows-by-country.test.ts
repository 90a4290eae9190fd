import { appendFile, copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ordersByDirectory, ordersIn, runExample } from './example.js'

let scratch: string
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'hdfs-multi-output-example-'))
})
afterEach(() => rm(scratch, { recursive: true }))

async function writtenOrders(): Promise<Record<string, string[]>> {
  const location = join(scratch, 'orders')
  const found: Record<string, string[]> = {}
  for (const directory of (await readdir(location)).filter((name) => !name.startsWith('_'))) {
    const files = await readdir(join(location, directory))
    expect(files).toHaveLength(1)
    found[directory] = ordersIn(await readFile(join(location, directory, files[0]!), 'utf8'))
  }
  return found
}

test('a file per country; a second run adds only what is new, to the same files', async () => {
  const csv = join(scratch, 'orders.csv')
  await copyFile('examples/orders.csv', csv)
  const run = () => runExample('rows-by-country', `file://${scratch}/orders`, csv)
  expect(await run()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('10 rows were added to 5 files') })
  expect(await writtenOrders()).toEqual(ordersByDirectory)

  expect(await run()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('0 rows were added to 0 files') })
  expect(await writtenOrders()).toEqual(ordersByDirectory)

  await appendFile(csv, '1011,fr,Nice,5.00\n')
  expect(await run()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1 rows were added to 1 files') })
  expect(await writtenOrders()).toEqual({ ...ordersByDirectory, 'country=fr': ['1002', '1005', '1011'] })
})

test('a row that is wrong ends it, and nothing was written', async () => {
  const csv = join(scratch, 'orders.csv')
  await copyFile('examples/orders.csv', csv)
  await appendFile(csv, '1011,fr\n')
  const run = await runExample('rows-by-country', `file://${scratch}/orders`, csv)
  expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('row 10: 4 values expected: 1011,fr') })
  expect(await writtenOrders()).toEqual({})
})

test('it is short enough to be read', async () => {
  const text = await readFile('examples/rows-by-country.ts', 'utf8')
  expect(text.trimEnd().split('\n').length).toBeLessThan(40)
})
