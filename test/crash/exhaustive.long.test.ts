// Every fault at every step of a small workload; of the families that multiply, a sample. `runFamily` with `every: 1` has all of them.
import { expect, test } from 'vitest'
import { families, runFamily } from './exhaustive.js'
import { smallWorkloads } from './small-workloads.js'

/** Of each family and workload, every n-th run. */
const samples: readonly (readonly [family: string, workload: keyof typeof smallWorkloads, every: number])[] = [
  ['a writer dies at every step', 'append', 1],
  ['a request gets no answer, at every step', 'append', 1],
  ['a rename is shown, and lost in a failover', 'append', 1],
  ['a writer dies at every step, the next dies in its recovery', 'append', 1_200],
  ['a writer dies at every step, the next dies in its recovery', 'append, open uploads', 4_000],
  ['a writer dies at every step, the next dies in its recovery', 'hidden', 4_000],
  ['a rename of the dead comes late, is shown, and lost in a failover', 'append', 40],
  ['a rename is repeated and lost in a failover, and its late copy in another', 'append', 100],
  ['a record comes late, and its sender cannot look', 'append', 4],
  ['two requests get no answer', 'append', 1_000],
  ['two rivals, both claims unanswered', 'append', 100],
  ['a sleeper wakes when its number is free', 'frequent checkpoints', 10],
  ['a sleeper wakes at every step of its successor', 'append', 200],
  ['two rivals, every two switches between them', 'append', 50],
  ['a writer dies at every step', 'append, uploads in between', 4],
  ['a request gets no answer, at every step', 'append, uploads in between', 4],
  ['a writer dies at every step', 'append, open uploads', 4],
  ['a request gets no answer, at every step', 'append, open uploads', 4],
  ['a writer dies at every step', 'append, open uploads, leases recovered', 8],
  ['a request gets no answer, at every step', 'append, open uploads, leases recovered', 8],
  ['a writer dies at every step', 'hidden', 4],
  ['a request gets no answer, at every step', 'hidden', 4],
  ['a writer dies at every step', 'new-file', 4],
  ['a request gets no answer, at every step', 'new-file', 4],
  ['a writer dies at every step', 'windows', 40],
  ['a request gets no answer, at every step', 'windows', 40],
  ['a rename is shown, and lost in a failover', 'windows', 20],
  ['a marker of the dead comes late, is shown, and lost in a failover', 'windows', 2],
  ['of two tasks one dies at every step', 'windows of two tasks', 8],
  ['of two tasks one gets no answer, at every step', 'windows of two tasks', 16],
  ['two tasks, every two switches between them', 'windows of two tasks', 500],
  ['of two tasks one dies at every step', 'windows of two tasks, concat', 16],
  ['of two tasks one dies at every step', 'windows of two tasks, hidden', 16],
  ['a writer dies at every step', 'concat', 2],
  ['a request gets no answer, at every step', 'concat', 2],
  ['a rename is shown, and lost in a failover', 'concat', 4],
  ['a writer dies at every step, the next dies in its recovery', 'concat', 4_000],
  ['a rename of the dead comes late, is shown, and lost in a failover', 'concat', 80],
  ['a rename is repeated and lost in a failover, and its late copy in another', 'concat', 200],
  ['two requests get no answer', 'concat', 2_000],
  ['a sleeper wakes at every step of its successor', 'concat', 200],
  ['two rivals, every two switches between them', 'concat', 300],
  ['a writer dies at every step', 'concat, uploads in between', 8],
  ['a request gets no answer, at every step', 'concat, uploads in between', 4],
  ['a writer dies at every step', 'concat, hidden', 8],
  ['a request gets no answer, at every step', 'concat, hidden', 4],
  ['a writer dies at every step', 'concat, refused', 8],
  ['a request gets no answer, at every step', 'concat, refused', 8],
  ['a writer dies at every step', 'frequent checkpoints', 4],
]

test.each(samples)('%s (%s, every %i)', async (family, workload, every) => {
  const { runs, failures } = await runFamily(families[family]!, { workload: smallWorkloads[workload], every })
  expect(failures).toEqual([])
  expect(runs).toBeGreaterThan(10)
  const share = every === 1 ? 'all of them' : `of about ${runs * every}`
  console.log(`${family}, ${workload}: ${runs} runs, ${share}`)
})
