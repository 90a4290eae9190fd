// What families of runs are made of: the runs, samples of them, and the steps at which something can strike.
import type { NamedFate } from './fates.js'
import { type SmallRunPlan, type SmallStep, smallRun } from './small-run.js'
import { shortLife, wholeLife } from './small-workloads.js'
import type { Workload } from './workload.js'

/** A run to be made, and how it is called. */
export interface NamedRun {
  readonly name: string
  readonly plan: SmallRunPlan
}

/** A family of runs. It may make runs of its own to find out what there is to try. */
export type Family = (sample: Sample) => AsyncGenerator<NamedRun>

/** Every n-th of what a family has. 1: all of it. */
export interface Sample {
  readonly workload: Workload
  readonly every: number
}

/** One writer with a whole life. */
export const oneWriter: SmallRunPlan['writers'] = [{ name: 'a', plan: wholeLife }]
/** And one that comes after it. */
export const twoWriters: SmallRunPlan['writers'] = [...oneWriter, { name: 'b', plan: shortLife }]

/** A fate, and the step of a process at which it strikes. */
export interface FateAt extends NamedFate {
  readonly step: number
}

/** Every fate that each of the steps can have. */
export function fatesOf(steps: readonly SmallStep[], kinds: (step: SmallStep) => readonly NamedFate[]): FateAt[] {
  return steps.flatMap((step, index) => kinds(step).map((fate) => ({ ...fate, step: index + 1 })))
}

/** Every fate that each step of a process can have, in a run of the plan. */
export async function faultsOf(
  process: string,
  plan: SmallRunPlan,
  kinds: (step: SmallStep) => readonly NamedFate[],
): Promise<FateAt[]> {
  return fatesOf(await stepsOf(process, plan), kinds)
}

/** The steps that a process makes in a run of the plan. */
export async function stepsOf(process: string, plan: SmallRunPlan): Promise<readonly SmallStep[]> {
  const { steps } = await smallRun(plan)
  return steps.get(process) ?? []
}

/** Answers true for every n-th call. `peek`: whether one of the next so many calls will be true; if none is, they count as made. */
export function counter(every: number): (() => boolean) & { peek(calls: number): boolean } {
  let calls = 0
  const count = (): boolean => calls++ % every === 0
  return Object.assign(count, {
    peek: (ahead: number) => {
      const left = (every - (calls % every)) % every
      if (left < ahead) return true
      calls += ahead
      return false
    },
  })
}

/** Two writers a and b that begin together, and every two switches between them. */
export async function* switches(base: SmallRunPlan, every: number): AsyncGenerator<NamedRun> {
  const count = counter(every)
  const [a, b] = [await stepsOf('a', { ...base, turns: () => 'a' }), await stepsOf('b', { ...base, turns: () => 'b' })]
  for (let first = 0; first <= a.length; first++) {
    for (let second = 1; second <= b.length; second++) {
      if (!count()) continue
      const turns = (made: ReadonlyMap<string, number>): string =>
        (made.get('a') ?? 0) < first ? 'a' : (made.get('b') ?? 0) < second ? 'b' : 'a'
      yield { name: `a ${first} steps, b ${second}, a the rest`, plan: { ...base, turns } }
    }
  }
}
