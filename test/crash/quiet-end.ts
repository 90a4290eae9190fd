// The end of every run: nothing goes wrong any more, whoever is late comes, and a last writer leaves everything in order.
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { SimulatedProcess } from '../../src/testing/simulation/simulated-process.js'
import type { CrashWorld } from './crash-world.js'
import { IDLE_MS, type WriterPlan, writer } from './writer-program.js'

/** More steps than any honest run needs between two events. */
export const STEPS_MAX = 60_000
/** Writers that may try to be the last one before the run counts as stuck. */
const LAST_WRITERS_MAX = 20
/** Each lets those go on who waited for the one before: sleepers, half-open uploads. */
const SETTLING_ROUNDS = 3

/** Starts a process with a plan. What it writes follows from the seed of the world and its name. */
export function startWriter(world: CrashWorld, name: string, plan: WriterPlan, task: number = 0): SimulatedProcess {
  world.assign(name, task)
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
  const tasks = [...world.models.keys()]
  for (const task of tasks) {
    const othersMs = Math.max(...world.models.map(({ released, watermarkMs }) => (released ? watermarkMs : -Infinity)))
    await untilOneCloses(world, { name: 'last', task }, ['commits'], runUntil)
    checkFollows(world, task, othersMs)
  }
  await settleDown(world)
  world.checkLeft('when all had left')
  // A writer that was left over may have claimed after it, and vanished with half of an attempt.
  for (const [task, { released }] of world.models.entries())
    world.checkNow(task, released ? 'exact' : 'growing', 'busy', 'when all was quiet')
  for (const task of tasks) await untilOneCloses(world, { name: 'very-last', task }, [], runUntil)
  await settleDown(world)
  for (const task of tasks) world.checkNow(task, 'exact', 'quiet', 'at the end')
  world.checkTold()
}

async function untilOneCloses(
  world: CrashWorld,
  { name, task }: { readonly name: string; readonly task: number },
  attempts: WriterPlan['attempts'],
  runUntil: (condition: () => boolean) => Promise<void>,
): Promise<void> {
  const plan: WriterPlan = { opensMax: 1, attempts, takeover: 'always', leaves: 'closes' }
  for (let writers = 1; writers <= LAST_WRITERS_MAX; writers++) {
    const of = task === 0 ? '' : `-of-${task}`
    const process = startWriter(world, `${name}${of}-${writers}`, plan, task)
    await runUntil(() => !process.isBusy)
    const isClosed = world.journal.entries.some((told) => told.what === 'closed' && told.process === process.name)
    if (isClosed && world.newestClaimantOf(process) === world.pidOf(process)) return
  }
  world.violations.add('STUCK', `none of ${LAST_WRITERS_MAX} writers came to its end in fair weather`)
}

/** Whose task owns no partition goes along with the others. */
function checkFollows({ models, source, violations, workload }: CrashWorld, task: number, othersMs: number): void {
  if (source.partitionsOf(task).length > 0 || (workload.windows?.idlePartitionMs ?? Infinity) > IDLE_MS) return
  const { watermarkMs } = models[task]!
  if (watermarkMs < othersMs)
    violations.add('WINDOW', `task ${task} owns no partition and stays at ${watermarkMs}, others are at ${othersMs}`)
}

async function settleDown({ simulation }: CrashWorld): Promise<void> {
  for (let round = 0; round < SETTLING_ROUNDS; round++) {
    simulation.endHalfOpenUploads()
    for (const process of simulation.processes.values()) process.wake()
    await simulation.run({ until: 'idle', stepsMax: STEPS_MAX })
  }
}
