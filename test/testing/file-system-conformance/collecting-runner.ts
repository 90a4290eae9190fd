// A test runner of ten lines: runs the conformance suite and tells which cases failed.
import type { Capabilities, FileSystem } from '../../../src/file-system/file-system.js'
import { type ConformanceReport, runFileSystemConformance } from '../../../src/testing/index.js'

/** What came of a run. */
export interface Collected {
  readonly report: ConformanceReport
  /** `group > case`, with the reason. */
  readonly failures: ReadonlyMap<string, unknown>
  readonly passed: number
  readonly printed: readonly string[]
}

/** What is run, and how. */
export interface CollectOptions {
  /** Default: what the file system declares. */
  readonly capabilities?: Capabilities
  readonly another?: (fileSystem: FileSystem) => FileSystem
  /** Runs only the cases of that name. */
  readonly only?: RegExp
}

/** Runs the cases, one after the other. */
export async function collect(open: () => FileSystem, options: CollectOptions = {}): Promise<Collected> {
  const { capabilities = open().capabilities, another, only = /^/ } = options
  const cases: { readonly name: string; readonly body: () => Promise<void> }[] = []
  const path: string[] = []
  const printed: string[] = []
  const report = runFileSystemConformance(
    'collected',
    () => {
      const fileSystem = open()
      return another === undefined ? { fileSystem } : { fileSystem, another: () => another(fileSystem) }
    },
    {
      capabilities,
      print: (line) => printed.push(line),
      describe: (name, body) => {
        path.push(name)
        body()
        path.pop()
      },
      it: (name, body) => {
        const fullName = [...path.slice(1), name].join(' > ')
        if (only.test(fullName)) cases.push({ name: fullName, body })
      },
    },
  )
  const failures = new Map<string, unknown>()
  for (const { name, body } of cases) {
    try {
      await body()
    } catch (reason) {
      failures.set(name, reason)
    }
  }
  return { report, failures, passed: cases.length - failures.size, printed }
}
