// Runs the simulation from the command line: many seeds, or one with its trace.
import { parseArgs } from 'node:util'
import { randomRun } from './random-run.js'

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    first: { type: 'string', default: '0' },
    seed: { type: 'string' },
  },
})

if (values.seed !== undefined) {
  const { violations, world } = await randomRun(values.seed)
  console.log(world.simulation.trace())
  console.log(JSON.stringify(world.workload))
  console.log(violations.map(({ kind, complaint }) => `${kind}: ${complaint}`).join('\n') || 'nothing found')
} else {
  const [first, runs] = [Number(values.first), Number(values.runs)]
  const totals = new Map<string, number>()
  const begunMs = performance.now()
  let failed = 0
  let steps = 0
  for (let seed = first; seed < first + runs; seed++) {
    const { violations, world } = await randomRun(seed)
    steps += world.simulation.steps
    for (const [what, times] of world.counts) totals.set(what, (totals.get(what) ?? 0) + times)
    if (violations.length > 0 && failed++ < 20)
      console.log(
        seed,
        violations.slice(0, 3).map(({ kind, complaint }) => `${kind}: ${complaint}`.slice(0, 400)),
      )
  }
  console.log({
    runs,
    failed,
    stepsPerRun: steps / runs,
    msPerRun: (performance.now() - begunMs) / runs,
    cpuMsPerRun: cpuMs() / runs,
  })
  console.log(totals)
}
