// `run` to real HDFS over WebHDFS, killed with SIGKILL again and again: every line is there once, in order, counted by reading
// the files with plain HTTP.
//
// KILLS=20 LINES=1000000 is the long form, SEED=… repeats the choices (not the timing, which is the machine's).
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { sharedCluster } from '../cluster/shared-cluster.js'
import { dataFilesOf, tempsOf } from '../writer/hdfs-files.js'
import { complaintsAbout, expectToBeNoticed, killAgainAndAgain, wordsOf, writeNumberedLines } from './killed-runs.js'
import { runCommandLine } from './run-command-line.js'

const lines = Number(process.env.LINES ?? 100_000)
const kills = Number(process.env.KILLS ?? 4)
const seed = process.env.SEED ?? String(Date.now())
const timeout = 240_000 + kills * 30_000 // foreign name: vitest's option

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-kills-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test(`killed ${kills} times (SEED=${seed})`, { timeout }, async () => {
  const cluster = await sharedCluster()
  const random = new SeededRandom(seed)
  const input = join(folder, 'in.jsonl')
  writeNumberedLines(input, lines)
  const directory = '/run-kills'
  const location = `${cluster.webhdfsUrl}${directory}`
  const user = ['--user', cluster.description.user]
  const to = ['--location', location, ...user, '--visibility', random.pick(['live', 'sealed'] as const)]
  const job = { input, lines, to, kills }
  const lives = await killAgainAndAgain(job, random)
  console.log(`SEED=${seed}; the last thing told before a kill: ${lives.join(', ')}`)
  const last = runCommandLine(wordsOf(job))
  expect(last.status, last.stderr).toBe(0)
  const files = await dataFilesOf(cluster, directory)
  expect(complaintsAbout(files, lines)).toEqual([])
  expectToBeNoticed(files, lines)
  expect(await tempsOf(cluster, directory)).toEqual([])
  const { status, stdout, stderr } = runCommandLine(['verify', location, ...user])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain(`, ${lines} lines, `)
  expect(runCommandLine(['inspect', location, ...user]).stdout).toMatch(/ released /)
})
