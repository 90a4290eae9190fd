// Somebody keeps snapshots: HDFS refuses to CONCAT a file that is in one, for good or until the snapshot is deleted.
import { type Fate, faults, type Step } from '../../src/testing/simulation/fault.js'
import { SeededRandom } from '../../src/testing/simulation/seeded-random.js'

/** For so many steps of a run a snapshot is there, and for so many more it is not. */
const KEPT_STEPS = 150

/** Decides which files are in a snapshot. */
export class Snapshots {
  readonly #seed: number | string
  readonly #every: number
  /** By source: in none, in one that comes and goes, in one that stays. */
  readonly #kept = new Map<string, 'none' | 'for a while' | 'for good'>()

  /** One source in so many is in a snapshot; 0: none. */
  constructor(seed: number | string, every: number) {
    this.#seed = seed
    this.#every = every
  }

  /** The refusal of a CONCAT whose source is in a snapshot now. */
  fateOf({ stage, request, path }: Pick<Step, 'stage' | 'request' | 'path'>, stepOfRun: number): Fate | undefined {
    if (this.#every === 0 || stage !== 'arrive' || !request.startsWith('CONCAT')) return undefined
    const source = request.slice('CONCAT '.length)
    // Asked before the location is a job's: one that is refused is told so.
    if (source.startsWith('_multi_output/tmp/')) return undefined
    let kept = this.#kept.get(source)
    if (kept === undefined) {
      const random = new SeededRandom(`${this.#seed}/snapshot of ${source}`)
      kept = random.happens(1 / this.#every) ? random.pick(['for a while', 'for good'] as const) : 'none'
      this.#kept.set(source, kept)
    }
    if (kept === 'none' || (kept === 'for a while' && Math.floor(stepOfRun / KEPT_STEPS) % 2 === 1)) return undefined
    const message = `Concat: the source file /${source} is referred by some other reference in some snapshot. (target /${path})`
    return faults.answer('SnapshotException', message)
  }
}
