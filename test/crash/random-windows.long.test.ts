// Random runs in which directories are windows of event time: sealed by the watermark, marked, and late records aside; of one task, and of several.
import { expect, test } from 'vitest'
import { randomRun } from './random-run.js'

/** SIMULATION_RUNS sets another number, SIMULATION_FIRST another first seed, as for the other random runs. */
const RUNS = Number(process.env.SIMULATION_RUNS ?? 150)
const FIRST = Number(process.env.SIMULATION_FIRST ?? 0)

test.each(['one', 'several'] as const)(`windows of %s, seeds ${FIRST} to ${FIRST + RUNS - 1}`, async (tasks) => {
  const counts = new Map<string, number>()
  for (let seed = FIRST; seed < FIRST + RUNS; seed++) {
    const { violations, world } = await randomRun(seed, { windows: true, tasks })
    for (const [what, times] of world.counts) counts.set(what, (counts.get(what) ?? 0) + times)
    if (violations.length === 0) continue
    const found = violations.map(({ kind, complaint }) => `${kind}: ${complaint}`).join('\n')
    expect.fail(`seed ${seed} with windows of ${tasks}:\n${found}\n${world.simulation.trace()}`)
  }
  // What is to be checked did happen.
  for (const what of ['seal of a window', 'late record', 'window marked'])
    expect(counts.get(what) ?? 0).toBeGreaterThan(RUNS / 10)
})
