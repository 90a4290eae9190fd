// Every fault at every step of a small workload, faults inside the recovery from faults, sleepers that wake at every step, and rivals.
import { faults } from '../../src/testing/simulation/fault.js'
import { failovers, lateFailovers, lostFollowed, lostMarkers, repeatedFailovers } from './failovers.js'
import {
  counter,
  type Family,
  fatesOf,
  faultsOf,
  type NamedRun,
  oneWriter,
  type Sample,
  stepsOf,
  switches,
  twoWriters,
} from './family.js'
import { deathsAt, silencesAt } from './fates.js'
import { type SmallRunPlan, type SmallRunResult, smallRun } from './small-run.js'
import { longLife, shortLife, wholeLife } from './small-workloads.js'
import { taskDeaths, taskSilences, taskTurns } from './two-tasks.js'

const rivals = [
  { name: 'a', plan: shortLife },
  { name: 'b', plan: shortLife },
]

/** The families by name. */
export const families: Readonly<Record<string, Family>> = {
  'a writer dies at every step': deaths,
  'a writer dies at every step, the next dies in its recovery': deathsInRecovery,
  'a request gets no answer, at every step': silences,
  'two requests get no answer': twoSilences,
  'a record comes late, and its sender cannot look': lateRecords,
  'a sleeper wakes at every step of its successor': sleepers,
  'a sleeper wakes when its number is free': freedNumbers,
  'a rename is shown, and lost in a failover': failovers,
  'a rename of the dead comes late, is shown, and lost in a failover': lateFailovers,
  'a rename is repeated and lost in a failover, and its late copy in another': repeatedFailovers,
  'a marker of the dead comes late, is shown, and lost in a failover': lostMarkers,
  'a claim follows a record that is lost, and comes again': lostFollowed,
  'two rivals, every two switches between them': interleavings,
  'two rivals, both claims unanswered': unansweredClaims,
  'of two tasks one dies at every step': taskDeaths,
  'of two tasks one gets no answer, at every step': taskSilences,
  'two tasks, every two switches between them': taskTurns,
}

async function* deaths({ workload, every }: Sample): AsyncGenerator<NamedRun> {
  const count = counter(every)
  for (const before of ['death before publishing', 'death in an attempt', 'nothing'] as const) {
    const base: SmallRunPlan = { workload, before, writers: twoWriters, strikes: [], start: 'in turn' }
    for (const { step, name, fate } of await faultsOf('a', base, deathsAt)) {
      const strikes = [{ process: 'a', step, fate }]
      if (count()) yield { name: `after ${before}, a ${step}: ${name}`, plan: { ...base, strikes } }
    }
  }
}

async function* deathsInRecovery({ workload, every }: Sample): AsyncGenerator<NamedRun> {
  const count = counter(every)
  const base: SmallRunPlan = {
    workload,
    before: 'death in an attempt',
    writers: twoWriters,
    strikes: [],
    start: 'in turn',
  }
  for (const first of await faultsOf('a', base, deathsAt)) {
    const strike = { process: 'a', step: first.step, fate: first.fate }
    // What the second writer does depends on where the first died, so it is asked; but only where a run of it is to be made.
    const { steps } = count.peek(SECOND_LEVEL_MAX)
      ? await smallRun({ ...base, strikes: [strike] })
      : { steps: undefined }
    for (const second of steps === undefined ? [] : fatesOf(steps.get('b') ?? [], deathsAt)) {
      if (!count()) continue
      const strikes = [strike, { process: 'b', step: second.step, fate: second.fate }]
      yield { name: `a ${first.step}: ${first.name}, b ${second.step}: ${second.name}`, plan: { ...base, strikes } }
    }
  }
}

/** About as many second-level fates as a short life has. */
const SECOND_LEVEL_MAX = 400

async function* silences({ workload, every }: Sample): AsyncGenerator<NamedRun> {
  const count = counter(every)
  const base: SmallRunPlan = {
    workload,
    before: 'death in an attempt',
    writers: oneWriter,
    strikes: [],
    start: 'in turn',
  }
  for (const { step, name, fate } of await faultsOf('a', base, silencesAt)) {
    if (count()) yield { name: `a ${step}: ${name}`, plan: { ...base, strikes: [{ process: 'a', step, fate }] } }
  }
}

async function* twoSilences({ workload, every }: Sample): AsyncGenerator<NamedRun> {
  const count = counter(every)
  const base: SmallRunPlan = {
    workload,
    before: 'death in an attempt',
    writers: oneWriter,
    strikes: [],
    start: 'in turn',
  }
  for (const first of await faultsOf('a', base, silencesAt)) {
    const strike = { process: 'a', step: first.step, fate: first.fate }
    const { steps } = count.peek(SECOND_SILENCES)
      ? await smallRun({ ...base, strikes: [strike] })
      : { steps: undefined }
    // Those that follow close on: what answers the first.
    const close = (steps?.get('a') ?? []).slice(0, first.step + SECOND_SILENCE_STEPS)
    for (const second of fatesOf(close, silencesAt)) {
      if (second.step <= first.step || !count()) continue
      const strikes = [strike, { process: 'a', step: second.step, fate: second.fate }]
      yield { name: `a ${first.step}: ${first.name}, ${second.step}: ${second.name}`, plan: { ...base, strikes } }
    }
  }
}

const SECOND_SILENCE_STEPS = 24
const SECOND_SILENCES = SECOND_SILENCE_STEPS * 5

