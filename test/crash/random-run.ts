// One run from a seed: writers, rivals, faults everywhere; then quiet, a last writer, and the checker's verdict.
import type { FaultPolicy } from '../../src/testing/simulation/fault.js'
import {
  type FaultProbabilities,
  randomFaults,
  roughProbabilities,
} from '../../src/testing/simulation/random-faults.js'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { SimulatedProcess } from '../../src/testing/simulation/simulated-process.js'
import type { Violation } from './checker/violations.js'
import { CrashWorld } from './crash-world.js'
import { randomWorkload, type Workload } from './workload.js'
import { type WriterPlan, writer } from './writer-program.js'

/** Steps during which anything goes wrong. */
const ROUGH_STEPS_MAX = 500
/** Writers that may try to be the last one before the run counts as stuck. */
const LAST_WRITERS_MAX = 20
const STEPS_MAX = 60_000

/** What came of a run. */
export interface RandomRun {
  readonly seed: number | string
  readonly violations: readonly Violation[]
  readonly world: CrashWorld
}

/** Kinds of weather: each shifts what goes wrong. */
const WEATHERS: readonly Partial<FaultProbabilities>[] = [
  roughProbabilities,
  { ...roughProbabilities, crash: 0.03 },
  { ...roughProbabilities, sleep: 0.04, crash: 0.004 },
  { late: 0.06, lostReply: 0.05, crash: 0.005, timePasses: 0.01 },
  { halfOpen: 0.03, datanodeDeath: 0.03, cut: 0.05, crash: 0.01, sleep: 0.01, timePasses: 0.02 },
  { crash: 0.012, sleep: 0.01 },
]

/** Runs a seed. `workload` replaces what the seed would choose. */
export async function randomRun(seed: number | string, workload: Partial<Workload> = {}): Promise<RandomRun> {
  const random = new SeededRandom(`${seed}/run`)
  const weather = random.pick(WEATHERS)
  const world = new CrashWorld(seed, { ...randomWorkload(random), ...workload }, randomFaults(weather))
  const run = new Run(world, random)
  try {
    await run.roughly()
    await run.quietly()
  } catch (error) {
    world.violations.add('STUCK', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  world.checkTold()
  return { seed, violations: world.violations.found, world }
}

class Run {
  readonly #world: CrashWorld
  readonly #random: SeededRandom
  readonly #rivalEvery: number
  #writers = 0

  constructor(world: CrashWorld, random: SeededRandom) {
    this.#world = world
    this.#random = random
    this.#rivalEvery = random.pick([60, 200, 400])
  }

  #start(plan: WriterPlan): SimulatedProcess {
    this.#writers += 1
    const name = `w${this.#writers}`
    const random = new SeededRandom(`${this.#world.simulation.seed}/${name}/plan`)
    return this.#world.simulation.process(name).run(writer(this.#world, plan, random))
  }

  #randomPlan(): WriterPlan {
    const random = this.#random
    return {
      opensMax: random.pick([1, 1, 2, 4]),
      commits: random.integer(8),
      aborts: random.pick([0, 0.1, 0.4]),
      pipelines: random.pick([0, 0.5]),
      takeover: random.happens(0.15) ? 'ifReleased' : 'always',
      leaves: random.happens(0.6) ? 'closes' : 'vanishes',
    }
  }

  /** Writers come and go, and anything may go wrong. */
  async roughly(): Promise<void> {
    const { simulation } = this.#world
    const endStep = ROUGH_STEPS_MAX / 5 + this.#random.integer((ROUGH_STEPS_MAX * 4) / 5)
    while (simulation.steps < endStep) {
      this.#start(this.#randomPlan())
      const untilStep = Math.min(endStep, simulation.steps + 1 + this.#random.integer(this.#rivalEvery))
      await this.#runUntil(() => simulation.steps >= untilStep)
    }
  }

  /** Time passes also while requests are under way, so that who waits is not kept waiting for ever. */
  async #runUntil(condition: (() => boolean) | undefined): Promise<void> {
    const { simulation } = this.#world
    const end = await simulation.run({
      stepsMax: STEPS_MAX,
      until: () => {
        if (this.#random.happens(0.05)) simulation.advance(this.#random.integer(60))
        return condition?.() ?? !this.#isAnybodyBusy()
      },
    })
    if (end === 'stuck') throw new Error('programs wait for what cannot come')
  }

  #isAnybodyBusy(): boolean {
    for (const process of this.#world.simulation.processes.values()) {
      if (process.isBusy && process.state !== 'crashed') return true
    }
    return false
  }

  /** Nothing goes wrong any more, though what is late still comes, and who slept wakes up. Then all must be in order. */
  async quietly(): Promise<void> {
    const world = this.#world
    const { simulation } = world
    world.setPolicy(this.#fairWeather())
    for (const process of simulation.processes.values()) {
      if (this.#random.happens(0.5)) process.crash({ request: 'executes', afterSteps: this.#random.integer(200) })
    }
    await this.#untilOneCloses()
    await this.#settleDown()
    world.checkNow('exact', 'busy', 'when all was quiet')
    // Nothing is left to be cut now: what this one finds was left behind for good.
    await this.#untilOneCloses()
    await this.#settleDown()
    world.checkNow('exact', 'quiet', 'at the end')
  }

  #fairWeather(): FaultPolicy {
    return { choose: (steps) => this.#random.integer(steps.length), decide: () => undefined }
  }

  async #untilOneCloses(): Promise<void> {
    const { journal } = this.#world
    const plan: WriterPlan = {
      opensMax: 1,
      commits: 1,
      aborts: 0,
      pipelines: 0.5,
      takeover: 'always',
      leaves: 'closes',
    }
    for (let writers = 0; writers < LAST_WRITERS_MAX; writers++) {
      const process = this.#start(plan)
      await this.#runUntil(() => !process.isBusy)
      const isClosed = journal.entries.some((told) => told.what === 'closed' && told.process === process.name)
      const isOwner = this.#world.newestClaimant === this.#world.pidOf(process)
      if (isClosed && isOwner) return
    }
    throw new Error(`none of ${LAST_WRITERS_MAX} writers came to its end in fair weather`)
  }

  async #settleDown(): Promise<void> {
    const { simulation } = this.#world
    for (let round = 0; round < 3; round++) {
      simulation.endHalfOpenUploads()
      for (const process of simulation.processes.values()) process.wake()
      await simulation.run({ until: 'idle', stepsMax: STEPS_MAX })
    }
  }
}
