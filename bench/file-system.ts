// What does the WebHDFS adapter cost, compared with the same requests by bare node:http?
//
//   npx tsx bench/file-system.ts [--rounds 15] [--upload-mebibytes 512] [--close-delay-ms 10]
//
// Starts a cluster of its own (Java 17 and Maven). Both ways are measured in pairs, and what they wrote is compared. Exits
// with 1 when a ratio is below 0.9, or the memory of an upload more than 32 MiB above the bare one's.
import { spawnSync } from 'node:child_process'
import { Agent } from 'node:http'
import { cpus, loadavg, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import type { FileSystem } from '../src/file-system/file-system.js'
import { createWebHdfsFileSystem } from '../src/file-system/webhdfs/webhdfs-file-system.js'
import { startCluster } from '../test/cluster/cluster.js'
import { type BareTarget, bareAppend, bareStat, bareUpload, checksum } from './file-system/bare-http.js'
import { measurePaired, type PairedResult, showSpread, spreadOf } from './file-system/paired.js'
import { type PeakMemory, peakMemoryOf } from './file-system/peak-memory.js'

const MEBIBYTE = 2 ** 20
const RATIO_MIN = 0.9
const MEMORY_ABOVE_BYTES_MAX = 32 * MEBIBYTE
const CHUNK_BYTES = 65_536
const STATS = 2_000
const STATS_AT_ONCE = 16
/** Both ways take turns in slices of 2,000 / 10 calls. */
const STAT_SLICES = 10
const APPENDS = 64
const APPEND_BYTES = 10_000

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    'upload-mebibytes': { type: 'string', default: '512' },
    'close-delay-ms': { type: 'string', default: '10' },
  },
})
const rounds = Number(values.rounds)
const uploadChunks = (Number(values['upload-mebibytes']) * MEBIBYTE) / CHUNK_BYTES

if (globalThis.gc === undefined) {
  const again = [...process.execArgv, '--expose-gc', ...process.argv.slice(1)]
  process.exit(spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 1)
}

let missed = 0
const closeDelayMs = Number(values['close-delay-ms'])
await using cluster = await startCluster({ kafka: false, httpfs: false, closeDelayMs })
const { user } = cluster.description
const { hostname: host, port } = new URL(cluster.webhdfsUrl)
const agent = new Agent({ keepAlive: true, maxSockets: 32 })
const target: BareTarget = { baseUrl: cluster.webhdfsHttpUrl, user, agent }
const fileSystem = createWebHdfsFileSystem({
  scheme: 'webhdfs',
  namenodes: [{ host, port: Number(port) }],
  root: '/',
  user,
})
try {
  printEnvironment()
  await fileSystem.mkdirs('bench')
  await stats(fileSystem)
  await appends(fileSystem)
  await uploads(fileSystem)
} finally {
  await fileSystem.close()
  agent.destroy()
}
console.log(missed === 0 ? '\nall bounds hold' : `\n${missed} bounds missed`)
process.exitCode = missed === 0 ? 0 : 1

function printEnvironment(): void {
  console.log(`node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model}`)
  console.log(
    `memory ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()
      .map((each) => each.toFixed(1))
      .join(' ')}`,
  )
  console.log(
    `Hadoop ${cluster.description.hadoopVersion}, loopback, 2 datanodes, 2 replicas, close delay ${closeDelayMs} ms`,
  )
  console.log(`${rounds} rounds in pairs; a ratio is the adapter's speed as a share of bare node:http's`)
}

function report(name: string, result: PairedResult): void {
  const { median } = spreadOf(result.ratios)
  const verdict = median >= RATIO_MIN ? 'holds' : 'MISSED'
  if (median < RATIO_MIN) missed += 1
  console.log(`\n${name}`)
  console.log(`  adapter  ${showSpread(result.adapterMs, ' ms')}`)
  console.log(`  bare     ${showSpread(result.bareMs, ' ms')}`)
  console.log(`  ratio    ${showSpread(result.ratios, '', 3)}  at least ${RATIO_MIN}: ${verdict}`)
}

