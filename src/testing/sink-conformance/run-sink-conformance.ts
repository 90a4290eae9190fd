// The conformance suite of sinks: the sentences of the port as tests, for any sink and any runner with describe and it.
import { commitCases } from './commit-cases.js'
import { failureCases } from './failure-cases.js'
import type { SinkCase, SinkFixture } from './sink-case.js'

/** Settings of {@link runSinkConformance}: the two functions of a test runner, as options or as globals. */
export interface SinkConformanceOptions {
  describe?(name: string, body: () => void): unknown
  it?(name: string, body: () => Promise<void>): unknown
  /** Whether the sinks of the factory keep refused records; then the fixture has `storedBad`. */
  readonly keepsBadRecords: boolean
}

/** What the suite defined, and what it left out. */
export interface SinkConformanceReport {
  readonly cases: readonly string[]
  readonly skipped: readonly string[]
}

/**
 * Defines the tests that hold a sink to the words of the port (`Sink`, `SinkSession`). Each case gets a fixture of its own: an empty storage. Throws a
 * `TypeError` when there is no runner.
 *
 * @example
 * ```ts
 * runSinkConformance('my database', async () => ({ sink, stored, unwritable, dispose }), { describe, it, keepsBadRecords: false })
 * ```
 */
export function runSinkConformance(
  name: string,
  factory: () => Promise<SinkFixture> | SinkFixture,
  options: SinkConformanceOptions,
): SinkConformanceReport {
  const globals = globalThis as unknown as Partial<SinkConformanceOptions>
  const describe = options.describe ?? globals.describe
  const it = options.it ?? globals.it
  if (typeof describe !== 'function' || typeof it !== 'function') {
    throw new TypeError('runSinkConformance needs the describe and it of a test runner, as options or as globals')
  }
  const all: readonly SinkCase[] = [...commitCases, ...failureCases]
  const wanted = all.filter(({ needs }) => needs === undefined || options.keepsBadRecords)
  describe(`sink conformance: ${name}`, () => {
    for (const each of wanted) {
      it(each.name, async () => {
        const fixture = await factory()
        try {
          await each.run(fixture)
        } finally {
          await fixture.dispose?.()
        }
      })
    }
  })
  return {
    cases: wanted.map((each) => each.name),
    skipped: all.filter((each) => !wanted.includes(each)).map((each) => each.name),
  }
}
