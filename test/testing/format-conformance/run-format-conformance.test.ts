// The format suite itself: it lets a right format pass, and each of these broken ones is caught by it.
import { expect, test } from 'vitest'
import type { Format } from '../../../src/format/format.js'
import { type FormatConformanceOptions, type FormatFixture, runFormatConformance } from '../../../src/testing/index.js'
import { type Flaws, pages, readPages } from './broken-formats.js'

const records = ['a', 'bb', 'x'.repeat(100)]

async function failuresOf(
  fixture: () => FormatFixture,
  options: Partial<FormatConformanceOptions> = {},
): Promise<string[]> {
  const cases: (readonly [string, () => Promise<void>])[] = []
  runFormatConformance('collected', fixture, {
    describe: (_name, body) => body(),
    it: (name, body) => cases.push([name, body]),
    ...options,
  })
  const failures: string[] = []
  for (const [name, body] of cases) await body().catch(() => failures.push(name))
  return failures
}

const fixtureOf = (format: Format<unknown>): FormatFixture => ({ format, records, refused: [7], read: readPages })

test('a right format passes', async () => {
  expect(await failuresOf(() => fixtureOf(pages()))).toEqual([])
})

test.each<[Flaws, RegExp]>([
  [{ forgetsState: true }, /restart/],
  [{ losesHeld: true }, /one commit reads back/],
  [{ flushesTwice: true }, /nothing comes twice/],
  [{ sharesItsPage: true }, /do not mix/],
  [{ hidesHeld: true }, /said to be held/],
  [{ hidesHeld: true }, /was counted before/],
  [{ holdsForever: true }, /after a flush nothing is/],
  [{ keepsRefused: true }, /a refused record/],
  [{ handsOnRefused: true }, /a refused record/],
  [{ changesGivenStates: true }, /a state that was given/],
  [{ stateWithoutJson: true }, /restart/],
  [{ endsWhatGoesOn: true }, /has no end/],
  [{ neverFits: true }, /restart/],
  [{ replacesForeignStates: true }, /keeps its state/],
  [{ dot: true }, /an extension without a dot/],
  [{ repeatsItsHead: true }, /appending in k commits/],
])('catches %o', async (flaws, caughtBy) => {
  const failures = await failuresOf(() => fixtureOf(pages(flaws)))
  expect(failures.filter((name) => caughtBy.test(name))).not.toEqual([])
})

test('a format that ends its files is asked for files that read alone', async () => {
  const ended: Format<unknown> = { ...pages({ endsWhatGoesOn: true }), appendable: false }
  const fixture = { ...fixtureOf(ended), read: (bytes: Uint8Array) => readPages(withoutEnd(bytes)) }
  expect(await failuresOf(() => fixture, { appendable: false })).toEqual([])
  const endless: Format<unknown> = { ...pages(), appendable: false }
  expect(await failuresOf(() => ({ ...fixture, format: endless }), { appendable: false })).not.toEqual([])
})

function withoutEnd(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString()
  if (!text.endsWith('end\n')) throw new Error('it has no end')
  return Buffer.from(text.slice(0, -'end\n'.length))
}

test('does not believe what it is told of the format', async () => {
  const options = { appendable: false, refuses: false }
  const failures = await failuresOf(() => fixtureOf(pages()), options)
  expect(failures.length).toBeGreaterThan(5)
  expect((await failuresOf(() => fixtureOf(pages()), { refuses: false })).length).toBeGreaterThan(5)
})

test('says what it leaves out, and needs a runner, given or global', () => {
  const report = runFormatConformance('none', () => fixtureOf(pages()), {
    describe: (_name, body) => body(),
    it: () => {},
    refuses: false,
  })
  expect(report.skipped).toEqual([
    "each commit's file reads alone, and ends for good",
    'a refused record leaves nothing: not a byte, not in what is held, not in the file',
  ])
  expect(report.cases.length).toBeGreaterThan(8)
  expect(() => runFormatConformance('x', () => fixtureOf(pages()))).toThrow(TypeError)
})