async function stats(adapter: FileSystem): Promise<void> {
  const content = Buffer.alloc(123, 'x')
  await adapter.create('bench/stat', content)
  const many = async (stat: () => Promise<number | undefined>): Promise<void> => {
    let left = STATS / STAT_SLICES
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        if ((await stat()) !== content.byteLength) throw new Error('a stat gave another length')
      }
    }
    await Promise.all(Array.from({ length: STATS_AT_ONCE }, worker))
  }
  const result = await measurePaired(
    {
      adapter: () => many(async () => (await adapter.stat('bench/stat'))?.length),
      bare: () => many(() => bareStat(target, '/bench/stat')),
    },
    { rounds, slices: STAT_SLICES },
  )
  report(`${STATS} stat calls, ${STATS_AT_ONCE} at once`, result)
}

async function appends(adapter: FileSystem): Promise<void> {
  const content = Buffer.alloc(APPEND_BYTES, 'y')
  const names = (way: string) => Array.from({ length: APPENDS }, (_, index) => `bench/${way}-${index}`)
  const lengths = new Map<string, number>()
  for (const name of [...names('adapter'), ...names('bare')]) {
    lengths.set(name, await adapter.create(name, Buffer.from('first')))
  }
  const grown = (name: string): number => {
    const base = lengths.get(name)!
    lengths.set(name, base + content.byteLength)
    return base
  }
  const result = await measurePaired(
    {
      adapter: async () => {
        await Promise.all(names('adapter').map((name) => adapter.append(name, content, { base: grown(name) })))
      },
      bare: async () => {
        await Promise.all(
          names('bare').map((name) => {
            grown(name)
            return bareAppend(target, `/${name}`, content)
          }),
        )
      },
    },
    { rounds },
  )
  for (const [name, length] of lengths) {
    if ((await adapter.stat(name))?.length !== length) throw new Error(`${name} has another length`)
  }
  report(`${APPENDS} appends at once to ${APPENDS} files, ${APPEND_BYTES} bytes each`, result)
}

async function uploads(adapter: FileSystem): Promise<void> {
  const peaks: Record<'adapter' | 'bare', PeakMemory[]> = { adapter: [], bare: [] }
  const measured = async (way: 'adapter' | 'bare', work: (sample: () => void) => Promise<void>): Promise<void> => {
    peaks[way].push(await peakMemoryOf(work))
  }
  const path = (way: string, round: number) => `bench/${way}-upload-${round}`
  const result = await measurePaired(
    {
      adapter: (round) =>
        measured('adapter', async (sample) => {
          const upload = await adapter.createUpload(path('adapter', round))
          for (const chunk of chunks(sample)) await upload.write(chunk)
          await upload.end()
        }),
      bare: (round) => measured('bare', (sample) => bareUpload(target, `/${path('bare', round)}`, chunks(sample))),
    },
    { rounds: Math.ceil(rounds / 2) },
  )
  const sums = await Promise.all([checksum(target, `/${path('adapter', 0)}`), checksum(target, `/${path('bare', 0)}`)])
  if (sums[0] !== sums[1]) throw new Error('the two ways wrote different files')
  report(`one streamed upload of ${values['upload-mebibytes']} MiB in chunks of ${CHUNK_BYTES} bytes`, result)
  for (const kind of ['arrayBuffersBytes', 'externalBytes'] as const) {
    const [ours, bares] = [peaks.adapter, peaks.bare].map((each) => each.map((peak) => peak[kind] / MEBIBYTE))
    const aboveBytes = (spreadOf(ours!).max - spreadOf(bares!).max) * MEBIBYTE
    const holds = aboveBytes <= MEMORY_ABOVE_BYTES_MAX
    if (!holds) missed += 1
    console.log(`  peak of ${kind}: adapter ${showSpread(ours!, ' MiB', 1)}, bare ${showSpread(bares!, ' MiB', 1)}`)
    console.log(
      `    highest above highest: ${(aboveBytes / MEBIBYTE).toFixed(1)} MiB, at most 32: ${holds ? 'holds' : 'MISSED'}`,
    )
  }
}

/** Fresh memory for each chunk, as a writer's buffers are. */
function* chunks(sample: () => void): Generator<Uint8Array, void, undefined> {
  for (let index = 0; index < uploadChunks; index += 1) {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    chunk.fill(index & 0xff)
    if (index % 64 === 0) sample()
    yield chunk
  }
}
