// Randomness that a seed repeats.
import type { Random } from '../../model/random.js'

/** A generator (sfc32) that gives the same sequence for the same seed. */
export class SeededRandom implements Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** The seed is any text or number; each gives a sequence of its own. */
  constructor(seed: string | number) {
    const hash = hashOf(String(seed))
    this.#a = hash()
    this.#b = hash()
    this.#c = hash()
    for (let round = 0; round < 12; round++) this.#next()
  }

  #next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0
    return result >>> 0
  }

  fraction(): number {
    return this.#next() / 2 ** 32
  }

  id(): string {
    let digits = ''
    for (let word = 0; word < 4; word++) digits += this.#next().toString(16).padStart(8, '0')
    return digits
  }

  /** A whole number from 0 to before `below`. */
  integer(below: number): number {
    return Math.floor(this.fraction() * below)
  }

  /** True with this probability. Draws nothing for 0. */
  happens(probability: number): boolean {
    return probability > 0 && this.fraction() < probability
  }

  /** One of them. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.integer(choices.length)]
    if (choice === undefined) throw new TypeError('there is nothing to pick from')
    return choice
  }
}

/** A source of 32-bit words that all depend on every character (xmur3). */
function hashOf(text: string): () => number {
  let state = 1_779_033_703 ^ text.length
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 3_432_918_353)
    state = (state << 13) | (state >>> 19)
  }
  return () => {
    state = Math.imul(state ^ (state >>> 16), 2_246_822_507)
    state = Math.imul(state ^ (state >>> 13), 3_266_489_909)
    state ^= state >>> 16
    return state | 0
  }
}
