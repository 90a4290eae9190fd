// A policy that lets anything happen, with probabilities, in an order and at moments that the seed decides.
import type { Aftermath, Fate, FaultPolicy, Step } from './fault.js'
import { faults } from './fault.js'
import type { SeededRandom } from './seeded-random.js'

/** Probabilities, each for one step; 0 switches a kind off. */
export interface FaultProbabilities {
  /** A request never arrives. */
  readonly never: number
  /** A request is executed at once or later, its client told nothing. */
  readonly late: number
  /** A reply is lost. */
  readonly lostReply: number
  /** A connection is refused. */
  readonly refused: number
  /** An upload is cut at some byte. */
  readonly cut: number
  /** An upload stays half open. */
  readonly halfOpen: number
  /** An upload's datanode dies. */
  readonly datanodeDeath: number
  /** The process crashes; what it sent may be executed, in part, at once or later. */
  readonly crash: number
  /** The process sleeps through the next steps. */
  readonly sleep: number
  /** The clock moves on before the step: waits end in the middle of everything, leases expire. */
  readonly timePasses: number
}

/** A rough world: about one step in ten goes wrong. */
export const roughProbabilities: FaultProbabilities = {
  never: 0.01,
  late: 0.02,
  lostReply: 0.015,
  refused: 0.01,
  cut: 0.02,
  halfOpen: 0.005,
  datanodeDeath: 0.005,
  crash: 0.01,
  sleep: 0.008,
  timePasses: 0.01,
}

/** How late a request may be, and how long a process sleeps: mostly little, at times very much. */
const LATENESS_STEPS = [5, 5, 60, 600]
const SLEEP_STEPS = [20, 60, 200, 400]
/** How far the clock moves: around the pauses of a poll, the waits of a takeover, the soft limit of a lease. */
const PASSING_MS = [50, 1_000, 10_000, 70_000]

/** Makes a policy from a generator: pass it as the `policy` of a simulation, which gives it one that follows from its seed. */
export function randomFaults(
  probabilities: Partial<FaultProbabilities> = roughProbabilities,
): (random: SeededRandom) => FaultPolicy {
  const all: FaultProbabilities = { ...NOTHING, ...probabilities }
  return (random) => ({
    choose: (steps) => random.integer(steps.length),
    decide: (step) => decideAtRandom(step, all, random),
    abandon: (step) => (random.happens(all.cut + all.late) ? randomAftermath(step, random) : { request: 'executes' }),
  })
}

const NOTHING: FaultProbabilities = {
  never: 0,
  late: 0,
  lostReply: 0,
  refused: 0,
  cut: 0,
  halfOpen: 0,
  datanodeDeath: 0,
  crash: 0,
  sleep: 0,
  timePasses: 0,
}

function decideAtRandom(step: Step, probabilities: FaultProbabilities, random: SeededRandom): Fate | undefined {
  let draw = random.fraction()
  const falls = (probability: number): boolean => {
    draw -= probability
    return draw < 0
  }
  if (falls(probabilities.crash)) return { do: 'crash', aftermath: (each) => randomAftermath(each, random) }
  if (falls(probabilities.sleep)) return faults.sleep({ forSteps: random.integer(random.pick(SLEEP_STEPS)) })
  if (falls(probabilities.timePasses)) return faults.deliver(random.integer(random.pick(PASSING_MS)))
  if (step.stage === 'reply')
    return falls(probabilities.lostReply) ? faults.unanswered({}, codeAtRandom(random)) : undefined
  if (falls(probabilities.never)) return faults.never(codeAtRandom(random))
  if (falls(probabilities.late)) return faults.unanswered(randomLateness(random), codeAtRandom(random))
  if (step.stage === 'arrive' || step.stage === 'open')
    return falls(probabilities.refused) ? faults.refuse() : undefined
  const keptBytes = random.integer(step.pendingBytes + 1)
  if (falls(probabilities.cut)) return faults.cut(keptBytes)
  if (falls(probabilities.halfOpen)) return faults.halfOpen(keptBytes)
  if (falls(probabilities.datanodeDeath)) return faults.datanodeDeath(keptBytes)
  return undefined
}

function codeAtRandom(random: SeededRandom): 'TIMEOUT' | 'UNAVAILABLE' {
  return random.happens(0.5) ? 'TIMEOUT' : 'UNAVAILABLE'
}

function randomLateness(random: SeededRandom): { readonly afterSteps: number } {
  return { afterSteps: random.integer(random.pick(LATENESS_STEPS)) }
}

function randomAftermath(step: Step, random: SeededRandom): Aftermath {
  if (random.happens(0.3)) return { request: 'never' }
  const lateness = randomLateness(random)
  if (random.happens(0.5)) return { request: 'executes', ...lateness }
  const upload = random.pick(['closes', 'closes', 'half-open', 'datanode-dies'] as const)
  return { request: 'executes', ...lateness, keptBytes: random.integer(step.pendingBytes + 1), upload }
}
