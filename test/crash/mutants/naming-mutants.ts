// Mutants of the rules by which a name is taken for that of a file of this job, and of no other.
import { FILE_NAME } from '../data-names.js'
import type { Mutant } from './mutant.js'

const named = { in: 'random runs', runsMax: 300, options: { workload: { fileName: FILE_NAME } } } as const

/** By docs/decisions/file-names.md. */
export const namingMutants: readonly Mutant[] = [
  {
    name: "another job's names are taken for ours",
    rule: 'a name that the template would not have given is not ours',
    file: 'protocol/file-naming.ts',
    find: 'if (match === null) return undefined',
    replace: 'if (match === null) return this === defaultNaming ? undefined : defaultNaming.parse(name)',
    hunt: named,
  },
  {
    name: 'a name with other padding is taken for ours',
    rule: 'a number is read only as it would be written',
    file: 'protocol/file-naming.ts',
    find: 'return `(',
    replace: "return '(\\\\d+)' || `(",
    hunt: named,
  },
  {
    name: 'a copy beside the file is taken for a generation',
    rule: 'a generation has the extension that the file has in the log',
    file: 'protocol/reclaim-decision.ts',
    find: 'if (parsed.extension === file.extension) all.push(parsed)',
    replace: 'all.push(parsed)',
    hunt: named,
  },
]
