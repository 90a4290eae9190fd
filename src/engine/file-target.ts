// Where an attempt's bytes for one data file go: the file itself, or a temp that a record will put in its place.
import type { Placement } from '../protocol/plan-commit.js'

/** What was uploaded to one temp, to be put behind the data file by CONCAT. */
export interface TempPart {
  readonly temp: string
  /** 0 for as long as its upload is open. */
  bytes: number
}

/** One data file in one attempt. Changed by upload.ts as bytes arrive. */
export interface FileTarget {
  readonly serial: number
  readonly directory: string
  /** Committed before this attempt; 0 for a new file. */
  readonly baseLength: number
  /** The name it has, or that the record will give it. A reclaim changes it. */
  path: string
  /** Where its bytes are. `nowhere`: a new file of which nothing was uploaded. */
  placement: Placement | { readonly at: 'nowhere' }
  /** Every upload goes to a temp of its own, in this order, and nothing is ever appended to; `placement` then stays as it was. `undefined`: appended. */
  readonly parts: TempPart[] | undefined
  /** Blocks of its committed bytes and of the parts, about; counted in mode `concat` only. */
  blockCount: number | undefined
  /** Base and what was uploaded and found there. A failed upload reclaims to this, not to the committed length. */
  checkedLength: number
  /** A request was sent to the data file itself, so aborting the attempt must reclaim it. */
  reachedDataFile: boolean
  /** Whether a request of ours may still be under way in this process (it timed out). Matters where `requestsEndWithProcess`. */
  writersGone: 'surely' | 'maybe'
  /** An append was refused for as long as we try: see `noteRefusal`. */
  takesMore: boolean
}
