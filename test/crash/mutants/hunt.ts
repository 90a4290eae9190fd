// Hunts for a violation, in the process of its own into which mutate.ts has put a mutant. Started by mutants.long.test.ts.
import { families } from '../exhaustive.js'
import { randomRun } from '../random-run.js'
import { smallRun } from '../small-run.js'
import { smallWorkloads } from '../small-workloads.js'
import type { Catch, Hunt } from './mutant.js'

type Found = Omit<Catch, 'cpuMs'>

async function hunt(how: Hunt): Promise<Catch> {
  const found = how.in === 'random runs' ? await huntAtRandom(how) : await huntInFamily(how)
  const { user, system } = process.cpuUsage()
  return { ...found, cpuMs: Math.round((user + system) / 1_000) }
}

async function huntAtRandom({ runsMax, options }: Extract<Hunt, { in: 'random runs' }>): Promise<Found> {
  for (let seed = 0; seed < runsMax; seed++) {
    const { violations } = await randomRun(seed, { concat: 'never', ...options })
    const first = violations[0]
    if (first !== undefined) return { runs: seed + 1, finding: `${first.kind}: ${first.complaint}` }
  }
  return { runs: runsMax, finding: undefined }
}

async function huntInFamily({ family, workload, every, runsMax }: Extract<Hunt, { in: 'family' }>): Promise<Found> {
  const make = families[family]
  if (make === undefined) throw new TypeError(`there is no family '${family}'`)
  let runs = 0
  for await (const { name, plan } of make({ workload: smallWorkloads[workload], every })) {
    const { violations } = await smallRun(plan)
    runs += 1
    const first = violations[0]
    if (first !== undefined) return { runs, finding: `${name}: ${first.kind}: ${first.complaint}` }
    if (runs >= runsMax) break
  }
  return { runs, finding: undefined }
}

process.stdout.write(JSON.stringify(await hunt(JSON.parse(process.argv[2]!) as Hunt)))
