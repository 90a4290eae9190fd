// Writes each row of a CSV into its country's file. All of it or nothing; run again, only rows that are new are added.
//
//   npx tsx examples/rows-by-country.ts file:///tmp/orders
//   npx tsx examples/rows-by-country.ts webhdfs://namenode:9870/data/orders
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { byFields, jsonLines, runBatch } from 'hdfs-multi-output'

const [location, csv = 'examples/orders.csv'] = process.argv.slice(2)
if (location === undefined) throw new Error('where to? file:///… or webhdfs://…')

const result = await runBatch<Record<string, string>>(
  { location, job: 'orders-by-country', partitioner: byFields(['country']), format: jsonLines() },
  async (output) => {
    let columns: string[] | undefined
    let offset = 0n
    // The sample has no quoted values; for CSV that has, take a parser.
    for await (const line of createInterface({ input: createReadStream(csv), crlfDelay: Infinity })) {
      const values = line.split(',')
      columns ??= values
      if (values === columns) continue
      if (values.length !== columns.length) throw new Error(`row ${offset}: ${columns.length} values expected: ${line}`)
      const row = Object.fromEntries(columns.map((column, i) => [column, values[i]!]))
      // With an id, a row that an earlier run committed is skipped.
      const wait = output.write(row, { id: { topic: csv, partition: 0, offset } })
      if (wait) await wait
      offset += 1n
    }
  },
)
console.log(`${result.records} rows were added to ${result.files} files below ${location}`)
