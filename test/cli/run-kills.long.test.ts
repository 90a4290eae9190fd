// `run` on a file of 1,000,000 lines to the local disk, killed with SIGKILL again and again: every line is there once, in order.
//
// KILLS=20 kills more often, SEED=… repeats the choices (not the timing, which is the machine's).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { ReadFile } from '../writer/count-records.js'
import { complaintsAbout, expectToBeNoticed, killAgainAndAgain, wordsOf, writeNumberedLines } from './killed-runs.js'
import { runCommandLine } from './run-command-line.js'
import { filesBelow } from './written-lines.js'

const LINES = 1_000_000
const kills = Number(process.env.KILLS ?? 5)
const seed = process.env.SEED ?? String(Date.now())

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-kills-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test(`killed ${kills} times (SEED=${seed})`, { timeout: 240_000 + kills * 30_000 }, async () => {
  const random = new SeededRandom(seed)
  const location = join(folder, 'out')
  const input = join(folder, 'in.jsonl')
  writeNumberedLines(input, LINES)
  const to = ['--location', location, '--visibility', random.pick(['live', 'sealed'] as const)]
  const job = { input, lines: LINES, to, kills }
  const lives = await killAgainAndAgain(job, random)
  console.log(`SEED=${seed}; the last thing told before a kill: ${lives.join(', ')}`)
  expect(runCommandLine(wordsOf(job))).toMatchObject({ status: 0 })
  const files = dataFilesBelow(location)
  expect(complaintsAbout(files, LINES)).toEqual([])
  expectToBeNoticed(files, LINES)
  expect(runCommandLine(['verify', location, '--lengths-only'])).toMatchObject({ status: 0 })
})

/** Everything there is outside of the protocol's own directory, hidden files included. */
function dataFilesBelow(location: string): ReadFile[] {
  return filesBelow(location)
    .map((path) => ({ path: relative(location, path), bytes: readFileSync(path) }))
    .filter(({ path }) => !path.startsWith('_multi_output/'))
}
