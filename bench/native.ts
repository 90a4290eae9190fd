// How quick is hdfs:// beside Hadoop's own client, on the same cluster, in turns?
//
//   npm run bench:native -- [--only stream,close,append,long] [--rounds 5] [--mebibytes 512] [--long-gibibytes 10] [--datanodes 1]
//     [--files 64,1000] [--hadoop 3.5.0]
//
// Starts a cluster of its own (Java 17 and Maven), by default of the release that the other benches run on; Java's client is of the
// same. Java works with 16 threads. `ceiling` sends packets that are ready, as bare as it gets: where that is no quicker than Java,
// the datanode and the machine are the limit. What was written is checked. Exits with 1 where a bound of the comparison is missed.
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { createHdfsFileSystem } from '../src/file-system/hdfs/hdfs-file-system.js'
import { openSession } from '../src/file-system/hdfs/open-session.js'
import { resolveOptions } from '../src/file-system/hdfs/options.js'
import { closedFailure } from '../src/file-system/hdfs/pauses.js'
import { startCluster } from '../test/cluster/cluster.js'
import { hadoopVersions } from '../test/cluster/hadoop.js'
import { showSpread, spreadOf } from './file-system/paired.js'
import { JavaClient, type JavaSetting, type JavaWork, type Measured } from './native/java-client.js'
import { longStream } from './native/long-stream.js'
import { writePreparedPackets } from './native/prepared-packets.js'

const MEBIBYTE = 2 ** 20
const PIECE = new Uint8Array(64 * 1024)
const SMALL = new Uint8Array(4 * 1024)
/** A collection more or less is no growth. */
const GROWN_MIB_MAX = 32
/** As long as the files are small, so is what the datanodes set aside for each. */
const SMALL_BLOCK = { blockSizeBytes: 4 * MEBIBYTE, replication: 1 } as const

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'stream,close,append,long' },
    rounds: { type: 'string', default: '5' },
    mebibytes: { type: 'string', default: '512' },
    'long-gibibytes': { type: 'string', default: '10' },
    datanodes: { type: 'string', default: '1' },
    files: { type: 'string', default: '64,1000' },
    hadoop: { type: 'string', default: '3.4.2' },
  },
})
const rounds = Number(values.rounds)
const mebibytes = Number(values.mebibytes)
const datanodes = Number(values.datanodes)
const hadoop = hadoopVersions.find((version) => version === values.hadoop)
if (hadoop === undefined) throw new Error(`--hadoop is one of ${hadoopVersions.join(', ')}`)

await using cluster = await startCluster({ hadoop, kafka: false, httpfs: false, datanodes })
const { user } = cluster.description
const { hostname: host, port } = new URL(cluster.hdfsUrl)
const location = { namenodes: [{ host, port: Number(port) }], root: '/', user }
await using fileSystem = createHdfsFileSystem(location)
await using java = await JavaClient.start(cluster.hdfsUrl, user, hadoop)
const only = new Set(values.only.split(','))
let missed = 0
let directories = 0

console.log(`node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model}`)
console.log(
  `load ${loadavg()[0]?.toFixed(1)}; Hadoop ${cluster.description.hadoopVersion}, loopback, ${datanodes} datanodes`,
)
console.log(`${rounds} rounds in turns; median [quartiles] (extremes)`)
if (only.has('stream')) await streams()
if (only.has('close')) for (const files of values.files.split(',').map(Number)) await closes(files)
if (only.has('append')) await appends(64)
if (only.has('long')) await long(Number(values['long-gibibytes']))
console.log(missed === 0 ? '\nall bounds hold' : `\n${missed} bounds missed`)
process.exitCode = missed === 0 ? 0 : 1

