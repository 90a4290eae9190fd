// How quick is the writer, and how much memory does it take? Eight questions, each with its bound:
//
//   npm run bench:writer -- [--only encode,memory,log,commit,stream,sustained,takeover,command] [--rounds 7] [--input-mebibytes 1024]
//
//   encode   records a second on one core, beside JSON.stringify and UTF-8 alone; a profile where it is under 500,000
//   memory   100,000 keys of 1 KiB each between commits
//   log      100,000 commits: files in the log, and how long an open takes
//   commit   1,000 keys in one commit on real HDFS, against bare node:http (starts a cluster: Java 17 and Maven)
//   stream   512 MiB through one key on real HDFS, against one bare upload; memory while 10 GiB go through one key
//   sustained 100 keys on real HDFS with a commit every 5 s in flight, against one commit at the end
//   takeover open after a writer vanished: 1,000 open files of 1 MiB, 64 of them half open; one of 1 GiB that has to be copied
//   command  `run` over a file of 1 GiB to local disk, beside `encode`; how soon it says something
//
// What is measured runs as plain JavaScript in processes of its own. Times are given by the clock and by the processor: on a
// machine that does other things too only the second means anything, and it counts garbage collection in all threads. Exits
// with 1 when a bound is missed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCluster } from '../test/cluster/cluster.js'
import { compileProgram } from '../test/writer/compiled-program.js'
import { showSpread, spreadOf } from './file-system/paired.js'
import { type CommandRun, countLines, runNode, writeInput } from './writer/command.js'
import type { CommitReport, CommitTask } from './writer/commit.js'
import { curve } from './writer/curve.js'
import type { EncodeReport, EncodeTask, Rate, Way } from './writer/encode.js'
import type { LogPoint, LogTask } from './writer/log.js'
import type { MemoryReport, MemoryTask } from './writer/memory.js'
import type { StreamReport, StreamTask } from './writer/stream.js'
import type { SustainedReport, SustainedTask } from './writer/sustained.js'
import type { TakeoverReport, TakeoverTask } from './writer/takeover.js'
import { startVictim } from './writer/victim.js'

const MEBIBYTE = 2 ** 20
const KEYS = 100

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'encode,memory,log,commit,stream,sustained,takeover,command' },
    rounds: { type: 'string', default: '7' },
    'input-mebibytes': { type: 'string', default: '1024' },
    'sustained-records': { type: 'string', default: '10000000' },
    'long-gibibytes': { type: 'string', default: '10' },
    commits: { type: 'string', default: '100000' },
    'close-delay-ms': { type: 'string', default: '400' },
  },
})
const rounds = Number(values.rounds)
const compiled = await compileProgram('bench/writer/encode.ts', ['src', 'bench'])
const directory = join(compiled.script, '../../..')
let missed = 0
const questions: Readonly<Record<string, () => Promise<void>>> = {
  encode,
  memory,
  log,
  commit,
  stream,
  sustained,
  takeover,
  command,
}
try {
  printEnvironment()
  for (const name of values.only.split(',')) {
    const ask = questions[name]
    if (ask === undefined) throw new Error(`--only ${name}: it can be ${Object.keys(questions).join(', ')}`)
    console.log(`\n== ${name}`)
    await ask()
  }
} finally {
  await compiled.remove()
}
console.log(missed === 0 ? '\nall bounds hold' : `\n${missed} bounds missed`)
process.exitCode = missed === 0 ? 0 : 1

function printEnvironment(): void {
  const load = loadavg().map((each) => each.toFixed(1))
  console.log(`node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpus()[0]?.model}`)
  console.log(`memory ${Math.round(totalmem() / 2 ** 30)} GiB, load ${load.join(' ')}, ${rounds} rounds`)
  console.log('median [lower quartile–upper quartile] (least…most)')
}

function bound(text: string, { holds }: { readonly holds: boolean }): void {
  if (!holds) missed += 1
  console.log(`  ${text}: ${holds ? 'holds' : 'MISSED'}`)
}

