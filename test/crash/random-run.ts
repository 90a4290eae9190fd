// One run from a seed: writers, rivals, faults everywhere; then quiet, a last writer, and the checker's verdict.
import type { FaultPolicy } from '../../src/testing/simulation/fault.js'
import {
  type FaultProbabilities,
  randomFaults,
  roughProbabilities,
} from '../../src/testing/simulation/random-faults.js'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { Violation } from './checker/violations.js'
import { CrashWorld } from './crash-world.js'
import { FILE_NAME } from './data-names.js'
import { endQuietly, STEPS_MAX, startWriter } from './quiet-end.js'
import { randomConcat, randomWindows, randomWorkload, type Workload } from './workload.js'
import type { WriterPlan } from './writer-program.js'

/** Steps during which anything goes wrong. */
const ROUGH_STEPS_MAX = 500

/** What came of a run. */
export interface RandomRun {
  readonly seed: number | string
  readonly violations: readonly Violation[]
  readonly world: CrashWorld
}

/** What may be chosen for a run in place of the seed's choice. */
export interface RandomRunOptions {
  readonly workload?: Partial<Workload>
  readonly weather?: Weather
  /** Whether directories are windows of event time; default no. */
  readonly windows?: boolean
  /** Tasks that share the job; default `one`. */
  readonly tasks?: 'one' | 'several'
  /** Whether some seeds run in mode `concat`; default `sometimes`. */
  readonly concat?: 'sometimes' | 'always' | 'never'
  /** The probability that what can be lost in a failover is lost. */
  readonly failOver?: number
}

/** A kind of weather: each shifts what goes wrong. */
export type Weather = 'rough' | 'deadly' | 'sleepy' | 'silent' | 'broken' | 'fair' | 'unheard'

const weathers: Readonly<Record<Exclude<Weather, 'unheard'>, Partial<FaultProbabilities>>> = {
  rough: roughProbabilities,
  deadly: { ...roughProbabilities, crash: 0.03 },
  sleepy: { ...roughProbabilities, sleep: 0.04, crash: 0.004 },
  silent: { late: 0.06, lostReply: 0.1, crash: 0.005, timePasses: 0.01 },
  broken: { halfOpen: 0.03, datanodeDeath: 0.03, cut: 0.05, crash: 0.01, sleep: 0.01, timePasses: 0.02 },
  fair: { crash: 0.012, sleep: 0.01 },
}

/** Not among those that seeds choose: uploads stay open, so that files are copied, and what is done with the copies is not answered. */
const unheard: Partial<FaultProbabilities> = { late: 0.03, lostReply: 0.12, halfOpen: 0.1, crash: 0.01 }

