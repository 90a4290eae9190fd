// Families of runs in which two tasks share a job: one of them is hit at any step, or they take turns in any order.

import { counter, type Family, faultsOf, type NamedRun, type Sample, switches } from './family.js'
import { deathsAt, silencesAt } from './fates.js'
import type { SmallRunPlan } from './small-run.js'
import { shortLife } from './small-workloads.js'

const tasks: SmallRunPlan['writers'] = [
  { name: 'a', plan: shortLife, task: 0 },
  { name: 'b', plan: shortLife, task: 1 },
]

function planOf({ workload }: Sample): SmallRunPlan {
  return { workload, before: 'nothing', writers: tasks, strikes: [], start: 'at once' }
}

/** Whatever one of them does not come to, the other, or whoever opens it again, makes good. */
function hits(kinds: typeof deathsAt): Family {
  return async function* (sample: Sample): AsyncGenerator<NamedRun> {
    const count = counter(sample.every)
    const base = planOf(sample)
    for (const process of ['a', 'b']) {
      for (const { step, name, fate } of await faultsOf(process, base, kinds)) {
        if (count())
          yield { name: `${process} ${step}: ${name}`, plan: { ...base, strikes: [{ process, step, fate }] } }
      }
    }
  }
}

export const taskDeaths: Family = hits(deathsAt)
export const taskSilences: Family = hits(silencesAt)

/** Nothing goes wrong: whoever goes last leaves every window that both are past with its marker. */
export function taskTurns(sample: Sample): AsyncGenerator<NamedRun> {
  return switches(planOf(sample), sample.every)
}
