// What do the formats cost?
//
//   npm run bench:formats -- [--only csv,avro,modes] [--rounds 9] [--mebibytes 1024] [--mebibytes-per-second 10]
//
// Encoding: records and megabytes (of the records as JSON lines) a second into the writer's buffer, in turns with what somebody would write by hand with the bare library for the same
// file: before anything is measured, both files are read back, compared with what was written, and have to be of one length (within 2 %).
// The bound is 0.8 of its speed, where the other way is a library: by the processor time of all threads, for whatever else the machine does takes of
// the clock what it likes, and most from who waits for a second thread. The clock is told too; medians count. Exits with 1 when a bound is missed.
//
// Modes: files, blocks and namenode operations for each GiB, with 100 keys and a commit every 10 s at the given rate (starts a cluster: Java 17 and Maven).
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { whyNoServers } from '../test/cluster/java.js'
import { showSpread, spreadOf } from './file-system/paired.js'
import { avroBenches } from './formats/avro.js'
import { bytesBenches } from './formats/bytes.js'
import { csvBenches } from './formats/csv.js'
import { measureEncoding } from './formats/encoding.js'
import { type FormatBench, samplesOf } from './formats/format-bench.js'
import { lines } from './formats/lines.js'
import { printModes } from './formats/modes.js'
import { parquetBenches } from './formats/parquet.js'
import { sequenceFileBenches } from './formats/sequence-file.js'
import { LINE_BYTES } from './writer/orders.js'

const RECORDS = 20_000
const KEYS = 100
const NAME_COLUMNS = 24

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '9' },
    mebibytes: { type: 'string', default: '1024' },
    'mebibytes-per-second': { type: 'string', default: '10' },
  },
})
const rounds = Number(values.rounds)
const wanted = values.only?.split(',')
const benches: readonly FormatBench[] = [
  ...lines,
  ...csvBenches,
  ...avroBenches,
  ...bytesBenches,
  ...parquetBenches,
  ...sequenceFileBenches,
]

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]!.toFixed(1)}`)
console.log(
  'median [quartiles] (extremes); then what a record takes in the file; ratio: speed beside the bare way, round by round',
)
const samples = samplesOf(RECORDS, KEYS)
let missed = 0
for (const bench of benches) {
  if (wanted !== undefined && !wanted.some((word) => bench.name.startsWith(word))) continue
  const { adapterMs, ratios, cpuRatios, recordsPerRound, fileBytes } = await measureEncoding(bench, samples, rounds)
  const perSecond = adapterMs.map((ms) => recordsPerRound / ms)
  const megabytes = adapterMs.map((ms) => (recordsPerRound * LINE_BYTES) / 1_000 / ms)
  const { ratioMin = 0 } = bench
  const isMet = spreadOf(cpuRatios).median >= ratioMin
  if (!isMet) missed++
  const verdict = bench.ratioMin === undefined ? '' : isMet ? 'met' : `MISSED ${ratioMin}`
  const name = bench.name.padEnd(NAME_COLUMNS)
  const bytesEach = `${(fileBytes / samples.length).toFixed(0)} bytes each`
  console.log(`${name} ${showSpread(perSecond, ' k records/s')}  ${showSpread(megabytes, ' MB/s')}  ${bytesEach}`)
  console.log(
    `${''.padEnd(NAME_COLUMNS)} beside ${bench.against}, by processor time: ${showSpread(cpuRatios, '', 2)} ${verdict}`,
  )
  console.log(`${''.padEnd(NAME_COLUMNS)} by the clock: ${showSpread(ratios, '', 2)}`)
}
if (wanted === undefined || wanted.includes('modes')) {
  const why = await whyNoServers()
  if (why !== undefined) console.log(`modes: not run: ${why}`)
  else {
    await printModes({
      mebibytes: Number(values.mebibytes),
      mebibytesPerSecond: Number(values['mebibytes-per-second']),
      keys: KEYS,
    })
  }
}
process.exitCode = missed === 0 ? 0 : 1
