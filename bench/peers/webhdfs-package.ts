// Peer (c): kafkajs and the npm package `webhdfs`, as its README has it: for each batch that kafkajs hands over, an appendFile for each key,
// 16 at once (a writeFile when the key is new). No commit, no exactness. It ends at the number of records it was asked for.
import webhdfs from 'webhdfs'
import { connectConsumer } from './consumer.js'
import { lineHead, type PipeTask } from './peer.js'
import { Samples, taskOfProcess } from './samples.js'

const AT_ONCE = 16

/** Foreign names, and the package has no types. */
interface Client {
  writeFile(path: string, data: Buffer, callback: (error: Error | null) => void): void
  appendFile(path: string, data: Buffer, callback: (error: Error | null) => void): void
}

const task = taskOfProcess<PipeTask>()
const { records, location, webhdfsHttpUrl, user } = task
const { hostname: host, port, pathname: path } = new URL(webhdfsHttpUrl)
const directory = new URL(location).pathname
const client = webhdfs.createClient({ host, port, user, path }) as unknown as Client
const samples = new Samples()
const known = new Set<string>()
const consumer = await connectConsumer(task, samples, 'naive')
let count = 0
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    const lines = new Map<string, string[]>()
    for (const { key, offset, value } of batch.messages.slice(0, records - count)) {
      const name = key!.toString('latin1')
      const line = `${lineHead(batch.partition, offset)}${value!.toString('latin1')}\n`
      const own = lines.get(name)
      if (own === undefined) lines.set(name, [line])
      else own.push(line)
      count += 1
    }
    const work = [...lines]
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = work.pop(); next !== undefined; next = work.pop()) await add(next[0], next[1].join(''))
      }),
    )
    if (count >= records) samples.tell(count)
  },
})

function add(key: string, text: string): Promise<void> {
  const way = known.has(key) ? 'appendFile' : 'writeFile'
  known.add(key)
  return new Promise((resolve, reject) => {
    client[way](`${directory}/${key}`, Buffer.from(text, 'latin1'), (error) => {
      if (error) reject(error)
      else resolve()
    })
  })
}
