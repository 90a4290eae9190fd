// What each writer was told, as it was told: for the checker that compares it with what the log says.
import type { Positions } from './checker/log-model.js'
import type { RawRange } from './checker/raw-record.js'

/** One thing that a writer was told. */
export type Told = { readonly process: string; readonly task: number; readonly pid: number; readonly step: number } & (
  | {
      /** The positions to go on from, after an open or an abort. */
      readonly what: 'opened' | 'aborted'
      readonly committed: Positions
      /** The newest records when the call was made, and when it returned. */
      readonly newestBefore: number
      readonly newestAfter: number
    }
  | {
      /** A commit that resolved. */
      readonly what: 'committed'
      readonly sequence: number
      readonly ranges: readonly RawRange[]
      readonly committed: Positions
      readonly newestAfter: number
    }
  | {
      readonly what: 'fenced'
      /** Who had claimed last. */
      readonly newestClaimant: number | undefined
    }
  | { readonly what: 'closed' }
  | { readonly what: 'failed'; readonly doing: string; readonly error: unknown }
)

/** Gathers what writers were told. */
export class Journal {
  readonly entries: Told[] = []

  add(told: Told): void {
    this.entries.push(told)
  }

  /** How often something was told. */
  count(what: Told['what']): number {
    return this.entries.filter((told) => told.what === what).length
  }
}
