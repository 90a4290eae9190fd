// The conformance suite of formats: the sentences of the port as tests, for any format and any runner with describe and it.
import { commitCases } from './commit-cases.js'
import type { FormatCase, FormatFixture } from './format-case.js'
import { promiseCases } from './promise-cases.js'

/** Settings of {@link runFormatConformance}: the two functions of a test runner, as options or as globals. */
export interface FormatConformanceOptions {
  describe?(name: string, body: () => void): unknown
  it?(name: string, body: () => Promise<void>): unknown
  /** What the format says; default `true`. Checked against it. */
  readonly appendable?: boolean
  /** Whether the fixture has records that are refused; default `true`. A format that takes anything has none. */
  readonly refuses?: boolean
}

/** What the suite defined, and what it left out. */
export interface FormatConformanceReport {
  readonly cases: readonly string[]
  readonly skipped: readonly string[]
}

/**
 * Defines the tests that hold a format to the words of the port (`Format`, `FormatWriter`): k commits read the same as one, any committed length reads as
 * the records committed, state survives a restart, refused records leave nothing, what is held is counted. Each case calls the factory, and again for each restart. Throws a
 * `TypeError` when there is no runner.
 *
 * @example
 * ```ts
 * runFormatConformance('my format', () => ({ format: mine(), records: [{ a: 1 }, { a: 2 }, { a: 3 }], read: readMine, refused: [7] }), { describe, it })
 * ```
 */
export function runFormatConformance<R>(
  name: string,
  factory: () => Promise<FormatFixture<R>> | FormatFixture<R>,
  options: FormatConformanceOptions = {},
): FormatConformanceReport {
  const globals = globalThis as unknown as Partial<FormatConformanceOptions>
  const describe = options.describe ?? globals.describe
  const it = options.it ?? globals.it
  if (typeof describe !== 'function' || typeof it !== 'function') {
    throw new TypeError('runFormatConformance needs the describe and it of a test runner, as options or as globals')
  }
  const { appendable = true, refuses = true } = options
  const given = { appendable, notAppendable: !appendable, refused: refuses }
  const all: readonly FormatCase[] = [...commitCases, ...promiseCases]
  const wanted = all.filter(({ needs }) => needs === undefined || given[needs])
  const make = async (): Promise<FormatFixture> => {
    const fixture = (await factory()) as unknown as FormatFixture
    if ((fixture.format.appendable ?? true) !== appendable)
      throw new Error(`the format says appendable: ${!appendable}, the suite was told otherwise`)
    if (refuses !== (fixture.refused ?? []).length > 0)
      throw new Error(`refuses is ${refuses}, and the fixture has ${(fixture.refused ?? []).length} records to refuse`)
    return fixture
  }
  describe(`format conformance: ${name}`, () => {
    for (const each of wanted) {
      it(each.name, async () => each.run({ fixture: await make(), restarted: async () => (await make()).format }))
    }
  })
  return {
    cases: wanted.map((each) => each.name),
    skipped: all.filter((each) => !wanted.includes(each)).map((each) => each.name),
  }
}
