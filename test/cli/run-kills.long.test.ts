// `run` on a file of 1,000,000 lines, killed with SIGKILL again and again: every line is there once, in order, counted by
// itself and knowing nothing of the project.
//
// KILLS=20 kills more often, SEED=… repeats the choices (not the timing, which is the machine's).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import { runCommandLine } from './run-command-line.js'
import { startCommand } from './running-command.js'
import { filesBelow } from './written-lines.js'

const LINES = 1_000_000
const KEYS = 50
const kills = Number(process.env.KILLS ?? 5)
const seed = process.env.SEED ?? String(Date.now())
/** So that a life of a few commits leaves something for all that follow. */
const COMMIT_RECORDS = Math.ceil(LINES / (kills * 4))
const DELAY_MS_MAX = 50
/** From the start of a process to about its first record, where some are killed. */
const OPENING_MS_MAX = 1_500

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-kills-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Some keys have much, some little. */
const keyOf = (n: number): string => `k${(n * n) % KEYS}`
const rowOf = (n: number): string => `{"key":"${keyOf(n)}","n":${n}}`

test(`killed ${kills} times`, { timeout: 240_000 + kills * 30_000 }, async () => {
  const random = new SeededRandom(seed)
  const location = join(folder, 'out')
  const input = join(folder, 'in.jsonl')
  writeFileSync(input, Array.from({ length: LINES }, (_, n) => `${rowOf(n)}\n`).join(''))
  const sink = ['--location', location, '--job', 'events', '--field', 'key', '--format', 'text', '--prefix-id']
  const words = ['run', '--files', input, ...sink, '--commit-records-max', String(COMMIT_RECORDS)]
  const visibility = ['--visibility', random.pick(['live', 'sealed'] as const)]
  const lives: string[] = []
  for (let kill = 1; kill <= kills; kill++) {
    const command = startCommand([...words, ...visibility, '--json'])
    const commits = random.integer(4) - 1
    if (commits < 0) await Promise.race([setTimeout(random.integer(OPENING_MS_MAX)), command.ended()])
    else {
      await (commits === 0 ? command.toldOf('opened') : command.toldOf('commit', commits))
      await setTimeout(random.integer(DELAY_MS_MAX))
    }
    command.signal('SIGKILL')
    const { exitCode, signal, stderr } = await command.ended()
    expect({ exitCode, signal, stderr }, `seed ${seed}`).toEqual({ exitCode: null, signal: 'SIGKILL', stderr: '' })
    lives.push(command.events.at(-1)?.event ?? 'nothing')
  }
  console.log(`seed ${seed}; the last thing told before a kill: ${lives.join(', ')}`)
  expect(runCommandLine([...words, ...visibility])).toMatchObject({ status: 0 })
  expect(complaintsAbout(location), `seed ${seed}`).toEqual([])
  expect(runCommandLine(['verify', location, '--lengths-only'])).toMatchObject({ status: 0 })
  // And the count would have seen it: one line once more, one no more.
  const [victim] = filesBelow(location).filter((path) => path.endsWith('.txt'))
  const lines = readFileSync(victim!, 'utf8').split('\n')
  writeFileSync(victim!, [...lines.slice(1, -1), lines[1], ''].join('\n'))
  expect(complaintsAbout(location)).toEqual([
    expect.stringContaining('comes after'),
    expect.stringMatching(/^1 missing/),
    expect.stringMatching(/^1 repeated/),
  ])
})

/** Everything there is outside of the protocol's own directory, hidden files included. */
function complaintsAbout(location: string): string[] {
  const complaints: string[] = []
  const seen = new Uint8Array(LINES)
  const last = new Map<string, number>()
  const files = filesBelow(location).filter((path) => !path.includes('/_multi_output/'))
  // A later name sorts later, hidden or not.
  files.sort((a, b) => (a.replace('/.part', '/part') < b.replace('/.part', '/part') ? -1 : 1))
  for (const path of files) {
    const [, directory = ''] = /key=([^/]+)\/[^/]+$/.exec(path) ?? []
    const text = readFileSync(path, 'utf8')
    if (!text.endsWith('\n')) complaints.push(`${path} ends in the middle of a line`)
    for (const line of text.trimEnd().split('\n')) {
      const n = Number(/^0-(\d+)\t/.exec(line)?.[1] ?? Number.NaN)
      if (line !== `0-${n}\t${rowOf(n)}` || keyOf(n) !== directory) complaints.push(`${path} has ${line}`)
      else if (n <= (last.get(directory) ?? -1)) complaints.push(`${path}: ${n} comes after ${last.get(directory)}`)
      last.set(directory, n)
      seen[n]! += 1
      if (complaints.length > 10) return complaints
    }
  }
  const missing = seen.indexOf(0)
  if (missing !== -1) complaints.push(`${seen.filter((times) => times === 0).length} missing, first ${missing}`)
  const repeated = seen.findIndex((times) => times > 1)
  if (repeated !== -1) complaints.push(`${seen.filter((times) => times > 1).length} repeated, first ${repeated}`)
  return complaints
}
