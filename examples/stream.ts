// Pipes a stream into many files, with back-pressure; ending the stream commits.
//
//   zcat access.log.gz | npx tsx examples/stream.ts webhdfs://namenode:9870/data/access
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { byFunction, MultiOutput, text, type WriteContext } from 'hdfs-multi-output'

const [location] = process.argv.slice(2)
if (location === undefined) throw new Error('where to? file:///… or webhdfs://…')

await using output = await MultiOutput.open<string>({
  location,
  job: 'access',
  // A line begins with its status: 200, 404, …
  partitioner: byFunction((line) => line.slice(0, 3)),
  format: text({ prefixId: true }),
})

async function* numbered(lines: AsyncIterable<string>): AsyncGenerator<{ readonly record: string } & WriteContext> {
  let offset = 0n
  // With an id, a line that an earlier run committed is skipped.
  for await (const record of lines) yield { record, id: { topic: 'stdin', partition: 0, offset: offset++ } }
}

await pipeline(Readable.from(numbered(createInterface({ input: process.stdin }))), output.toWritable())
console.log(`committed up to line ${output.committed.offsets.get('stdin')?.get(0)?.until ?? 0n}`)
