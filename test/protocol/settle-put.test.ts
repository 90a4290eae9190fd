// Settling a put: every combination of what can have been seen, and every run of a small world in which it is asked.
import { describe, expect, test } from 'vitest'
import type { PutSeen, PutStep } from '../../src/protocol/settle-put.js'
import { nextAbortStep, nextPutStep } from '../../src/protocol/settle-put.js'

const renames = ['done', 'parent-absent', 'not-done'] as const
const occupants = [undefined, 'ours', 'other', 'absent'] as const
const temps = [undefined, 'there', 'absent'] as const
const aboves = [undefined, 'nothing', 'something'] as const
const flags = [undefined, true] as const

/** Rows: which looks were made, and what comes next. The first row that fits counts; `*` fits all. */
type Row = readonly [
  rename: string,
  occupant: string,
  temp: string,
  above: string,
  readAgain: string,
  madeDurable: string,
  PutStep,
]

const putTable: readonly Row[] = [
  ['done', '*', '*', '-', '*', '*', 'list-above'],
  ['done', '*', '*', 'nothing', '*', '*', 'won'],
  ['done', '*', '*', 'something', '*', '*', 'fenced'],
  ['*', '-', '*', '*', '*', '*', 'read-occupant'],
  ['*', 'other', '*', '*', '*', '*', 'fenced'],
  ['*', 'ours', '*', '*', '*', '-', 'make-durable-and-read-again'],
  ['*', 'ours', '*', '-', '*', 'yes', 'list-above'],
  ['*', 'ours', '*', 'nothing', '*', 'yes', 'won'],
  ['*', 'ours', '*', 'something', '*', 'yes', 'fenced'],
  ['*', 'absent', '-', '*', '*', '*', 'stat-temp'],
  ['parent-absent', 'absent', 'there', '*', '*', '*', 'make-directory-and-rename'],
  ['*', 'absent', 'there', '*', '*', '*', 'rename-again'],
  ['*', 'absent', 'absent', '-', '*', '*', 'list-above'],
  ['*', 'absent', 'absent', 'something', '*', '*', 'fenced'],
  ['*', 'absent', 'absent', 'nothing', '-', '*', 'read-occupant-again'],
  ['*', 'absent', 'absent', 'nothing', 'yes', '*', 'fenced'],
]

const abortTable: readonly Row[] = [
  ['*', '-', '*', '*', '*', '*', 'read-occupant'],
  ['*', 'other', '*', '*', '*', '*', 'fenced'],
  ['*', 'ours', '*', '*', '*', '-', 'make-durable-and-read-again'],
  ['*', 'ours', '*', '-', '*', 'yes', 'list-above'],
  ['*', 'ours', '*', 'nothing', '*', 'yes', 'won'],
  ['*', 'ours', '*', 'something', '*', 'yes', 'fenced'],
  ['*', 'absent', '*', '-', '*', '*', 'list-above'],
  ['*', 'absent', '*', 'nothing', '*', '*', 'undecided'],
  ['*', 'absent', '*', 'something', '*', '*', 'fenced'],
]

function everySeen(): PutSeen[] {
  const all: PutSeen[] = []
  for (const rename of renames)
    for (const occupant of occupants)
      for (const temp of temps)
        for (const above of aboves)
          for (const readAgain of flags)
            for (const madeDurable of flags) {
              const looks = { occupant, temp, above, readAgain, madeDurable }
              all.push({
                rename,
                ...Object.fromEntries(Object.entries(looks).filter(([, value]) => value !== undefined)),
              })
            }
  return all
}

function lookUp(table: readonly Row[], seen: PutSeen): PutStep {
  const flag = (value: boolean | undefined): string => (value === undefined ? '-' : 'yes')
  const columns = [
    seen.rename,
    seen.occupant ?? '-',
    seen.temp ?? '-',
    seen.above ?? '-',
    flag(seen.readAgain),
    flag(seen.madeDurable),
  ]
  const row = table.find((cells) => columns.every((value, index) => cells[index] === '*' || cells[index] === value))
  if (row === undefined) throw new Error(`no row for ${columns.join(' ')}`)
  return row[6]
}

describe('each of the 432 things that can have been seen', () => {
  test.each([
    ['putting', putTable, nextPutStep],
    ['aborting', abortTable, nextAbortStep],
  ] as const)('%s', (_what, table, next) => {
    const all = everySeen()
    expect(all).toHaveLength(3 * 4 * 3 * 3 * 2 * 2)
    for (const seen of all) expect(next(seen), JSON.stringify(seen)).toBe(lookUp(table, seen))
  })
})

// A small world: one sequence, our temp, at most one rename of ours under way, a rival who claims, goes on, collects
// garbage and deletes our tmp. Everything that can happen is tried between any two of our steps.

interface World {
  readonly slot: 'absent' | 'ours' | 'other'
  readonly temp: 'there' | 'absent'
  /** Records of the rival stand above the sequence. */
  readonly isAbove: boolean
  /** Requests of ours that have not been executed. */
  readonly renamesUnderWay: number
  /** Our record became the log's when it was put; on a number that garbage collection had freed it did not. */
  readonly isDecided: boolean
  readonly hasRival: boolean
}

