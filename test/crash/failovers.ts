// Families of runs in which a namenode shows what is not durable yet, and dies.
import { faults } from '../../src/testing/simulation/fault.js'
import { counter, type NamedRun, type Sample, stepsOf, twoWriters } from './family.js'
import type { SmallRunPlan, SmallStep } from './small-run.js'

/** Within so many steps whoever looked has had a mutation answered. */
const FAILOVER_STEPS = 16
/** Within so many steps a writer has found out what became of a rename, has made something else durable, and has looked again. */
const SETTLING_STEPS = 8
/** What the next writer does until its claim stands. */
const CLAIM_STEPS = 32
/** Executed when the plan says so. */
const LATE = { afterSteps: 1_000_000 }

function baseOf({ workload }: Sample, before: SmallRunPlan['before']): SmallRunPlan {
  return { workload, before, writers: twoWriters, strikes: [], start: 'in turn' }
}

/** A CONCAT consumes its source as a rename does. */
function isRename({ request, stage }: SmallStep): boolean {
  return (request === 'RENAME' || request.startsWith('CONCAT')) && stage === 'arrive'
}

/** Whoever looked goes on with the namenode that takes over. */
export async function* failovers(sample: Sample): AsyncGenerator<NamedRun> {
  const count = counter(sample.every)
  // The first rename of all makes the location a job's.
  for (const [before, renamesMax] of [
    ['nothing', 1],
    ['death before publishing', Number.POSITIVE_INFINITY],
  ] as const) {
    const base = baseOf(sample, before)
    const steps = await stepsOf('a', base)
    const renames = steps.flatMap((step, index) => (isRename(step) ? [index + 1] : [])).slice(0, renamesMax)
    for (const step of renames) {
      const dies = { process: 'a', step, fate: faults.crashAfterSending() }
      const isUnanswered = { process: 'a', step, fate: faults.unanswered() }
      for (let after = 1; after <= FAILOVER_STEPS; after++) {
        const ofNext = { process: 'b', step: after }
        if (count()) {
          const name = `a ${step}: dies, executed, lost at b ${after}`
          yield { name, plan: { ...base, strikes: [dies], failOvers: [ofNext] } }
        }
        const ofSame = { process: 'a', step: step + after }
        if (count()) {
          const name = `a ${step}: not answered, lost at ${step + after}`
          yield { name, plan: { ...base, strikes: [isUnanswered], failOvers: [ofSame] } }
        }
      }
    }
  }
}

/** A dead writer's rename comes in the middle of what the next writer does. */
export async function* lateFailovers(sample: Sample): AsyncGenerator<NamedRun> {
  const count = counter(sample.every)
  const base = baseOf(sample, 'death before publishing')
  const steps = await stepsOf('a', base)
  for (const [index, each] of steps.entries()) {
    if (!isRename(each)) continue
    const strikes = [{ process: 'a', step: index + 1, fate: faults.crashAfterSending(LATE) }]
    for (let arrives = 1; arrives <= CLAIM_STEPS; arrives++) {
      for (let lost = arrives + 1; lost <= arrives + SETTLING_STEPS; lost++) {
        if (!count()) continue
        const name = `a ${index + 1}: dies, arrives at b ${arrives}, lost at b ${lost}`
        const [lateArrives, failOver] = [
          { process: 'b', step: arrives },
          { process: 'b', step: lost },
        ]
        yield { name, plan: { ...base, strikes, lateArrives, failOvers: [failOver] } }
      }
    }
  }
}

/** The second look of a writer sees the work of another request than the first. */
export async function* repeatedFailovers(sample: Sample): AsyncGenerator<NamedRun> {
  const count = counter(sample.every)
  const base = baseOf(sample, 'death before publishing')
  const steps = await stepsOf('a', base)
  for (const [index, each] of steps.entries()) {
    if (!isRename(each) || !count.peek(REPEATED_RUNS)) continue
    const late = { process: 'a', step: index + 1, fate: faults.unanswered(LATE) }
    const next = await stepsOf('a', { ...base, strikes: [late] })
    const again = next.findIndex((step, at) => at > index && isRename(step) && step.path === each.path) + 1
    if (again === 0) continue
    const strikes = [late, { process: 'a', step: again, fate: faults.unanswered() }]
    for (let lost = again + 1; lost <= again + SETTLING_STEPS; lost++) {
      for (let arrives = lost; arrives <= lost + SETTLING_STEPS; arrives++) {
        for (let lostAgain = arrives + 1; lostAgain <= arrives + SETTLING_STEPS; lostAgain++) {
          if (!count()) continue
          const name = `a ${index + 1}: late, again at ${again}, lost at ${lost}, arrives at ${arrives}, lost at ${lostAgain}`
          const at = (step: number) => ({ process: 'a', step })
          yield { name, plan: { ...base, strikes, lateArrives: at(arrives), failOvers: [at(lost), at(lostAgain)] } }
        }
      }
    }
  }
}