async function streams(): Promise<void> {
  const before = process.memoryUsage().rss
  let peakBytes = 0
  const ours = async (): Promise<Measured> => {
    const path = `ours-${directories++}`
    const measured = await measure(async () => {
      const upload = await fileSystem.createUpload(path)
      for (let piece = 0; piece < mebibytes * 16; piece += 1) {
        const wait = upload.write(PIECE)
        if (wait !== undefined) await wait
        if (piece % 256 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage().rss)
      }
      await upload.end()
    })
    await expectLength(path, mebibytes * MEBIBYTE)
    await fileSystem.delete(path)
    return measured
  }
  const theirs = async (): Promise<Measured> => {
    const path = `theirs-${directories++}`
    const measured = await java.measure('stream', 'shipped', `/${path}`, mebibytes)
    await fileSystem.delete(path)
    return measured
  }
  const ceiling = async (): Promise<Measured> => {
    const path = `ceiling-${directories++}`
    const measured = await measure(() => writePreparedPackets(session, `/${path}`, mebibytes * 16))
    await expectLength(path, mebibytes * MEBIBYTE)
    await fileSystem.delete(path)
    return measured
  }
  const session = openSession(resolveOptions(location))
  const rate = ({ elapsedMs }: Measured): number => (mebibytes / elapsedMs) * 1000
  const results = await inTurns({ ours, ceiling, java: theirs })
  session.calls.close(closedFailure())
  report(`one stream of ${mebibytes} MiB, MiB/s`, results, rate, { java: 1.5 })
  for (const [who, each] of Object.entries(results)) {
    const spread = spreadOf(each.map(({ cpuMs }) => cpuMs / mebibytes))
    console.log(`  CPU of ${who}: ${spread.median.toFixed(2)} ms a MiB`)
  }
  console.log(`  resident memory of ours: at most ${((peakBytes - before) / MEBIBYTE).toFixed(0)} MiB more than before`)
}

async function long(gibibytes: number): Promise<void> {
  const mebibytes = gibibytes * 1024
  const { residentMiB, heapMiB, elapsedMs, cpuMs } = await longStream(fileSystem, `long-${directories++}`, mebibytes)
  const shown = (all: readonly number[]): string => all.map((each) => each.toFixed(0)).join(' ')
  console.log(`\none stream of ${gibibytes} GiB: ${((mebibytes / elapsedMs) * 1000).toFixed(0)} MiB/s`)
  console.log(`  CPU: ${(cpuMs / mebibytes).toFixed(2)} ms a MiB`)
  console.log(`  MiB of heap and buffers, after each sixteenth: ${shown(heapMiB)}`)
  console.log(`  MiB resident: ${shown(residentMiB)}`)
  const half = residentMiB.length / 2
  const grownMiB = Math.max(...residentMiB.slice(half)) - Math.max(...residentMiB.slice(0, half))
  const isMissed = grownMiB > GROWN_MIB_MAX
  if (isMissed) missed += 1
  const verdict = `at most ${GROWN_MIB_MAX} wanted${isMissed ? ': MISSED' : ''}`
  console.log(`  the most in the second half is ${grownMiB.toFixed(0)} MiB more than in the first (${verdict})`)
}

async function closes(files: number): Promise<void> {
  const ours = async (): Promise<Measured> => {
    const directory = `closes-${directories++}`
    await fileSystem.mkdirs(directory)
    const paths = Array.from({ length: files }, (_, file) => `${directory}/f${file}`)
    const uploads = await Promise.all(paths.map((path) => fileSystem.createUpload(path, SMALL_BLOCK)))
    await Promise.all(
      uploads.map(async (upload) => {
        await upload.write(SMALL)
        return upload.makeDurable()
      }),
    )
    const measured = await measure(() => Promise.all(uploads.map((upload) => upload.end())))
    await expectLength(paths.at(-1)!, SMALL.byteLength)
    await fileSystem.delete(directory, { recursive: 'all' })
    return measured
  }
  const theirs = (setting: JavaSetting) => () => javaFiles('close', setting, files)
  const rate = ({ elapsedMs }: Measured): number => (files / elapsedMs) * 1000
  const results = await inTurns({ ours, 'java shipped': theirs('shipped'), 'java tuned': theirs('tuned') })
  report(`closing ${files} open files, closes/s`, results, rate, { 'java shipped': 5, 'java tuned': 1 })
}

