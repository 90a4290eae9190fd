// The end of every run: nothing goes wrong any more, whoever is late comes, and a last writer leaves everything in order.
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { SimulatedProcess } from '../../src/testing/simulation/simulated-process.js'
import type { CrashWorld } from './crash-world.js'
import { type WriterPlan, writer } from './writer-program.js'

/** More steps than any honest run needs between two events. */
export const STEPS_MAX = 60_000
/** Writers that may try to be the last one before the run counts as stuck. */
const LAST_WRITERS_MAX = 20
/** Each lets those go on who waited for the one before: sleepers, half-open uploads. */
const SETTLING_ROUNDS = 3

/** Starts a process with a plan. What it writes follows from the seed of the world and its name. */
export function startWriter(world: CrashWorld, name: string, plan: WriterPlan): SimulatedProcess {
  const random = new SeededRandom(`${world.simulation.seed}/${name}/plan`)
  return world.simulation.process(name).run(writer(world, plan, random))
}

/**
 * Lets a last writer come to its end, then everything that is still under way, and checks; then once more, for what an open in
 * quiet finds was left behind for good. `runUntil` moves the simulation. The policy must let all go well by now.
 */
export async function endQuietly(
  world: CrashWorld,
  runUntil: (condition: () => boolean) => Promise<void>,
): Promise<void> {
  await untilOneCloses(world, 'last', ['commits'], runUntil)
  await settleDown(world)
  // A writer that was left over may have claimed after it, and vanished with half of an attempt.
  world.checkNow(world.model.released ? 'exact' : 'growing', 'busy', 'when all was quiet')
  await untilOneCloses(world, 'very-last', [], runUntil)
  await settleDown(world)
  world.checkNow('exact', 'quiet', 'at the end')
  world.checkTold()
}

async function untilOneCloses(
  world: CrashWorld,
  name: string,
  attempts: WriterPlan['attempts'],
  runUntil: (condition: () => boolean) => Promise<void>,
): Promise<void> {
  const plan: WriterPlan = { opensMax: 1, attempts, takeover: 'always', leaves: 'closes' }
  for (let writers = 1; writers <= LAST_WRITERS_MAX; writers++) {
    const process = startWriter(world, `${name}-${writers}`, plan)
    await runUntil(() => !process.isBusy)
    const isClosed = world.journal.entries.some((told) => told.what === 'closed' && told.process === process.name)
    if (isClosed && world.newestClaimant === world.pidOf(process)) return
  }
  world.violations.add('STUCK', `none of ${LAST_WRITERS_MAX} writers came to its end in fair weather`)
}

async function settleDown({ simulation }: CrashWorld): Promise<void> {
  for (let round = 0; round < SETTLING_ROUNDS; round++) {
    simulation.endHalfOpenUploads()
    for (const process of simulation.processes.values()) process.wake()
    await simulation.run({ until: 'idle', stepsMax: STEPS_MAX })
  }
}