const REPEATED_RUNS = SETTLING_STEPS * (SETTLING_STEPS + 1) * SETTLING_STEPS

/** The next writer finds the marker there, puts its record, and the marker goes: it was the late one of the dead. */
export async function* lostMarkers(sample: Sample): AsyncGenerator<NamedRun> {
  const count = counter(sample.every)
  const base = baseOf(sample, 'nothing')
  const steps = await stepsOf('a', base)
  const isMarker = ({ request, stage, path }: SmallStep): boolean =>
    request === 'CREATE' && stage === 'open' && path.endsWith('/_SUCCESS')
  for (const [index, each] of steps.entries()) {
    if (!isMarker(each)) continue
    const strikes = [{ process: 'a', step: index + 1, fate: faults.crashAfterSending(LATE) }]
    const next = await stepsOf('b', { ...base, strikes })
    const again = next.findIndex((step) => isMarker(step) && step.path === each.path) + 1
    for (let arrives = Math.max(1, again - 1); again > 0 && arrives <= again; arrives++) {
      for (let lost = arrives + 1; lost <= arrives + SETTLING_STEPS; lost++) {
        if (!count()) continue
        const name = `a ${index + 1}: dies, arrives at b ${arrives}, lost at b ${lost}`
        const lateArrives = { process: 'b', step: arrives }
        yield { name, plan: { ...base, strikes, lateArrives, failOvers: [{ process: 'b', step: lost }] } }
      }
    }
  }
}

/**
 * A reader has folded a log whose newest record is lost then, and comes again, a late copy, when the reader looks before it claims. It must have begun
 * before that record was put: whatever it does first would make it durable.
 */
export async function* lostFollowed(sample: Sample): AsyncGenerator<NamedRun> {
  const count = counter(sample.every)
  const base: SmallRunPlan = { ...baseOf(sample, 'nothing'), start: 'at once' }
  const begin = { process: 'b', step: 2, fate: faults.sleep() }
  const turns = (made: ReadonlyMap<string, number>): string =>
    (made.get('a') ?? 0) < AT_JOB ? 'a' : (made.get('b') ?? 0) < 2 ? 'b' : 'a'
  const asleep = { ...base, turns, strikes: [begin] }
  const alone = await stepsOf('a', asleep)
  const [, commit] = alone.flatMap((step, index) =>
    isRename(step) && step.path.includes('/record-') ? [index + 1] : [],
  )
  if (commit === undefined) return
  const late = { process: 'a', step: commit, fate: faults.unanswered(LATE) }
  const next = await stepsOf('a', { ...asleep, strikes: [begin, late] })
  const again = next.findIndex((step, at) => at >= commit && isRename(step)) + 1
  const strikes = [begin, late, { process: 'a', step: again, fate: faults.crashAfterSending() }]
  const plan: SmallRunPlan = { ...asleep, strikes, wake: { process: 'b', when: 'a', step: again } }
  const steps = await stepsOf('b', plan)
  const folded = steps.findIndex(({ request }) => request === 'MKDIRS') + 1
  const claims = steps.findIndex(isRename) + 1
  for (let lost = folded - 1; lost <= folded; lost++) {
    for (let arrives = lost + 1; arrives < claims; arrives++) {
      for (let lostAgain = arrives + 1; lostAgain <= claims + 1; lostAgain++) {
        if (!count()) continue
        const name = `a ${commit}, again at ${again}: lost at b ${lost}, arrives at b ${arrives}, lost at b ${lostAgain}`
        const at = (step: number) => ({ process: 'b', step })
        yield { name, plan: { ...plan, lateArrives: at(arrives), failOvers: [at(lost), at(lostAgain)] } }
      }
    }
  }
}

/** Then job.json is there, and who comes second need not put it. */
const AT_JOB = 10
