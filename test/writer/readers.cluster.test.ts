// A reader lists and reads the directory all the time while writers are killed: in mode concat, and where open files are hidden, it never sees a record
// that is not committed, nor a part of one.
//
// KILLS=20 kills more often, SEED=… repeats the choices (not the timing, which is the machine's).
import { expect, test } from 'vitest'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { killAgainAndAgain } from './hits.js'
import { useWritingProgram } from './use-writing-program.js'
import { WatchingReader } from './watching-reader.js'
import { WriterTrial } from './writer-trial.js'

const kills = Number(process.env.KILLS ?? 3)
const seed = process.env.SEED ?? String(Date.now())
const timeout = 120_000 + kills * 15_000 // foreign name: vitest's option

const stage = useWritingProgram()

test.each([
  ['webhdfs', 'concat', 'live', 'committed bytes'],
  ['hdfs', 'concat', 'live', 'committed bytes'],
  ['hdfs', 'concat', 'sealed', 'sealed files'],
  ['webhdfs', 'append', 'sealed', 'sealed files'],
] as const)(`%s, mode %s, visibility %s, killed ${kills} times`, { timeout }, async (name, mode, visibility, sees) => {
  const directory = `/readers-${name}-${mode}-${visibility}`
  const { cluster, script } = stage()
  const url = name === 'hdfs' ? cluster.hdfsUrl : cluster.webhdfsUrl
  await using trial = new WriterTrial({
    cluster,
    script,
    url,
    directory,
    seed,
    order: { mode, visibility },
  })
  // So that there is a log to compare with.
  await trial.write('first', 1)
  const reader = new WatchingReader(cluster, directory, sees)
  let reclaimed: string
  try {
    reclaimed = await killAgainAndAgain(trial, { kills, random: new SeededRandom(`${seed}/${directory}`) })
  } finally {
    await reader.stop()
  }
  console.log(`seed ${seed}, ${directory}: reclaimed: ${reclaimed}; ${JSON.stringify(reader.seen)}`)
  expect(reader.complaints).toEqual([])
  // Else nothing was watched.
  expect(reader.seen.looks).toBeGreaterThan(kills)
  expect(reader.seen.reads).toBeGreaterThan(0)
  if (sees === 'committed bytes') expect(reader.seen.grown).toBeGreaterThan(0)
  if (mode === 'concat') expect(reclaimed).toBe('kept 0, cut 0, copied 0')
})