/** Runs a seed. The same seed and options give the same run. */
export async function randomRun(seed: number | string, options: RandomRunOptions = {}): Promise<RandomRun> {
  const random = new SeededRandom(`${seed}/run`)
  const chosen = random.pick(Object.keys(weathers) as Exclude<Weather, 'unheard'>[])
  const workload = {
    ...randomWorkload(random),
    ...modeOf(seed, options.concat),
    ...leasesOf(seed),
    ...namesOf(seed),
    ...windowsOf(seed, options),
    ...tasksOf(seed, options),
    ...options.workload,
  }
  const weather = options.weather ?? chosen
  const world = new CrashWorld(seed, workload, randomFaults(weather === 'unheard' ? unheard : weathers[weather]))
  const failOver = options.failOver ?? random.pick([0, 0, 0.1, 0.6])
  if (failOver > 0) failOverAtRandom(world, failOver, new SeededRandom(`${seed}/failovers`))
  const run = new Run(world, random)
  try {
    await run.roughly()
    await run.quietly()
  } catch (error) {
    world.violations.add('STUCK', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return { seed, violations: world.violations.found, world }
}

/** Of the seeds that are left to themselves. */
const CONCAT_SHARE = 0.35

/** Chosen apart from the rest, so that the rest of a run is the same in each mode. */
function modeOf(seed: number | string, concat: RandomRunOptions['concat'] = 'sometimes'): Partial<Workload> {
  const random = new SeededRandom(`${seed}/mode`)
  const isConcat = random.happens(CONCAT_SHARE)
  return concat === 'always' || (concat === 'sometimes' && isConcat)
    ? randomConcat(random)
    : { snapshotEvery: random.pick([0, 0, 3]) }
}

/** Likewise: more records an attempt, else hardly a window is ever over. */
function windowsOf(seed: number | string, { windows = false }: RandomRunOptions): Partial<Workload> {
  if (!windows) return {}
  return { ...randomWindows(new SeededRandom(`${seed}/windows`)), recordsPerAttemptMax: 12 }
}

/** Likewise: one task in a few has no partition. */
function tasksOf(seed: number | string, { tasks = 'one' }: RandomRunOptions): Partial<Workload> {
  if (tasks === 'one') return {}
  const random = new SeededRandom(`${seed}/tasks`)
  return { taskCount: random.pick([2, 2, 3]), partitions: random.pick([1, 2, 3, 4]) }
}

/** Of the seeds. */
const RECOVER_LEASE_SHARE = 0.25

/** Chosen apart from the rest, too. */
function leasesOf(seed: number | string): Partial<Workload> {
  return { recoverLease: new SeededRandom(`${seed}/leases`).happens(RECOVER_LEASE_SHARE) }
}

/** Of the seeds. */
const FILE_NAME_SHARE = 0.15

/** Likewise. */
function namesOf(seed: number | string): Partial<Workload> {
  return new SeededRandom(`${seed}/names`).happens(FILE_NAME_SHARE) ? { fileName: FILE_NAME } : {}
}

/** Whenever a namenode could lose a rename that it had shown, it may. */
function failOverAtRandom(world: CrashWorld, probability: number, random: SeededRandom): void {
  const { policy } = world.simulation
  world.setPolicy({
    ...policy,
    decide: (step) => {
      if (random.happens(probability)) world.failOver()
      return policy?.decide(step)
    },
  })
}

class Run {
  readonly #world: CrashWorld
  readonly #random: SeededRandom
  readonly #rivalEvery: number
  /** Draws for which task a writer comes; apart from the rest, as above. */
  readonly #taskRandom: SeededRandom
  #writers = 0

  constructor(world: CrashWorld, random: SeededRandom) {
    this.#world = world
    this.#random = random
    this.#rivalEvery = random.pick([60, 200, 400])
    this.#taskRandom = new SeededRandom(`${world.simulation.seed}/whose`)
  }

  #randomPlan(): WriterPlan {
    const random = this.#random
    const aborts = random.pick([0, 0.1, 0.4])
    const pipelines = random.pick([0, 0.5])
    return {
      opensMax: random.pick([1, 1, 2, 4]),
      attempts: Array.from({ length: random.integer(8) }, () =>
        random.happens(aborts) ? 'aborts' : random.happens(pipelines) ? 'pipelines' : 'commits',
      ),
      takeover: random.happens(0.15) ? 'ifReleased' : 'always',
      leaves: random.happens(0.6) ? 'closes' : 'vanishes',
    }
  }

  /** Writers come and go, and anything may go wrong. */
  async roughly(): Promise<void> {
    const { simulation, workload } = this.#world
    const endStep = workload.taskCount * (ROUGH_STEPS_MAX / 5 + this.#random.integer((ROUGH_STEPS_MAX * 4) / 5))
    while (simulation.steps < endStep) {
      this.#writers += 1
      const task = this.#taskRandom.integer(workload.taskCount)
      startWriter(this.#world, `w${this.#writers}`, this.#randomPlan(), task)
      const untilStep = Math.min(endStep, simulation.steps + 1 + this.#random.integer(this.#rivalEvery))
      await this.#runUntil(() => simulation.steps >= untilStep)
    }
  }

  /** Time passes also while requests are under way, so that who waits is not kept waiting for ever. */
  async #runUntil(condition: () => boolean): Promise<void> {
    const { simulation } = this.#world
    const end = await simulation.run({
      stepsMax: STEPS_MAX,
      until: () => {
        if (this.#random.happens(0.05)) simulation.advance(this.#random.integer(60))
        return condition()
      },
    })
    if (end === 'stuck') throw new Error('programs wait for what cannot come')
  }

  /** Nothing goes wrong any more, though what is late still comes, and who slept wakes up. Then all must be in order. */
  async quietly(): Promise<void> {
    const world = this.#world
    const { simulation } = world
    world.setPolicy(this.#fairWeather())
    for (const process of simulation.processes.values()) {
      if (this.#random.happens(0.5)) process.crash({ request: 'executes', afterSteps: this.#random.integer(200) })
    }
    await endQuietly(world, (condition) => this.#runUntil(condition))
  }

  #fairWeather(): FaultPolicy {
    return { choose: (steps) => this.#random.integer(steps.length), decide: () => undefined }
  }
}