/** Runs a program of bench/writer and answers what it told. */
async function run<Report>(program: string, task: object): Promise<Report> {
  const script = join(directory, `bench/writer/${program}.js`)
  const child = spawn(process.execPath, [script, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${program} ended with ${code}`)
  return JSON.parse(said) as Report
}

function byClock(rates: readonly Rate[]): number[] {
  return rates.map((rate) => rate.recordsPerSecond / 1e3)
}

function byCpu(rates: readonly Rate[]): number[] {
  return rates.map((rate) => rate.recordsPerCpuSecond / 1e3)
}

async function encode(): Promise<void> {
  const AIM = 1_000
  const PROFILE_BELOW = 500
  const ways: readonly Way[] = ['json-lines', 'json-lines with idField', 'text of strings', 'text of bytes']
  for (const way of ways) {
    const task: EncodeTask = { way, rounds, recordsPerRound: 500_000, profiled: false }
    const report = await run<EncodeReport>('encode', task)
    console.log(`${way}, lines of ${report.lineBytes.toFixed(0)} bytes, ${KEYS} keys; thousand records a second`)
    console.log(`  by the processor  ${showSpread(byCpu(report.rounds), '')}`)
    console.log(`  by the clock      ${showSpread(byClock(report.rounds), '')}`)
    if (way !== 'json-lines') continue
    const shares = byCpu(report.rounds).map((rate, round) => rate / byCpu(report.bare)[round]!)
    console.log(`  JSON.stringify and UTF-8 alone, by the processor  ${showSpread(byCpu(report.bare), '')}`)
    console.log(`  ours as a share of that  ${showSpread(shares, '', 2)}`)
    const { median } = spreadOf(byCpu(report.rounds))
    bound(`aim ${AIM}`, { holds: median >= AIM })
    if (median >= PROFILE_BELOW) continue
    const { profile = [] } = await run<EncodeReport>('encode', { ...task, profiled: true })
    for (const { where, share } of profile) console.log(`    ${(share * 100).toFixed(1).padStart(5)}%  ${where}`)
  }
}

async function memory(): Promise<void> {
  const ABOVE_BYTES_MAX = 200 * MEBIBYTE
  const task: MemoryTask = { keys: 100_000, recordsPerKey: 4, lineBytes: 256 }
  const reports: MemoryReport[] = []
  for (let round = 0; round < rounds; round++) reports.push(await run('memory', task))
  const above = (bytes: (report: MemoryReport) => number): number[] =>
    reports.map((report) => (bytes(report) - report.heldBytes) / MEBIBYTE)
  const held = `${Math.round(reports[0]!.heldBytes / MEBIBYTE)} MiB held`
  console.log(`100,000 keys of 1 KiB, 4 records each; resident memory above the ${held}`)
  console.log(
    `  between commits  ${showSpread(
      above(({ betweenBytesMax }) => betweenBytesMax),
      ' MiB',
    )}`,
  )
  console.log(
    `  in the commit    ${showSpread(
      above(({ commitBytesMax }) => commitBytesMax),
      ' MiB',
    )}`,
  )
  const usual = spreadOf(above(({ betweenBytesMax }) => betweenBytesMax)).median * MEBIBYTE
  bound('between commits less than 200 MiB above', { holds: usual < ABOVE_BYTES_MAX })
  const start = reports.map(({ startBytes }) => startBytes / MEBIBYTE)
  console.log(`  of it Node, before the first write  ${showSpread(start, ' MiB')}`)
}

async function log(): Promise<void> {
  const POINTS = 20
  /** Two checkpoints' worth of records, and what comes before they are cleared. */
  const FILES_MAX = 250
  const FLAT_RATIO_MAX = 1.5
  const points = await run<LogPoint[]>('log', { commits: Number(values.commits), points: POINTS } satisfies LogTask)
  const named = (value: (point: LogPoint) => number, unit: string) =>
    points.map((point) => ({ name: `${point.commits} commits`, value: value(point), unit }))
  console.log(`files in the log, at most\n${curve(named(({ filesMax }) => filesMax, ''))}`)
  console.log(`an open, the quickest of 5\n${curve(named(({ openMs }) => openMs, ' ms'))}`)
  const most = Math.max(...points.map(({ filesMax }) => filesMax))
  bound(`files in the log at most ${FILES_MAX}`, { holds: most <= FILES_MAX })
  const half = Math.floor(points.length / 2)
  const openMs = (of: readonly LogPoint[]): number => spreadOf(of.map((point) => point.openMs)).median
  const ratio = openMs(points.slice(half)) / openMs(points.slice(0, half))
  bound(`an open in the second half as long as in the first, ${ratio.toFixed(2)} ×`, { holds: ratio <= FLAT_RATIO_MAX })
}

async function commit(): Promise<void> {
  const RATIO_MAX = 1.15
  const closeDelayMs = Number(values['close-delay-ms'])
  await using cluster = await startCluster({ kafka: false, httpfs: false, closeDelayMs })
  const { hadoopVersion, user } = cluster.description
  console.log(
    `Hadoop ${hadoopVersion}, loopback, 2 datanodes, 2 replicas, close delay ${closeDelayMs} ms; 1,000 keys, 16 at once`,
  )
  const task: CommitTask = {
    location: `${cluster.webhdfsUrl.replace(/\/$/, '')}/bench`,
    baseUrl: cluster.webhdfsHttpUrl,
    user,
    keys: 1_000,
    rounds,
    operationsMax: 16,
  }
  for (const { way, ourMs, bareMs, ratios } of await run<CommitReport[]>('commit', task)) {
    console.log(`${way}, one commit, against bare ${way === 'new keys' ? 'CREATEs' : 'APPENDs'}`)
    console.log(`  ours   ${showSpread(ourMs, ' ms')}`)
    console.log(`  bare   ${showSpread(bareMs, ' ms')}`)
    console.log(`  ratio  ${showSpread(ratios, '', 2)}`)
    if (way === 'new keys') bound(`at most ${RATIO_MAX}`, { holds: spreadOf(ratios).median <= RATIO_MAX })
  }
}

async function stream(): Promise<void> {
  const SHARE_MIN = 0.85
  const RESIDENT_BYTES_MAX = 200 * MEBIBYTE
  const bytes = 512 * MEBIBYTE
  await using cluster = await startCluster({ kafka: false, httpfs: false })
  const { hadoopVersion, user } = cluster.description
  console.log(`Hadoop ${hadoopVersion}, loopback, 2 datanodes, 2 replicas, as shipped; 512 MiB in records of 1 KiB`)
  const task: StreamTask = {
    location: `${cluster.webhdfsUrl.replace(/\/$/, '')}/stream`,
    baseUrl: cluster.webhdfsHttpUrl,
    user,
    bytes,
    rounds,
    longBytes: Number(values['long-gibibytes']) * 2 ** 30,
  }
  const { ourMs, bareMs, ratios, longResidentBytes, longMs } = await run<StreamReport>('stream', task)
  const rate = (durationMs: number): number => bytes / MEBIBYTE / (durationMs / 1_000)
  console.log(`  ours   ${showSpread(ourMs.map(rate), ' MiB/s')}`)
  console.log(`  bare   ${showSpread(bareMs.map(rate), ' MiB/s')}`)
  console.log(`  ratio  ${showSpread(ratios, '', 2)}`)
  bound(`at least ${SHARE_MIN}`, { holds: spreadOf(ratios).median >= SHARE_MIN })
  const resident = longResidentBytes.map((each) => Math.round(each / MEBIBYTE))
  console.log(`${values['long-gibibytes']} GiB through one key in one commit: ${Math.round(longMs / 1_000)} s`)
  console.log(`  resident MiB at each sixteenth: ${resident.join(' ')}`)
  bound('under 200 MiB', { holds: Math.max(...longResidentBytes) < RESIDENT_BYTES_MAX })
}

async function sustained(): Promise<void> {
  const SHARE_MIN = 0.8
  await using cluster = await startCluster({ kafka: false, httpfs: false })
  const { hadoopVersion, user } = cluster.description
  const records = Number(values['sustained-records'])
  console.log(`Hadoop ${hadoopVersion}, loopback, 2 datanodes, 2 replicas, as shipped; ${records} records, 100 keys`)
  const task: SustainedTask = {
    location: `${cluster.webhdfsUrl.replace(/\/$/, '')}/sustained`,
    user,
    keys: KEYS,
    records,
    intervalMs: 5_000,
    rounds: Math.ceil(rounds / 2),
  }
  const { withCommits, withOne, ratios, commits } = await run<SustainedReport>('sustained', task)
  console.log(`  a commit every 5 s  ${showSpread(withCommits, ' records/s')} (${commits.join(', ')} commits)`)
  console.log(`  one commit          ${showSpread(withOne, ' records/s')}`)
  console.log(`  ratio               ${showSpread(ratios, '', 2)}`)
  bound(`at least ${SHARE_MIN}`, { holds: spreadOf(ratios).median >= SHARE_MIN })
}

async function takeover(): Promise<void> {
  const OPEN_MS_MAX = 15_000
  await using cluster = await startCluster({ kafka: false, httpfs: false })
  const { hadoopVersion, user } = cluster.description
  console.log(`Hadoop ${hadoopVersion}, loopback, 2 datanodes, 2 replicas, as shipped`)
  const location = cluster.webhdfsUrl.replace(/\/$/, '')
  const many: Omit<TakeoverTask, 'role'> = {
    location: `${location}/many`,
    user,
    keys: 1_000,
    bytesPerKey: MEBIBYTE,
    halfOpen: 64,
  }
  const opened = await afterVanishing(many)
  const { kept, truncated, copied } = opened.reclaimed
  const seconds = (durationMs: number): string => `${(durationMs / 1_000).toFixed(1)} s`
  console.log('1,000 open files of 1 MiB, 64 of them half open')
  console.log(`  log read after            ${seconds(opened.logReadMs)}`)
  console.log(`  first file reclaimed      ${seconds(opened.firstReclaimedMs)}`)
  console.log(
    `  last file reclaimed       ${seconds(opened.lastReclaimedMs)} (${kept} kept, ${truncated} cut, ${copied} copied)`,
  )
  console.log(`  recorded, published, open ${seconds(opened.openedMs)}`)
  bound(`under ${seconds(OPEN_MS_MAX)}`, { holds: opened.openedMs < OPEN_MS_MAX })
  const one = { ...many, location: `${location}/one`, keys: 1, bytesPerKey: 2 ** 30, halfOpen: 1 }
  const copying = await afterVanishing(one)
  console.log(
    `one half open file of 1 GiB  ${seconds(copying.openedMs)} (${copying.copiedBytes / 2 ** 30} GiB copied, 5 s of waiting included)`,
  )
}

/** A writer is stopped with uploads open, and another one takes over. */
async function afterVanishing(task: Omit<TakeoverTask, 'role'>): Promise<TakeoverReport> {
  const victim = await startVictim(directory, task)
  try {
    victim.kill('SIGSTOP')
    return await run<TakeoverReport>('takeover', { ...task, role: 'successor' })
  } finally {
    victim.kill('SIGKILL')
  }
}

async function command(): Promise<void> {
  const SHARE_MIN = 0.7
  const RESIDENT_BYTES_MAX = 300 * MEBIBYTE
  const FIRST_BYTE_MS_MAX = 400
  const RUNS = Math.ceil(rounds / 2)
  const work = await mkdtemp(join(tmpdir(), 'hdfs-multi-output-bench-'))
  try {
    await copyFile(new URL('../package.json', import.meta.url), join(directory, 'package.json'))
    const bytes = Number(values['input-mebibytes']) * MEBIBYTE
    const lines = await writeInput(join(work, 'orders.jsonl'), { bytes, keys: KEYS })
    // As the configuration of the README has it, and with values that are parsed and written anew.
    for (const format of [['text', '--prefix-id'], ['jsonLines']] as const) {
      const runs: CommandRun[] = []
      const shares: Record<'clock' | 'cpu', number[]> = { clock: [], cpu: [] }
      const task: EncodeTask = { way: 'json-lines', rounds: 3, recordsPerRound: 500_000, profiled: false }
      for (let round = 0; round < RUNS; round++) {
        const { rounds: rates } = await run<EncodeReport>('encode', task)
        const took = await runCommand(work, { input: 'orders.jsonl', lines, format })
        runs.push(took)
        shares.clock.push(lines / took.wallMs / spreadOf(byClock(rates)).median)
        shares.cpu.push(lines / took.cpuMs / spreadOf(byCpu(rates)).median)
      }
      const rate = (ms: (run: CommandRun) => number): string =>
        showSpread(
          runs.map((each) => lines / ms(each)),
          '',
        )
      const title = `run --format ${format.join(' ')}`
      console.log(
        `${title}: ${values['input-mebibytes']} MiB of JSON lines, ${lines} records, to local disk; thousand records a second`,
      )
      console.log(`  by the processor  ${rate(({ cpuMs }) => cpuMs)}`)
      console.log(`  by the clock      ${rate(({ wallMs }) => wallMs)}`)
      console.log(`  as a share of encode by the clock  ${showSpread(shares.clock, '', 2)}`)
      console.log(`  as a share of encode by the processor  ${showSpread(shares.cpu, '', 2)}`)
      bound(`at least ${SHARE_MIN} of encode, by the processor`, { holds: spreadOf(shares.cpu).median >= SHARE_MIN })
      const resident = runs.map(({ residentBytesMax }) => residentBytesMax / MEBIBYTE)
      console.log(`  resident at most  ${showSpread(resident, ' MiB')}`)
      bound('less than 300 MiB', { holds: Math.max(...resident) * MEBIBYTE < RESIDENT_BYTES_MAX })
    }
    await firstByte(work, FIRST_BYTE_MS_MAX)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function firstByte(work: string, boundMs: number): Promise<void> {
  const lines = await writeInput(join(work, 'few.jsonl'), { bytes: 1, keys: KEYS })
  const ours: CommandRun[] = []
  const bare: CommandRun[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push(await runNode(['-e', "console.log('x')"], join(directory, 'bench/writer/at-exit.js')))
    ours.push(await runCommand(work, { input: 'few.jsonl', lines, format: ['text', '--prefix-id'] }))
  }
  console.log('from the start to the first byte')
  console.log(
    `  run        ${showSpread(
      ours.map(({ firstByteMs }) => firstByteMs),
      ' ms',
    )}`,
  )
  console.log(
    `  bare node  ${showSpread(
      bare.map(({ firstByteMs }) => firstByteMs),
      ' ms',
    )}`,
  )
  bound(`at most ${boundMs} ms`, { holds: spreadOf(ours.map(({ firstByteMs }) => firstByteMs)).median <= boundMs })
}

async function runCommand(
  work: string,
  { input, lines, format }: { readonly input: string; readonly lines: number; readonly format: readonly string[] },
): Promise<CommandRun> {
  const output = join(work, 'output')
  const flags = ['--files', join(work, input), '--location', output, '--job', 'orders', '--format', ...format]
  const main = join(directory, 'src/cli/main.js')
  const took = await runNode([main, 'run', ...flags, '--field', 'key'], join(directory, 'bench/writer/at-exit.js'))
  const written = await countLines(output)
  if (written !== lines) throw new Error(`${written} lines were written, expected ${lines}`)
  await rm(output, { recursive: true, force: true })
  return took
}
