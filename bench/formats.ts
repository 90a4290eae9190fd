// What do the formats cost?
//
//   npm run bench:formats -- [--only csv,avro,modes] [--rounds 9] [--mebibytes 1024] [--mebibytes-per-second 10]
//
// Encoding: records and megabytes a second on one core, into the writer's buffer, in turns with the bare library over the same records.
// The bound is 0.8 of its speed, where the other way is a library; medians count, for the machine does other things too. Exits with 1 when one is missed.
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
import type { FormatBench } from './formats/format-bench.js'
import { lines } from './formats/lines.js'
import { printModes } from './formats/modes.js'
import { orders } from './writer/orders.js'

const RECORDS = 20_000
const KEYS = 100

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
const benches: readonly FormatBench[] = [...lines, ...csvBenches, ...avroBenches, ...bytesBenches]

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]!.toFixed(1)}`)
console.log('median [quartiles] (extremes); ratio: speed beside the bare way, round by round')
const records = orders(RECORDS, KEYS)
let missed = 0
for (const bench of benches) {
  if (wanted !== undefined && !wanted.some((word) => bench.name.startsWith(word))) continue
  const { adapterMs, ratios, recordsPerRound, bytesPerRound } = await measureEncoding(bench, records, rounds)
  const perSecond = adapterMs.map((ms) => recordsPerRound / ms)
  const megabytes = adapterMs.map((ms) => bytesPerRound / 1_000 / ms)
  const { ratioMin = 0 } = bench
  const isMet = spreadOf(ratios).median >= ratioMin
  if (!isMet) missed++
  const verdict = bench.ratioMin === undefined ? '' : isMet ? 'met' : `MISSED ${ratioMin}`
  console.log(`${bench.name.padEnd(12)} ${showSpread(perSecond, ' k records/s')}  ${showSpread(megabytes, ' MB/s')}`)
  console.log(`${''.padEnd(12)} beside ${bench.against}: ${showSpread(ratios, '', 2)} ${verdict}`)
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
