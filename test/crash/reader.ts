// A reader that knows nothing of us: it looks at every step at what has changed, and sees what Hadoop's readers see.
import type { InspectedFile } from '../../src/testing/simulation/inspection.js'
import type { Simulation } from '../../src/testing/simulation/simulation.js'
import type { LoggedFile, LogModel } from './checker/log-model.js'
import type { Violations } from './checker/violations.js'
import { namedFile } from './data-names.js'
import type { Workload } from './workload.js'

/** What a reader may ever see: finished files only; committed bytes only, whole commits of a file; or whatever is on its way. */
export type SeenByReaders = 'sealed files' | 'committed bytes' | 'anything'

/** What readers are promised. */
export function seenIn({ mode, visibility }: Pick<Workload, 'mode' | 'visibility'>): SeenByReaders {
  if (visibility === 'sealed' || mode === 'new-file') return 'sealed files'
  return mode === 'concat' ? 'committed bytes' : 'anything'
}

/** Looks at everything, also at what should not have changed, once in so many looks. */
const LOOKS_PER_FULL_LOOK = 16

/** Looks, and complains. */
export class Reader {
  readonly #simulation: Simulation
  readonly #violations: Violations
  readonly #sees: SeenByReaders
  #looks = 0

  constructor(simulation: Simulation, violations: Violations, sees: SeenByReaders) {
    this.#simulation = simulation
    this.#violations = violations
    this.#sees = sees
  }

  /** Something was done to a path. */
  look(path: string, models: readonly LogModel[]): void {
    if (this.#sees === 'anything' || path.startsWith('_')) return
    this.#looks += 1
    if (this.#looks % LOOKS_PER_FULL_LOOK === 0)
      for (const each of this.#simulation.inspect().keys()) this.#read(each, models)
    else this.#read(path, models)
  }

  #read(path: string, models: readonly LogModel[]): void {
    const file = namedFile(path)
    // Readers of Hadoop skip names that begin with `_` or `.`.
    if (file === undefined || file.isHidden || path.startsWith('_')) return
    const found = this.#simulation.inspectFile(path)
    if (found === undefined) return
    const complaint = this.#complaintAbout(found, models[file.task]?.files.get(file.serial))
    if (complaint !== undefined) this.#violations.add('SEEN', `${path} ${complaint}`)
  }

  #complaintAbout({ bytes, isOpen }: InspectedFile, file: LoggedFile | undefined): string | undefined {
    const { byteLength } = bytes
    if (file === undefined) return 'is visible, and no record ever named its serial'
    if (isOpen) return 'is visible and open for writing'
    if (this.#sees === 'sealed files') {
      if (!file.isSealed) return 'became visible before a record sealed it'
      return byteLength === file.length ? undefined : `shows ${byteLength} bytes, finished it has ${file.length}`
    }
    // An older generation stays until the copy that replaces it is there; it has what was committed before.
    const lengths = file.chunks.map(({ length }) => length)
    return lengths.includes(byteLength) ? undefined : `shows ${byteLength} bytes, records say ${lengths.join()}`
  }
}
