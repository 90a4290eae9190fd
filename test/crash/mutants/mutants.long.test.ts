// Each rule of the design, taken out of the product, is missed by the checker; and the product as it is breaks none in the same runs.
import { afterAll, describe, expect, test } from 'vitest'
import { commitMutants, openMutants } from './commit-mutants.js'
import { concatMutants } from './concat-mutants.js'
import { exactnessMutants } from './exactness-mutants.js'
import { logMutants } from './log-mutants.js'
import type { Mutant } from './mutant.js'
import { Laboratory } from './mutate.js'
import { namingMutants } from './naming-mutants.js'
import { uploadMutants } from './upload-mutants.js'
import { windowMutants } from './window-mutants.js'

const chapters: readonly (readonly [chapter: string, mutants: readonly Mutant[]])[] = [
  ['Why it is exact', exactnessMutants],
  ['The commit log', logMutants],
  ['A commit', commitMutants],
  ['Uploads that stay open', uploadMutants],
  ['Open', openMutants],
  ['Mode concat, and what readers see', concatMutants],
  ['Windows of event time', windowMutants],
  ['Names of data files', namingMutants],
]

const laboratory = new Laboratory(`mutants-${process.pid}`)
afterAll(() => laboratory.close())

/** How far each kind of hunt had to go. */
const runsOf = new Map<string, number>()
/** Kinds of hunt, each once. */
const hunts = new Map(chapters.flatMap(([, mutants]) => mutants.map(({ hunt }) => [JSON.stringify(hunt), hunt])))

describe.each(chapters)('%s', (_, mutants) => {
  test('every mutant finds what it changes', () => {
    for (const mutant of mutants) expect(laboratory.mutated(mutant)).toContain(mutant.replace)
  })

  for (const mutant of mutants) {
    test(`${mutant.name} (${mutant.rule})`, async () => {
      const { runs, finding, cpuMs } = await laboratory.hunt(mutant)
      console.log(`${mutant.name}: ${finding === undefined ? 'missed' : 'caught'} after ${runs} runs, ${cpuMs} ms`)
      expect(finding).toBeDefined()
      const kind = JSON.stringify(mutant.hunt)
      runsOf.set(kind, Math.max(runs, runsOf.get(kind) ?? 0))
    })
  }
})

describe('in the same runs nothing is found in the product as it is', () => {
  for (const [kind, hunt] of hunts) {
    test(kind, async ({ skip }) => {
      const runsMax = runsOf.get(kind)
      if (runsMax === undefined) return skip('no mutant was hunted in this way')
      const { runs, finding } = await laboratory.huntUnmutated({ ...hunt, runsMax })
      expect(finding).toBeUndefined()
      expect(runs).toBe(runsMax)
    })
  }
})

test('a mutant that changes nothing is an error', async () => {
  const stale: Mutant = { ...openMutants[0]!, find: 'this text stands nowhere' }
  expect(() => laboratory.mutated(stale)).toThrow(`the mutant '${stale.name}' finds its text 0 times`)
  await expect(laboratory.hunt(stale)).rejects.toThrow('write it anew')
})
