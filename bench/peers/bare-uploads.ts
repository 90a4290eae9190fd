// Peer (b): bare node:http, no Kafka. The same lines are at hand; each commit is a CREATE or an APPEND for each key, 16 at once, and nothing
// is checked but the answers. What WebHDFS itself allows, whoever uses it.
import { Agent } from 'node:http'
import { type BareTarget, bareAppend, bareUpload } from '../file-system/bare-http.js'
import { lineHead, type PipeTask } from './peer.js'
import { Samples, taskOfProcess } from './samples.js'

const AT_ONCE = 16

const {
  records,
  keys,
  partitions,
  valueBytes,
  recordsPerCommit = records,
  location,
  webhdfsHttpUrl,
  user,
} = taskOfProcess<PipeTask>()
const directory = new URL(location).pathname
const target: BareTarget = { baseUrl: webhdfsHttpUrl, user, agent: new Agent({ keepAlive: true, maxSockets: 32 }) }
const value = 'x'.repeat(valueBytes)

await mkdirs()
const commits: Buffer[][] = []
for (let from = 0; from < records; from += recordsPerCommit) {
  const lines = Array.from({ length: keys }, () => '')
  for (let n = from; n < Math.min(records, from + recordsPerCommit); n++) {
    lines[n % keys] += `${lineHead(n % partitions, Math.floor(n / partitions))}${value}\n`
  }
  commits.push(lines.map((each) => Buffer.from(each, 'latin1')))
}
const samples = new Samples()
const commitMs: number[] = []
samples.begin()
for (const [index, contents] of commits.entries()) {
  const startMs = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < keys) {
      const key = next++
      const content = contents[key]!
      if (content.byteLength === 0) continue
      const path = `${directory}/k${key}`
      if (index === 0) await bareUpload(target, path, [content])
      else await bareAppend(target, path, content)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  commitMs.push(performance.now() - startMs)
}
samples.tell(records, { commitMs })

async function mkdirs(): Promise<void> {
  const url = `${webhdfsHttpUrl}${directory}?op=MKDIRS&user.name=${user}`
  const { ok, status } = await fetch(url, { method: 'PUT' })
  if (!ok) throw new Error(`MKDIRS answered ${status}`)
}
