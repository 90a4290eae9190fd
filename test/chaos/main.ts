// `npm run chaos -- pipeline`: the long form of what the tests do to a pipeline.
import { parseArgs } from 'node:util'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { runPipelineChaos } from './pipeline-chaos.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    records: { type: 'string', default: '1000000' },
    keys: { type: 'string', default: '100' },
    hits: { type: 'string', default: '60' },
    comings: { type: 'string', default: '20' },
    'down-ms': { type: 'string', default: '90000' },
    seed: { type: 'string', default: String(Date.now()) },
  },
})
if (positionals.join() !== 'pipeline') {
  console.error('npm run chaos -- pipeline [--records n] [--keys n] [--hits n] [--comings n] [--down-ms n] [--seed s]')
  process.exit(2)
}
console.log(`seed ${values.seed}`)
const startedMs = Date.now()
const report = await runPipelineChaos({
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
  tell: (text) => console.log(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${text}`),
})
console.log(`${report.records} records in ${report.files} files; ${report.commits} commits while things broke`)
for (const end of report.ownEnds) console.log(`ended by itself: ${end}`)
for (const complaint of report.complaints) console.log(`WRONG: ${complaint}`)
process.exit(report.complaints.length === 0 ? 0 : 1)