/** The commit fails with its outcome open, abort() finds out, and then the rename arrives. */
async function* lateRecords({ workload, every }: Sample): AsyncGenerator<NamedRun> {
  const count = counter(every)
  const base: SmallRunPlan = { workload, before: 'nothing', writers: oneWriter, strikes: [], start: 'in turn' }
  const steps = await stepsOf('a', base)
  for (const [index, { request, stage, path }] of steps.entries()) {
    if (request !== 'RENAME' || stage !== 'arrive' || !path.includes('/record-')) continue
    const late = { process: 'a', step: index + 1, fate: faults.unanswered({ afterSteps: 1_000_000 }) }
    const unread = { process: 'a', step: index + 2, fate: faults.never() }
    for (let after = 3; after <= LATE_RECORD_STEPS; after++) {
      const lateArrives = { process: 'a', step: index + after }
      const name = `a ${index + 1}: late, reads nothing, arrives at ${index + after}`
      if (count()) yield { name, plan: { ...base, strikes: [late, unread], lateArrives } }
    }
  }
}

/** What abort() does, and the commit after it. */
const LATE_RECORD_STEPS = 36

async function* sleepers({ workload, every }: Sample): AsyncGenerator<NamedRun> {
  const count = counter(every)
  const base: SmallRunPlan = {
    workload,
    before: 'death in an attempt',
    writers: twoWriters,
    strikes: [],
    start: 'in turn',
  }
  const steps = await stepsOf('a', base)
  for (let step = 1; step <= steps.length; step++) {
    if (steps[step - 1]!.stage !== 'reply') continue
    const strikes = [{ process: 'a', step, fate: faults.sleep() }]
    const successor = count.peek(SECOND_LEVEL_MAX) ? await stepsOf('b', { ...base, strikes }) : []
    for (let wakeStep = 1; wakeStep <= successor.length; wakeStep++) {
      if (!count()) continue
      const wake = { process: 'a', when: 'b', step: wakeStep }
      yield { name: `a sleeps at ${step}, wakes at ${wakeStep} of b`, plan: { ...base, strikes, wake } }
      const turns = () => 'a'
      yield {
        name: `a sleeps at ${step}, wakes at ${wakeStep} of b and runs ahead`,
        plan: { ...base, strikes, wake, turns },
      }
    }
  }
}

/** Garbage collection has freed the number that the sleeper is about to use, or has used without being told. */
async function* freedNumbers({ workload, every }: Sample): AsyncGenerator<NamedRun> {
  const count = counter(every)
  const writers = [
    { name: 'a', plan: wholeLife },
    { name: 'b', plan: longLife },
  ]
  const base: SmallRunPlan = { workload, before: 'death in an attempt', writers, strikes: [], start: 'in turn' }
  const steps = await stepsOf('a', base)
  for (let step = 1; step <= steps.length; step++) {
    const asleep = { process: 'a', step, fate: faults.sleep() }
    if (count()) yield { name: `a sleeps at ${step}`, plan: { ...base, strikes: [asleep] } }
    if (steps[step - 1]!.request !== 'RENAME' || steps[step - 1]!.stage !== 'arrive') continue
    for (const { name, fate } of silencesAt(steps[step - 1]!)) {
      for (const pause of [1, 2]) {
        const silent = { process: 'a', step, fate }
        const asleep = { process: 'a', step: step + pause, fate: faults.sleep() }
        if (count())
          yield { name: `a ${step}: ${name}, sleeps ${pause} later`, plan: { ...base, strikes: [silent, asleep] } }
        // It cannot read either: the commit fails, and abort() has to find out, long afterwards.
        const unread = { process: 'a', step: step + 1, fate: faults.never() }
        const later = { process: 'a', step: step + 1 + pause, fate: faults.sleep() }
        const strikes = [silent, unread, later]
        if (count())
          yield { name: `a ${step}: ${name}, reads nothing, sleeps ${pause} later`, plan: { ...base, strikes } }
      }
    }
  }
}

function interleavings({ workload, every }: Sample): AsyncGenerator<NamedRun> {
  return switches({ workload, before: 'death in an attempt', writers: rivals, strikes: [], start: 'at once' }, every)
}

async function* unansweredClaims({ workload, every }: Sample): AsyncGenerator<NamedRun> {
  const count = counter(every)
  const base: SmallRunPlan = { workload, before: 'death in an attempt', writers: rivals, strikes: [], start: 'at once' }
  const steps = await stepsOf('a', { ...base, turns: () => 'a' })
  const claim =
    1 +
    steps.findIndex(
      ({ stage, request, path }) => stage === 'arrive' && request === 'RENAME' && path.includes('/record-'),
    )
  const fates = silencesAt(steps[claim - 1]!)
  for (const ofA of fates) {
    for (const ofB of fates) {
      for (let first = 1; first <= steps.length; first++) {
        if (!count()) continue
        const turns = (made: ReadonlyMap<string, number>): string => ((made.get('a') ?? 0) < first ? 'a' : 'b')
        const strikes = [
          { process: 'a', step: claim, fate: ofA.fate },
          { process: 'b', step: claim, fate: ofB.fate },
        ]
        yield {
          name: `claims: a ${ofA.name}, b ${ofB.name}, a ${first} steps first`,
          plan: { ...base, turns, strikes },
        }
      }
    }
  }
}

/** What came of a family. */
export interface FamilyReport {
  readonly runs: number
  readonly failures: readonly { readonly name: string; readonly result: SmallRunResult }[]
}

/** Makes the runs of a family, up to a number of failures. */
export async function runFamily(family: Family, sample: Sample, failuresMax = 3): Promise<FamilyReport> {
  let runs = 0
  const failures: { name: string; result: SmallRunResult }[] = []
  for await (const { name, plan } of family(sample)) {
    const result = await smallRun(plan)
    runs += 1
    if (result.violations.length > 0) failures.push({ name, result })
    if (failures.length >= failuresMax) break
  }
  return { runs, failures }
}
