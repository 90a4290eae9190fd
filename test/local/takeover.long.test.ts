// Several writers of one task on a local disk: one goes on, the others end with FENCED and change nothing afterwards.
//
// ROUNDS=100 tries more often, SEED=… repeats the choices (not the timing, which is the machine's).
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { COMPILE_MS_MAX, type CompiledProgram, compileWritingProgram } from '../writer/compiled-program.js'
import { complaintsAbout } from '../writer/count-records.js'
import type { Ending, WritingProcess } from '../writer/spawned-writer.js'
import type { WritingOrder } from '../writer/told.js'
import { lastPositions, startWriting } from '../writer/writing-process.js'
import { ageProbes, dataFiles, fingerprint, scratchLocation, temps } from './location-files.js'

const rounds = Number(process.env.ROUNDS ?? 8)
const seed = process.env.SEED ?? String(Date.now())
/** Long enough for a few commits. */
const WORK_MS_MAX = 200
const timeout = 60_000 + rounds * 10_000 // foreign name: vitest's option

let program: CompiledProgram
beforeAll(async () => {
  program = await compileWritingProgram()
}, COMPILE_MS_MAX)
afterAll(() => program.remove())

function writersOf(location: string): (name: string | number, commitsMax?: number) => WritingProcess {
  return (name, commitsMax) => {
    const order: WritingOrder = {
      location,
      seed: `${seed}/${name}`,
      mode: 'append',
      visibility: 'live',
      recordsPerAttemptMax: 4_000,
      bufferedBytesMax: 300_000,
      ...(commitsMax === undefined ? {} : { commitsMax }),
    }
    return startWriting(program.script, order)
  }
}

const closed = { exitCode: 0, last: { what: 'closed' } }
const fencedEnd = { exitCode: 3, last: { what: 'failed', code: 'FENCED', message: expect.any(String) } }
const endOf = ({ exitCode, told }: Ending) => ({ exitCode, last: told.at(-1) })

/** One more writer finds everything as it must be, and leaves it so. */
async function expectExact(location: string): Promise<void> {
  await ageProbes(location)
  const last = await writersOf(location)('last', 2).ended()
  expect(endOf(last)).toEqual(closed)
  expect(complaintsAbout(await dataFiles(location), lastPositions(last.told)!), `seed ${seed}`).toEqual([])
  expect(await temps(location)).toEqual([])
}

/** Without records that woke up to find their number freed by garbage collection: they lie below the log, count for nothing and go with the next. */
function withoutGhosts(after: readonly string[], before: readonly string[]): string[] {
  const isRecord = (line: string): boolean => /^_multi_output\/task-\d+\/log\//.test(line)
  const lowest = before.find(isRecord)!
  return after.filter((line) => !isRecord(line) || line >= lowest)
}

test('stopped at any moment, and continued when another has taken over', { timeout }, async () => {
  const random = new SeededRandom(seed)
  const location = await scratchLocation()
  const start = writersOf(location)
  let fenced = 0
  let ghosts = 0
  let claimedLater = 0
  for (let round = 0; round < rounds; round++) {
    // Stopped while it opens it may not have claimed yet: then it claims when it wakes up, and is no zombie.
    const mayClaimLater = random.happens(0.3)
    const sleeper = start(`${round}/sleeper`, mayClaimLater ? 2 : undefined)
    await sleeper.until(mayClaimLater ? 'opening' : 'opened')
    await setTimeout(random.integer(WORK_MS_MAX))
    sleeper.signal('SIGSTOP')
    const successor = await start(`${round}/successor`, 1 + random.integer(3)).ended()
    expect(endOf(successor)).toEqual(closed)
    const before = await fingerprint(location)
    sleeper.signal('SIGCONT')
    const ending = await sleeper.ended()
    if (mayClaimLater && ending.exitCode === 0) claimedLater += 1
    else {
      expect(endOf(ending), `seed ${seed}, round ${round}`).toEqual(fencedEnd)
      fenced += 1
      const after = await fingerprint(location)
      expect(withoutGhosts(after, before), `seed ${seed}, round ${round}`).toEqual(before)
      ghosts += after.length - before.length
    }
  }
  console.log(`seed ${seed}: ${fenced} fenced, ${claimedLater} claimed later, ${ghosts} records on freed numbers`)
  expect(fenced).toBeGreaterThan(0)
  await expectExact(location)
})

test('a writer that is at work is fenced by the next one', { timeout }, async () => {
  const random = new SeededRandom(`${seed}/relay`)
  const location = await scratchLocation()
  const start = writersOf(location)
  let before = start('first')
  for (let round = 0; round < rounds; round++) {
    await before.until('opened')
    await setTimeout(random.integer(WORK_MS_MAX))
    const next = start(`relay/${round}`)
    await next.until('opened')
    expect(endOf(await before.ended()), `seed ${seed}, round ${round}`).toEqual(fencedEnd)
    before = next
  }
  before.signal('SIGKILL')
  await before.ended()
  await expectExact(location)
})

test('several open at once: each is fenced or gets through, and one does', { timeout }, async () => {
  const location = await scratchLocation()
  const start = writersOf(location)
  for (let round = 0; round < Math.ceil(rounds / 2); round++) {
    const contenders = Array.from({ length: 3 }, (_, contender) => start(`contend/${round}/${contender}`, 3))
    const ends = (await Promise.all(contenders.map((contender) => contender.ended()))).map(endOf)
    const through = ends.filter(({ exitCode }) => exitCode === 0)
    const fenced = ends.filter(({ exitCode }) => exitCode === 3)
    expect(through.length, JSON.stringify(ends)).toBeGreaterThanOrEqual(1)
    expect(through.length + fenced.length, JSON.stringify(ends)).toBe(contenders.length)
  }
  await expectExact(location)
})
