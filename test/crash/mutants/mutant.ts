// A mutant: one rule of the design taken out of a copy of the product, to see that the checker misses it.
import type { RandomRunOptions } from '../random-run.js'
import type { smallWorkloads } from '../small-workloads.js'

/** Where to look for what a mutant breaks. */
export type Hunt =
  /** Seeds from 0 on; the options replace what they would choose. */
  | { readonly in: 'random runs'; readonly runsMax: number; readonly options?: RandomRunOptions }
  /** Every n-th run of a family of exhaustive.ts. */
  | {
      readonly in: 'family'
      readonly family: string
      readonly workload: keyof typeof smallWorkloads
      readonly every: number
      readonly runsMax: number
    }

/** One rule taken out, as a change of text. */
export interface Mutant {
  readonly name: string
  /** Of the design page: the section, and its words. */
  readonly rule: string
  /** Below `src`. */
  readonly file: string
  /** Stands in the file exactly once; if it no longer does, the mutant must be written anew. */
  readonly find: string
  readonly replace: string
  readonly hunt: Hunt
}

/** What a hunt found. */
export interface Catch {
  readonly runs: number
  /** What the hunt took of a processor: what a mutant costs. */
  readonly cpuMs: number
  /** The first finding; undefined where nothing was found. */
  readonly finding: string | undefined
}
