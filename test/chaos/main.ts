// `npm run chaos -- pipeline`, `windows` and `writer`: the long forms of what the tests do to a pipeline, and to writers.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { startCluster } from '../cluster/cluster.js'
import { runPipelineChaos } from './pipeline-chaos.js'
import { mayHaveSmallDisk, runWithSmallDisk } from './small-disk.js'
import { runWindowsChaos } from './windows-chaos.js'
import { runWriterChaos, scenarioNames } from './writer-chaos.js'

const usage = `npm run chaos -- pipeline [--records n] [--keys n] [--hits n] [--comings n] [--down-ms n] [--over webhdfs|hdfs] [--seed s]
npm run chaos -- windows [--records n] [--kills n] [--seed s]
npm run chaos -- writer [--kills n] [--stops n] [--rounds n] [--away-ms n] [--only ${scenarioNames.join('|')}] [--over http|hdfs] [--seed s]`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    records: { type: 'string', default: '1000000' },
    keys: { type: 'string', default: '100' },
    hits: { type: 'string', default: '60' },
    comings: { type: 'string', default: '20' },
    'down-ms': { type: 'string', default: '90000' },
    kills: { type: 'string', default: '30' },
    stops: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    'away-ms': { type: 'string', default: '60000' },
    only: { type: 'string' },
    over: { type: 'string' },
    seed: { type: 'string', default: String(Date.now()) },
  },
})
const [name, smallDisk] = positionals
const FULL_DISK = 'full-disk'
const startedMs = Date.now()

function tell(text: string): void {
  console.log(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${text}`)
}

async function pipeline(): Promise<number> {
  const report = await runPipelineChaos({
    over: values.over === 'hdfs' ? 'hdfs' : 'webhdfs',
    records: Number(values.records),
    partitions: 4,
    keys: Number(values.keys),
    taskCount: 2,
    hits: Number(values.hits),
    comings: Number(values.comings),
    stopMs: 20_000,
    servers: ['broker', 'namenode', 'datanode'],
    downMs: Number(values['down-ms']),
    random: new SeededRandom(values.seed),
    tell,
  })
  console.log(`${report.records} records in ${report.files} files; ${report.commits} commits while things broke`)
  for (const end of report.ownEnds) console.log(`ended by itself: ${end}`)
  for (const complaint of report.complaints) console.log(`WRONG: ${complaint}`)
  return report.complaints.length
}

/** Each mode and visibility, on one cluster. */
async function windows(): Promise<number> {
  await using cluster = await startCluster({ httpfs: false, datanodes: 2, closeDelayMs: 10 })
  let wrong = 0
  for (const mode of ['append', 'new-file', 'concat'] as const) {
    for (const visibility of ['live', 'sealed'] as const) {
      const report = await runWindowsChaos({
        cluster,
        brokers: cluster.kafkaBrokers,
        records: Number(values.records),
        kills: Number(values.kills),
        mode,
        visibility,
        random: new SeededRandom(`${values.seed}/${mode}/${visibility}`),
        tell,
      })
      const marked = `${report.marked} of ${report.windows} windows marked, ${report.markedMeanwhile} of them while it was killed`
      console.log(`${mode}, ${visibility}: ${marked}`)
      for (const complaint of report.complaints) console.log(`WRONG: ${complaint}`)
      wrong += report.complaints.length
    }
  }
  return wrong
}

async function writer(only: string | undefined): Promise<number> {
  const { seed, kills, stops, rounds } = values
  const over = values.over === 'hdfs' ? 'hdfs' : 'http'
  // The full disk is met in a process of its own, which has that disk.
  const isForSmallDisk = only === FULL_DISK && smallDisk === undefined
  const failures = isForSmallDisk
    ? []
    : await runWriterChaos({
        over,
        seed,
        kills: Number(kills),
        stops: Number(stops),
        rounds: Number(rounds),
        awayMs: Number(values['away-ms']),
        ...(only === undefined ? {} : { only }),
        ...(smallDisk === undefined ? {} : { smallDisk }),
        tell,
      })
  for (const failure of failures) console.log(`WRONG: ${failure}`)
  if (smallDisk !== undefined || (only !== undefined && !isForSmallDisk)) return failures.length
  if (!mayHaveSmallDisk()) {
    console.log(`${FULL_DISK}: left out, for want of user namespaces`)
    return failures.length
  }
  const words = [
    '--import',
    'tsx',
    fileURLToPath(import.meta.url),
    'writer',
    '--only',
    FULL_DISK,
    '--over',
    over,
    '--seed',
    seed,
  ]
  return failures.length + ((await runWithSmallDisk([...words, '--rounds', rounds])) === 0 ? 0 : 1)
}

const overs = name === 'pipeline' ? ['webhdfs', 'hdfs'] : ['http', 'hdfs']
const isKnown =
  (values.only === undefined || scenarioNames.includes(values.only)) &&
  (values.over === undefined || overs.includes(values.over))
if ((name !== 'pipeline' && name !== 'windows' && name !== 'writer') || !isKnown) {
  console.error(usage)
  process.exit(2)
}
console.log(`seed ${values.seed}`)
const wrong = await (name === 'pipeline' ? pipeline() : name === 'windows' ? windows() : writer(values.only))
process.exit(wrong === 0 ? 0 : 1)
