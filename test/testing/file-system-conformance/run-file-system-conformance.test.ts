// The conformance suite itself: it catches what is wrong, skips only what is declared, and needs no particular runner.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { MemoryFileSystem, runFileSystemConformance } from '../../../src/testing/index.js'
import { collect } from './collecting-runner.js'
import { mutate } from './mutant.js'
import { namingMutants } from './naming-mutants.js'
import { writingMutants } from './writing-mutants.js'

/** All that it can do but making bytes durable without a close. */
const open = (): MemoryFileSystem => new MemoryFileSystem({ capabilities: { recoverLease: true } })

describe('the suite', () => {
  it('passes a file system that keeps its promises, with one handle or two', async () => {
    expect([...(await collect(open)).failures]).toEqual([])
    const two = await collect(open, { another: (one) => (one as MemoryFileSystem).another() })
    expect([...two.failures]).toEqual([])
    expect(two.passed).toBeGreaterThan(75)
    expect(two.report.skipped.map(({ missing }) => missing)).toEqual([['durableWithoutClose'], ['durableWithoutClose']])
  })

  it.each([...writingMutants, ...namingMutants])('catches: $name', async ({ caughtBy, overrides }) => {
    const { failures } = await collect(() => mutate(open(), overrides), { only: caughtBy })
    expect([...failures.keys()]).not.toEqual([])
  })

  it('tells each skip and what was missing', async () => {
    const { report, printed, failures } = await collect(
      () => new MemoryFileSystem({ capabilities: { concat: false, tellsOpen: false } }),
    )
    expect([...failures]).toEqual([])
    const reasons = new Set(report.skipped.flatMap(({ missing }) => missing))
    expect([...reasons].sort()).toEqual(['concat', 'durableWithoutClose', 'recoverLease', 'tellsOpen'])
    for (const { name } of report.skipped) expect(printed[0]).toContain(name)
    expect(report.cases).toContain('concat: is UNSUPPORTED before any request')
  })

  it('does not believe in capabilities that the file system does not declare', async () => {
    const { capabilities } = new MemoryFileSystem()
    const { failures } = await collect(() => new MemoryFileSystem({ capabilities: { append: false } }), {
      capabilities,
      only: /declares/,
    })
    expect([...failures.keys()][0]).toMatch(/declares the capabilities/)
  })

  it('needs a runner, given or global', () => {
    const options = { capabilities: new MemoryFileSystem().capabilities }
    expect(() => runFileSystemConformance('x', () => ({ fileSystem: new MemoryFileSystem() }), options)).toThrow(
      TypeError,
    )
  })

  it('runs under node:test', async () => {
    const script = fileURLToPath(new URL('node-test-fixture.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--test-reporter=tap', script])
    expect(stdout).toMatch(/# pass (?:7|8|9)\d\b/)
    expect(stdout).toMatch(/# fail 0\b/)
  })
})
