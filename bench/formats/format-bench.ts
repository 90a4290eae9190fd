// What is measured of a format: its encoding, beside what the library below it does alone.
import type { Format } from '../../src/index.js'
import type { Order } from '../writer/orders.js'

/** One format and its rival. */
export interface FormatBench {
  readonly name: string
  readonly format: () => Format<Order>
  /** What the other way is, in a word or two. */
  readonly against: string
  /** Encodes all records the bare way; answers how many bytes came of them. */
  readonly bare: (records: readonly Order[]) => number | Promise<number>
  /** Of the format's speed beside it; left out where the other way is no library, but the least that anybody must do. */
  readonly ratioMin?: number
}

/** What a format keeps of the speed of the library that it is made of. */
export const LIBRARY_RATIO_MIN = 0.8

/** The bare ways gather what they encode in pieces of this many characters or records, as anybody would. */
export const PIECE_CHARACTERS = 1_024
