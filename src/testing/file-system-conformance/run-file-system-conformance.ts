// The conformance suite: every sentence of the port as a test, for any adapter and any runner with describe and it.
import assert from 'node:assert/strict'
import type { Capabilities, FileSystem } from '../../file-system/file-system.js'
import { appendCases } from './append.js'
import { closingCases, createOptionCases } from './closing.js'
import { concatCases } from './concat.js'
import type { ConformanceCase, ConformanceGroup } from './conformance-case.js'
import { createCases } from './create.js'
import { deleteCases } from './delete.js'
import { listCases } from './list.js'
import { mkdirsCases, statCases, touchCases } from './mkdirs-and-stat.js'
import { openForWriteCases } from './open-for-write.js'
import { pathCases } from './paths.js'
import { readCases } from './read.js'
import { recoverLeaseCases } from './recover-lease.js'
import { renameCases } from './rename.js'
import { truncateCases } from './truncate.js'
import { uploadCases } from './upload.js'

const GROUPS: readonly ConformanceGroup[] = [
  createCases,
  createOptionCases,
  uploadCases,
  readCases,
  statCases,
  listCases,
  mkdirsCases,
  touchCases,
  deleteCases,
  renameCases,
  appendCases,
  truncateCases,
  concatCases,
  openForWriteCases,
  recoverLeaseCases,
  pathCases,
  closingCases,
]

/** What a factory yields for each case. The suite closes every file system that it is given. */
export interface ConformanceFixture {
  /** At a location that exists and is empty. */
  readonly fileSystem: FileSystem
  /**
   * Opens a second handle on the same location, as another process would have it, so that what one does the other can be
   * asked about. Without it the cases ask the first handle.
   */
  readonly another?: () => Promise<FileSystem> | FileSystem
  /** Called last, when all handles are closed: remove the location, stop a server. */
  readonly dispose?: () => Promise<void>
}

/** The two functions of a test runner that the suite needs: vitest, mocha, jest, node:test and others have them. */
export interface ConformanceRunner {
  describe(name: string, body: () => void): unknown
  /** Cases may take as long as the file system does; on a real HDFS allow a minute for each. */
  it(name: string, body: () => Promise<void>): unknown
}

/** Settings of {@link runFileSystemConformance}. */
export interface ConformanceOptions extends Partial<ConformanceRunner> {
  /** What the file systems of the factory declare; checked against what they say. Only these make the suite skip a case. */
  readonly capabilities: Capabilities
  /** Given one line with the skips of this adapter; default `console.info`. */
  readonly print?: (line: string) => void
}

/** A case that was left out, and the missing capabilities that were the reason. */
export interface ConformanceSkip {
  readonly name: string
  readonly missing: readonly (keyof Capabilities)[]
}

/** What the suite defined. */
export interface ConformanceReport {
  readonly cases: readonly string[]
  readonly skipped: readonly ConformanceSkip[]
}

/**
 * Defines the tests that hold a file system to the words of the port ({@link FileSystem}). Usable from any project and
 * any runner: pass `describe` and `it`, or have them as globals. Each case opens a fixture of its own.
 *
 * A case is left out only where `capabilities` says that the file system lacks what it needs; the report, and one
 * printed line, tell which. Where a capability is missing other cases check that its operations are `UNSUPPORTED`.
 *
 * Throws a `TypeError` when there is no runner.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { MemoryFileSystem, runFileSystemConformance } from 'hdfs-multi-output/testing'
 *
 * runFileSystemConformance('memory', () => ({ fileSystem: new MemoryFileSystem() }), {
 *   describe,
 *   it,
 *   capabilities: new MemoryFileSystem().capabilities,
 * })
 * ```
 */
export function runFileSystemConformance(
  name: string,
  factory: () => Promise<ConformanceFixture> | ConformanceFixture,
  options: ConformanceOptions,
): ConformanceReport {
  const { describe, it } = runnerOf(options)
  const { capabilities } = options
  const cases: string[] = []
  const skipped: ConformanceSkip[] = []
  // Selected here and not within `describe`: vitest runs its bodies when this function has long returned.
  const groups = GROUPS.map(({ name, cases }) => ({
    name,
    wanted: cases.filter((each) => selects(each, `${name}: ${each.name}`)),
  }))
  describe(`file-system conformance: ${name}`, () => {
    it('declares the capabilities that it is tested with, and says where it is', () =>
      withFixture(factory, async (fileSystem) => {
        assert.deepEqual({ ...fileSystem.capabilities }, { ...capabilities })
        assert.equal(typeof fileSystem.location, 'string')
        assert.ok(fileSystem.location.length > 0)
      }))
    for (const { name: groupName, wanted } of groups) {
      if (wanted.length === 0) continue
      describe(groupName, () => {
        for (const each of wanted) {
          it(each.name, () => withFixture(factory, (fileSystem, another) => each.run({ fileSystem, another })))
        }
      })
    }
  })
  if (skipped.length > 0) {
    const lines = skipped.map((skip) => `  - ${skip.name} (needs ${skip.missing.join(', ')})`)
    const print = options.print ?? console.info
    print(`file-system conformance of ${name}: ${cases.length} cases, ${skipped.length} skipped\n${lines.join('\n')}`)
  }
  return { cases, skipped }

  function selects(each: ConformanceCase, fullName: string): boolean {
    if (each.without !== undefined && capabilities[each.without]) return false
    const missing = (each.needs ?? []).filter((capability) => !capabilities[capability])
    if (missing.length > 0) skipped.push({ name: fullName, missing })
    else cases.push(fullName)
    return missing.length === 0
  }
}

function runnerOf(options: Partial<ConformanceRunner>): ConformanceRunner {
  const globals = globalThis as unknown as Partial<ConformanceRunner>
  const describe = options.describe ?? globals.describe
  const it = options.it ?? globals.it
  if (typeof describe !== 'function' || typeof it !== 'function') {
    throw new TypeError('runFileSystemConformance needs the describe and it of a test runner, as options or as globals')
  }
  return { describe, it }
}

async function withFixture(
  factory: () => Promise<ConformanceFixture> | ConformanceFixture,
  body: (fileSystem: FileSystem, another: () => Promise<FileSystem>) => Promise<void>,
): Promise<void> {
  const fixture = await factory()
  let second: Promise<FileSystem> | undefined
  const another = (): Promise<FileSystem> => {
    second ??= Promise.resolve(fixture.another === undefined ? fixture.fileSystem : fixture.another())
    return second
  }
  try {
    await body(fixture.fileSystem, another)
  } finally {
    await fixture.fileSystem.close()
    if (second !== undefined) await (await second).close()
    await fixture.dispose?.()
  }
}
