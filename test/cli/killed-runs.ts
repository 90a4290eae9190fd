// `run` on a file of numbered lines, killed with SIGKILL again and again, and the count of what it left behind, which knows
// nothing of the project.
import { writeFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import type { SeededRandom } from '../../src/testing/simulation/seeded-random.js'
import type { ReadFile } from '../writer/count-records.js'
import { startCommand } from './running-command.js'

/** What a slow cluster is told of, once. */
const closeHint = /^warning: \d+ of the last \d+ files took 0\.4 s and more to close.*\n/m

const KEYS = 50
const DELAY_MS_MAX = 50
/** From the start of a process to about its first record, where some are killed. */
const OPENING_MS_MAX = 1_500
const COMPLAINTS_MAX = 10

/** Some keys have much, some little. */
const keyOf = (n: number): string => `k${(n * n) % KEYS}`
const rowOf = (n: number): string => `{"key":"${keyOf(n)}","n":${n}}`

/** Writes so many lines to a file. */
export function writeNumberedLines(path: string, lines: number): void {
  writeFileSync(path, Array.from({ length: lines }, (_, n) => `${rowOf(n)}\n`).join(''))
}

/** A job to be killed. */
export interface KilledJob {
  readonly input: string
  readonly lines: number
  /** `--location` and whatever else the place needs. */
  readonly to: readonly string[]
  readonly kills: number
}

/** The words of `run` for such a job; its last life is the test's to run. */
export function wordsOf({ input, lines, to, kills }: KilledJob): string[] {
  // So that a life of a few commits leaves something for all that follow.
  const commitRecordsMax = Math.ceil(lines / (kills * 4))
  const sink = [...to, '--job', 'events', '--field', 'key', '--format', 'text', '--prefix-id']
  return ['run', '--files', input, ...sink, '--commit-records-max', String(commitRecordsMax)]
}

/** Starts it and kills it, again and again: while it opens, after a commit, a moment later. Answers what each life told last. */
export async function killAgainAndAgain(job: KilledJob, random: SeededRandom): Promise<string[]> {
  const lives: string[] = []
  for (let kill = 1; kill <= job.kills; kill++) {
    const command = startCommand([...wordsOf(job), '--json'])
    const commits = random.integer(4) - 1
    if (commits < 0) await Promise.race([setTimeout(random.integer(OPENING_MS_MAX)), command.ended()])
    else {
      await (commits === 0 ? command.toldOf('opened') : command.toldOf('commit', commits))
      await setTimeout(random.integer(DELAY_MS_MAX))
    }
    command.signal('SIGKILL')
    const { exitCode, signal, stderr } = await command.ended()
    expect({ exitCode, signal, stderr: stderr.replace(closeHint, '') }).toEqual({
      exitCode: null,
      signal: 'SIGKILL',
      stderr: '',
    })
    lives.push(command.events.at(-1)?.event ?? 'nothing')
  }
  return lives
}

/** What is wrong with the files, hidden ones included: each line once, where it belongs, in order, and nothing else. Paths are relative to the location. */
export function complaintsAbout(files: readonly ReadFile[], lines: number): string[] {
  const complaints: string[] = []
  const seen = new Uint8Array(lines)
  const last = new Map<string, number>()
  // A later name sorts later, hidden or not.
  const inOrder = files.toSorted((a, b) =>
    a.path.replace('/.part', '/part') < b.path.replace('/.part', '/part') ? -1 : 1,
  )
  for (const { path, bytes } of inOrder) {
    const [, directory = ''] = /^key=([^/]+)\/[^/]+$/.exec(path) ?? []
    const text = Buffer.from(bytes).toString()
    if (!text.endsWith('\n')) complaints.push(`${path} ends in the middle of a line`)
    for (const line of text.trimEnd().split('\n')) {
      const n = Number(/^0-(\d+)\t/.exec(line)?.[1] ?? Number.NaN)
      if (line !== `0-${n}\t${rowOf(n)}` || keyOf(n) !== directory) complaints.push(`${path} has ${line}`)
      else if (n <= (last.get(directory) ?? -1)) complaints.push(`${path}: ${n} comes after ${last.get(directory)}`)
      last.set(directory, n)
      seen[n]! += 1
      if (complaints.length > COMPLAINTS_MAX) return complaints
    }
  }
  const missing = seen.indexOf(0)
  if (missing !== -1) complaints.push(`${seen.filter((times) => times === 0).length} missing, first ${missing}`)
  const repeated = seen.findIndex((times) => times > 1)
  if (repeated !== -1) complaints.push(`${seen.filter((times) => times > 1).length} repeated, first ${repeated}`)
  return complaints
}

/** Changes one file, once a line is lost and once it is there twice, and expects the count to see it. */
export function expectToBeNoticed(files: readonly ReadFile[], lines: number): void {
  const [victim, ...others] = files
  const rows = Buffer.from(victim!.bytes).toString().split('\n')
  const changed = Buffer.from([...rows.slice(1, -1), rows[1], ''].join('\n'))
  expect(complaintsAbout([{ path: victim!.path, bytes: changed }, ...others], lines)).toEqual([
    expect.stringContaining('comes after'),
    expect.stringMatching(/^1 missing/),
    expect.stringMatching(/^1 repeated/),
  ])
}
