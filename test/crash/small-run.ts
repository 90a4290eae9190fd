// One run of a small workload in which everything is chosen: which fault strikes at which step, and who goes on when.
import type { Fate, FaultPolicy, Step } from '../../src/testing/simulation/fault.js'
import { faults } from '../../src/testing/simulation/fault.js'
import type { Violation } from './checker/violations.js'
import { CrashWorld } from './crash-world.js'
import { endQuietly, STEPS_MAX, startWriter } from './quiet-end.js'
import type { Workload } from './workload.js'
import type { WriterPlan } from './writer-program.js'

/** A fate for the k-th step of a process. */
export interface Strike {
  readonly process: string
  readonly step: number
  readonly fate: Fate
}

/** What is chosen. */
export interface SmallRunPlan {
  readonly workload: Workload
  /** What went before: `nothing`, or a writer that died with bytes beyond the committed lengths, or with a record decided and nothing of it published. */
  readonly before: 'nothing' | 'death in an attempt' | 'death before publishing'
  /** The writers, in the order in which they begin. */
  readonly writers: readonly { readonly name: string; readonly plan: WriterPlan; readonly task?: number }[]
  readonly strikes: readonly Strike[]
  /** The namenode fails over when a process has come so far. */
  readonly failOvers?: readonly { readonly process: string; readonly step: number }[]
  /** What is late is carried out when a process has come so far. */
  readonly lateArrives?: { readonly process: string; readonly step: number }
  /** A process that sleeps is woken when another has come so far. */
  readonly wake?: { readonly process: string; readonly when: string; readonly step: number }
  /**
   * When the next writer begins. `in turn`: when the one before ended, crashed or sleeps for good. `at once`: all begin together,
   * and `turns` says who goes on.
   */
  readonly start: 'in turn' | 'at once'
  /** Who may go on, by the steps that all have made; anybody where it names nobody that can. */
  readonly turns?: (steps: ReadonlyMap<string, number>) => string | undefined
}

/** What came of it. */
export interface SmallRunResult {
  readonly violations: readonly Violation[]
  readonly world: CrashWorld
  /** The steps of each writer, in order: a strike at number k is a strike at the k-th of them. */
  readonly steps: ReadonlyMap<string, readonly SmallStep[]>
}

/** What stands at a step. */
export type SmallStep = Pick<Step, 'stage' | 'kind' | 'request' | 'path' | 'pendingBytes'>

/** Runs a plan, lets a last writer come to its end, and checks. The same plan gives the same run. */
export async function smallRun(plan: SmallRunPlan): Promise<SmallRunResult> {
  const world = new CrashWorld('small', plan.workload)
  const steps = new Map<string, SmallStep[]>(plan.writers.map(({ name }) => [name, []]))
  try {
    if (plan.before !== 'nothing') await die(world, plan.before)
    world.setPolicy(policyOf(world, plan, steps))
    await runWriters(world, plan)
    if (plan.strikes.length === 0 && plan.failOvers === undefined) world.checkLeft('when all writers had left')
    world.setPolicy(undefined)
    await endQuietly(world, (condition) => runUntil(world, condition))
  } catch (error) {
    world.violations.add('STUCK', error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return { violations: world.violations.found, world, steps }
}

/**
 * A writer that commits twice, then writes new keys to temps and bytes to files that are there, and dies: before the record that decides these, or
 * when it is decided.
 */
async function die(world: CrashWorld, when: 'death in an attempt' | 'death before publishing'): Promise<void> {
  const records = new Set<string>()
  const files = new Set<string>()
  world.setPolicy({
    decide: ({ stage, request, path }) => {
      if (stage !== 'arrive' || request !== 'RENAME') return undefined
      if (path.includes('/record-')) records.add(path)
      if (path.includes('/data-')) files.add(path)
      const isTime = when === 'death in an attempt' ? records.size === DEATH_AT_RECORD : files.size === DEATH_AT_FILE
      return isTime ? faults.crash() : undefined
    },
  })
  startWriter(world, 'before', {
    opensMax: 1,
    attempts: ['commits', 'commits', 'commits', 'commits'],
    takeover: 'always',
    leaves: 'vanishes',
  })
  await world.simulation.run({ stepsMax: STEPS_MAX })
}

/** The claim, two commits and a checkpoint go well. */
const DEATH_AT_RECORD = 5
/** Two keys have their first file. */
const DEATH_AT_FILE = 3

async function runWriters(world: CrashWorld, plan: SmallRunPlan): Promise<void> {
  for (const { name, plan: own, task } of plan.writers) {
    startWriter(world, name, own, task)
    if (plan.start === 'in turn') await runUntil(world, () => isAnybodyAwake(world) === false)
  }
  await runUntil(world, () => isAnybodyAwake(world) === false)
}

function isAnybodyAwake({ simulation }: CrashWorld): boolean {
  for (const { isBusy, state } of simulation.processes.values()) if (isBusy && state === 'running') return true
  return false
}

async function runUntil({ simulation }: CrashWorld, condition: () => boolean): Promise<void> {
  const end = await simulation.run({ stepsMax: STEPS_MAX, until: condition })
  if (end === 'stuck') throw new Error('programs wait for what cannot come')
}

function policyOf(
  world: CrashWorld,
  { strikes, wake, failOvers = [], lateArrives, turns }: SmallRunPlan,
  made: ReadonlyMap<string, SmallStep[]>,
): FaultPolicy {
  const { simulation } = world
  const strikeAt = new Map(strikes.map(({ process, step, fate }) => [`${process} ${step}`, fate]))
  const failOverAt = new Set(failOvers.map(({ process, step }) => `${process} ${step}`))
  return {
    decide: ({ process, processStep, stage, kind, request, path, pendingBytes }) => {
      made.get(process)?.push({ stage, kind, request, path, pendingBytes })
      if (failOverAt.has(`${process} ${processStep}`)) world.failOver()
      if (lateArrives?.process === process && lateArrives.step === processStep) arriveNow(simulation)
      if (wake?.when === process && wake.step === processStep) simulation.process(wake.process).wake()
      return strikeAt.get(`${process} ${processStep}`)
    },
    ...(turns === undefined ? {} : { choose: (steps: readonly Step[]) => choose(simulation, turns, steps) }),
  }
}

/** Whoever waits longest comes next, so these come before anything that is sent from now on. */
function arriveNow({ processes }: CrashWorld['simulation']): void {
  for (const { flights } of processes.values()) for (const flight of flights) if (flight.isOrphan) flight.dueStep = 0
}

function choose(
  simulation: CrashWorld['simulation'],
  turns: NonNullable<SmallRunPlan['turns']>,
  steps: readonly Step[],
): number {
  const made = new Map([...simulation.processes].map(([name, { decidedSteps }]) => [name, decidedSteps]))
  const wanted = turns(made)
  return Math.max(
    0,
    steps.findIndex(({ process }) => process === wanted),
  )
}