async function appends(files: number): Promise<void> {
  const ours = async (): Promise<Measured> => {
    const directory = `appends-${directories++}`
    const paths = Array.from({ length: files }, (_, file) => `${directory}/f${file}`)
    await create(paths)
    const base = SMALL.byteLength
    const measured = await measure(() => Promise.all(paths.map((path) => fileSystem.append(path, SMALL, { base }))))
    await expectLength(paths.at(-1)!, 2 * base)
    await fileSystem.delete(directory, { recursive: 'all' })
    return measured
  }
  const theirs = (work: JavaWork, setting: JavaSetting) => async () => {
    const directory = `appends-${directories++}`
    await create(Array.from({ length: files }, (_, file) => `${directory}/f${file}`))
    return javaFiles(work, setting, files, directory)
  }
  const rate = ({ elapsedMs }: Measured): number => (files / elapsedMs) * 1000
  const results = await inTurns({
    ours,
    'java shipped': theirs('append', 'shipped'),
    'java tuned': theirs('append', 'tuned'),
    'java append + hflush': theirs('hflush', 'tuned'),
  })
  report(`append of 4 KiB to ${files} files, and close, appends/s`, results, rate, { 'java shipped': 5 })
}

async function create(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => fileSystem.create(path, SMALL, { ...SMALL_BLOCK, parents: 'create' })))
}

async function javaFiles(
  work: JavaWork,
  setting: JavaSetting,
  files: number,
  directory = `java-${directories++}`,
): Promise<Measured> {
  const measured = await java.measure(work, setting, `/${directory}`, files)
  await fileSystem.delete(directory, { recursive: 'all' })
  return measured
}

async function measure(work: () => Promise<unknown>): Promise<Measured> {
  const before = process.cpuUsage()
  const startMs = performance.now()
  await work()
  const elapsedMs = performance.now() - startMs
  const spent = process.cpuUsage(before)
  return { elapsedMs, cpuMs: (spent.user + spent.system) / 1000 }
}

/** One round to warm up, which does not count. */
async function inTurns<Who extends string>(
  ways: Readonly<Record<Who, () => Promise<Measured>>>,
): Promise<Record<Who, Measured[]>> {
  const entries = Object.entries(ways) as [Who, () => Promise<Measured>][]
  const results = Object.fromEntries(entries.map(([who]) => [who, []])) as unknown as Record<Who, Measured[]>
  for (let round = -1; round < rounds; round += 1) {
    for (const [who, way] of round % 2 === 0 ? entries : entries.toReversed()) {
      const measured = await way()
      if (round >= 0) results[who].push(measured)
    }
  }
  return results
}

function report<Who extends string>(
  what: string,
  results: Readonly<Record<Who | 'ours', readonly Measured[]>>,
  rate: (measured: Measured) => number,
  bounds: Readonly<Partial<Record<Who, number>>>,
): void {
  console.log(`\n${what}`)
  const ours = spreadOf(results.ours.map(rate)).median
  for (const [who, measured] of Object.entries(results) as [Who | 'ours', readonly Measured[]][]) {
    const rates = measured.map(rate)
    const bound = who === 'ours' ? undefined : bounds[who]
    const ratio = ours / spreadOf(rates).median
    const isMissed = bound !== undefined && ratio < bound
    if (isMissed) missed += 1
    const verdict = bound === undefined ? '' : ` (at least ${bound} wanted${isMissed ? ': MISSED' : ''})`
    console.log(
      `  ${who}: ${showSpread(rates, '')}${who === 'ours' ? '' : `; ours is ${ratio.toFixed(1)} × that${verdict}`}`,
    )
  }
}

async function expectLength(path: string, lengthBytes: number): Promise<void> {
  const found = await fileSystem.stat(path)
  if (found?.length !== lengthBytes)
    throw new Error(`${path} has ${found?.length} bytes where ${lengthBytes} were written`)
}
