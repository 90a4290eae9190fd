// Hunts for a violation, in the process of its own into which mutate.ts has put a mutant. Started by mutants.test.ts.
import { families } from '../exhaustive.js'
import { randomRun } from '../random-run.js'
import { smallRun } from '../small-run.js'
import { smallWorkloads } from '../small-workloads.js'
import type { Catch, Hunt } from './mutant.js'

async function hunt(how: Hunt): Promise<Catch> {
  return how.in === 'random runs' ? await huntAtRandom(how) : await huntInFamily(how)
}

async function huntAtRandom({ runs, options }: Extract<Hunt, { in: 'random runs' }>): Promise<Catch> {
  for (let seed = 0; seed < runs; seed++) {
    const { violations } = await randomRun(seed, options)
    const first = violations[0]
    if (first !== undefined) return { runs: seed + 1, finding: `${first.kind}: ${first.complaint}` }
  }
  return { runs, finding: undefined }
}

async function huntInFamily({ family, workload, every }: Extract<Hunt, { in: 'family' }>): Promise<Catch> {
  const make = families[family]
  if (make === undefined) throw new TypeError(`there is no family '${family}'`)
  let runs = 0
  for await (const { name, plan } of make({ workload: smallWorkloads[workload], every })) {
    const { violations } = await smallRun(plan)
    runs += 1
    const first = violations[0]
    if (first !== undefined) return { runs, finding: `${name}: ${first.kind}: ${first.complaint}` }
  }
  return { runs, finding: undefined }
}

process.stdout.write(JSON.stringify(await hunt(JSON.parse(process.argv[2]!) as Hunt)))