function* happenings(world: World): Generator<World> {
  if (world.slot === 'absent' && !world.isAbove) yield { ...world, slot: 'other', hasRival: true }
  if (world.slot !== 'absent' && !world.isAbove) yield { ...world, isAbove: true, hasRival: true }
  if (world.isAbove && world.slot !== 'absent') yield { ...world, slot: 'absent' }
  if (world.hasRival && world.temp === 'there') yield { ...world, temp: 'absent' }
  if (world.renamesUnderWay > 0) yield executeRename({ ...world, renamesUnderWay: world.renamesUnderWay - 1 })
}

function executeRename(world: World): World {
  if (world.temp === 'absent' || world.slot !== 'absent') return world
  return { ...world, temp: 'absent', slot: 'ours', isDecided: world.isDecided || !world.isAbove }
}

/** What may come of sending the rename: done and known, done and unknown, refused, or still under way. */
function* sendRename(world: World): Generator<readonly [World, PutSeen]> {
  const after = executeRename(world)
  if (after !== world) yield [after, { rename: 'done' }]
  yield [after, { rename: 'not-done' }]
  if (world.renamesUnderWay < 2)
    yield [{ ...world, renamesUnderWay: world.renamesUnderWay + 1 }, { rename: 'not-done' }]
}

function* carryOut(step: PutStep, world: World, seen: PutSeen): Generator<readonly [World, PutSeen]> {
  switch (step) {
    case 'read-occupant':
      return yield [world, { ...seen, occupant: world.slot }]
    case 'read-occupant-again':
      return yield [world, { ...seen, occupant: world.slot, readAgain: true }]
    case 'stat-temp':
      return yield [world, { ...seen, temp: world.temp }]
    case 'list-above':
      return yield [world, { ...seen, above: world.isAbove ? 'something' : 'nothing' }]
    case 'make-durable-and-read-again':
      return yield [world, { ...seen, occupant: world.slot, madeDurable: true }]
    case 'make-directory-and-rename':
    case 'rename-again':
      return yield* sendRename(world)
    case 'won':
    case 'fenced':
    case 'undecided':
      throw new Error('a verdict')
  }
}

/** Explores everything that can happen, and answers how many states there were, and the verdicts that came. */
function explore(
  starts: Iterable<readonly [World, PutSeen]>,
  next: (seen: PutSeen) => PutStep,
): { states: number; verdicts: string[] } {
  const open = [...starts]
  const met = new Set<string>()
  const verdicts = new Set<string>()
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const mark = JSON.stringify(state)
    if (met.has(mark)) continue
    met.add(mark)
    const [world, seen] = state
    for (const later of happenings(world)) open.push([later, seen])
    const step = next(seen)
    if (step === 'won' || step === 'fenced' || step === 'undecided') {
      verdicts.add(step)
      judge(step, world, mark)
    } else open.push(...carryOut(step, world, seen))
  }
  return { states: met.size, verdicts: [...verdicts].sort() }
}

function judge(verdict: PutStep, world: World, mark: string): void {
  if (verdict === 'won') expect(world.isDecided, mark).toBe(true)
  if (verdict === 'fenced') expect(world.hasRival, mark).toBe(true)
  if (verdict !== 'undecided') return
  expect(world.isDecided, mark).toBe(false)
  // Whatever is still under way finds no source.
  expect(world.temp, mark).toBe('absent')
}

const fresh: World = {
  slot: 'absent',
  temp: 'there',
  isAbove: false,
  renamesUnderWay: 0,
  isDecided: false,
  hasRival: false,
}

/** Worlds that a put may begin in: nothing yet, a rival's record, a rival who has gone on and collected garbage. */
function* beginnings(): Generator<World> {
  yield fresh
  yield { ...fresh, slot: 'other', hasRival: true }
  yield { ...fresh, isAbove: true, hasRival: true }
}

describe('every run of a small world', () => {
  test('a put that says won is decided, and one that says fenced has a rival', () => {
    const starts = [...beginnings()].flatMap((world) => [...sendRename(world)])
    const { states, verdicts } = explore(starts, nextPutStep)
    expect(verdicts).toEqual(['fenced', 'won'])
    expect(states).toBeGreaterThan(200)
  })

  test('an abort that says undecided is undecided for good', () => {
    const sent = [...beginnings()].flatMap((world) => [...sendRename(world)])
    const starts = sent.map(([world]) => [{ ...world, temp: 'absent' }, { rename: 'not-done' }] as const)
    const { states, verdicts } = explore(starts, nextAbortStep)
    expect(verdicts).toEqual(['fenced', 'undecided', 'won'])
    expect(states).toBeGreaterThan(50)
  })

  test('the exploration can find what is wrong: a win that nobody listed for, an abort that leaves the temp', () => {
    const starts = [...beginnings()].flatMap((world) => [...sendRename(world)])
    expect(() => explore(starts, (seen) => nextPutStep({ above: 'nothing', ...seen }))).toThrow()
    expect(() => explore(starts, nextAbortStep)).toThrow()
  })
})
