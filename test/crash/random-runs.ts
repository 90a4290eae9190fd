// Many random runs in one test: used by the two files that share the seeds, so that two workers run them side by side.
import { expect, test } from 'vitest'
import { randomRun } from './random-run.js'

/** Runs of `npm test`, over both files. SIMULATION_RUNS sets another number, SIMULATION_FIRST another first seed. */
const RUNS = Number(process.env.SIMULATION_RUNS ?? 20_000)
const FIRST = Number(process.env.SIMULATION_FIRST ?? 0)

/** Seeds a test: small enough that a failure is told soon. */
const RUNS_PER_TEST = 1_000

/** Makes the tests for every second block of seeds. */
export function testRandomRuns(half: 0 | 1): void {
  for (let block = half; block * RUNS_PER_TEST < RUNS; block += 2) {
    const first = FIRST + block * RUNS_PER_TEST
    const until = FIRST + Math.min(RUNS, (block + 1) * RUNS_PER_TEST)
    test(`seeds ${first} to ${until - 1}`, async () => {
      for (let seed = first; seed < until; seed++) {
        const { violations, world } = await randomRun(seed)
        if (violations.length > 0) {
          const found = violations.map(({ kind, complaint }) => `${kind}: ${complaint}`).join('\n')
          expect.fail(`seed ${seed} (npm run simulate -- --seed ${seed}):\n${found}\n${world.simulation.trace()}`)
        }
      }
    })
  }
}
