// A writer on a local disk, killed again and again: every record is there once, in order, whatever it was doing.
//
// KILLS=1000 kills more often, SEED=… repeats the choices (not the timing, which is the machine's).
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { COMPILE_MS_MAX, type CompiledProgram, compileWritingProgram } from '../writer/compiled-program.js'
import { complaintsAbout } from '../writer/count-records.js'
import { lastPositions, startWriting } from '../writer/writing-process.js'
import { ageProbes, dataFiles, scratchLocation, temps } from './location-files.js'

const kills = Number(process.env.KILLS ?? 50)
const seed = process.env.SEED ?? String(Date.now())
/** A writer lives so long at most after what it is waited for: long enough for a commit. */
const LIFE_MS_MAX = 200

let program: CompiledProgram
beforeAll(async () => {
  program = await compileWritingProgram()
}, COMPILE_MS_MAX)
afterAll(() => program.remove())

test(`killed ${kills} times`, { timeout: 60_000 + kills * 3_000 }, async () => {
  const random = new SeededRandom(seed)
  const location = await scratchLocation()
  const order = {
    location,
    mode: 'append',
    visibility: random.pick(['live', 'sealed'] as const),
    recordsPerAttemptMax: 400,
    bufferedBytesMax: 20_000,
  } as const
  const killedAfter = new Tally()
  const reclaimed = new Tally()
  let told: readonly bigint[] = [0n, 0n]
  for (let kill = 1; kill <= kills; kill++) {
    const writer = startWriting(program.script, { ...order, seed: `${seed}/${kill}` })
    // Counted from something told, so that a busy machine is killed in the same places as a quiet one; some while they recover.
    await writer.until(random.pick(['opening', 'opened', 'uploaded', 'committing', 'committed']))
    await setTimeout(random.integer(LIFE_MS_MAX))
    writer.signal('SIGKILL')
    const ending = await writer.ended()
    expect(ending.exitCode, JSON.stringify(ending.told.at(-1))).toBeNull()
    const opened = ending.told.find((one) => one.what === 'opened')
    // Whoever opens next is told at least what was told before.
    for (const [partition, until] of (opened?.until ?? []).entries()) {
      expect(BigInt(until)).toBeGreaterThanOrEqual(told[partition]!)
    }
    told = lastPositions(ending.told) ?? told
    killedAfter.count(ending.told.at(-1)!.what)
    for (const one of ending.told) if (one.what === 'reclaimed') reclaimed.count(one.how)
  }
  await ageProbes(location)
  const last = await startWriting(program.script, { ...order, seed: `${seed}/last`, commitsMax: 3 }).ended()
  console.log(`seed ${seed}; the last thing told before a kill: ${killedAfter}; reclaimed: ${reclaimed}`)
  expect({ exitCode: last.exitCode, last: last.told.at(-1) }).toEqual({ exitCode: 0, last: { what: 'closed' } })
  const files = await dataFiles(location)
  const until = lastPositions(last.told)!
  expect(complaintsAbout(files, until), `seed ${seed}`).toEqual([])
  expect(await temps(location)).toEqual([])
  // Else nothing was tried.
  expect(until[0]! + until[1]!).toBeGreaterThan(100n)
  expect(files.length).toBeGreaterThan(7)
})

class Tally {
  readonly #counts = new Map<string, number>()

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  toString(): string {
    return [...this.#counts].map(([what, count]) => `${what} ${count}`).join(', ')
  }
}
