// Randomness is passed in, so that the simulation can replay a run from its seed.
import { randomBytes } from 'node:crypto'

/** Where ids and jitter come from. */
export interface Random {
  /** A fresh 128-bit id: 32 hexadecimal digits. Two calls, anywhere, never agree. */
  id(): string
  /** Uniform in [0, 1). */
  fraction(): number
}

/** The machine's randomness. */
export const systemRandom: Random = {
  id: () => randomBytes(16).toString('hex'),
  fraction: () => Math.random(),
}
