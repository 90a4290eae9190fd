// Every run that a program can have, one after the other: for small workloads, where chance is not needed.
import type { Fate, FaultPolicy, Step } from './fault.js'

/** Answers one of `0 … optionCount - 1`; in the course of an exploration, each of them. */
export type Choose = (optionCount: number) => number

/** Limits of {@link explore}. */
export interface ExploreOptions {
  /** Default 1,000,000: then it stops, and says that it has not seen everything. */
  readonly runsMax?: number
  /** Runs only what these choices lead to: as printed in the message of a run that failed. */
  readonly only?: readonly number[]
}

/** What was seen. */
export interface Exploration {
  readonly runs: number
  /** Every sequence of choices was tried. */
  readonly isExhaustive: boolean
}

const RUNS_MAX_DEFAULT = 1_000_000

/**
 * Runs a program once for every sequence of choices that it can make. The program must do the same whenever it is given the same
 * choices. A run that rejects ends the exploration, with the choices in the message: pass them as `only` to see that run again.
 *
 * @example All interleavings of two processes:
 * ```ts
 * await explore(async (choose) => {
 *   const simulation = new Simulation({ seed: 1, policy: scriptedFaults([], { choose: (steps) => choose(steps.length) }) })
 *   …
 * })
 * ```
 */
export async function explore(
  run: (choose: Choose) => Promise<void>,
  { runsMax = RUNS_MAX_DEFAULT, only }: ExploreOptions = {},
): Promise<Exploration> {
  let path: { readonly optionCount: number; picked: number }[] = []
  for (let runs = 1; ; runs++) {
    let depth = 0
    const choose = (optionCount: number): number => {
      if (!Number.isInteger(optionCount) || optionCount < 1) throw new TypeError(`no choice among ${optionCount}`)
      if (depth === path.length) path.push({ optionCount, picked: only?.[depth] ?? 0 })
      const choice = path[depth]!
      if (choice.optionCount !== optionCount || choice.picked >= optionCount) {
        throw new Error(
          `the program is not deterministic: choice ${depth} was among ${choice.optionCount}, now ${optionCount}`,
        )
      }
      depth += 1
      return choice.picked
    }
    try {
      await run(choose)
    } catch (error) {
      const choices = path.slice(0, depth).map(({ picked }) => picked)
      throw new Error(`run ${runs}, choices [${choices.join(', ')}]: ${String(error)}`, { cause: error })
    }
    path = nextPath(path.slice(0, depth))
    if (only !== undefined) return { runs, isExhaustive: false }
    if (path.length === 0) return { runs, isExhaustive: true }
    if (runs >= runsMax) return { runs, isExhaustive: false }
  }
}

/** The last choice that has another option takes it; what came after it is open again. */
function nextPath<T extends { readonly optionCount: number; picked: number }>(path: T[]): T[] {
  while (path.length > 0) {
    const last = path.at(-1)!
    if (last.picked + 1 < last.optionCount) {
      last.picked += 1
      return path
    }
    path.pop()
  }
  return path
}

/** How much of the world {@link exploredFaults} looks at. Few faults and few switches find most of what there is to find. */
export interface ExploredFaultsOptions {
  /** The fates, besides all going well, that each step may have. */
  readonly fates: (step: Step) => readonly Fate[]
  /** Faults in one run. */
  readonly faultsMax: number
  /** How often in one run another process may go on although the present one could; default 0: only when it cannot. */
  readonly switchesMax?: number
}

/** A policy for one run of an exploration: every fate at every step, and every order of steps, within limits. */
export function exploredFaults(
  choose: Choose,
  { fates, faultsMax, switchesMax = 0 }: ExploredFaultsOptions,
): FaultPolicy {
  let faultsLeft = faultsMax
  let switchesLeft = switchesMax
  let present: string | undefined
  return {
    choose: (steps) => {
      const own = steps.findIndex((step) => step.process === present && !step.isOrphan)
      const others =
        switchesLeft === 0 && own !== -1 ? [] : steps.flatMap((step, index) => (isOther(step, present) ? [index] : []))
      const options = own === -1 ? others : [own, ...others]
      const picked = options[choose(options.length)]!
      if (own !== -1 && picked !== own) switchesLeft -= 1
      return picked
    },
    decide: (step) => {
      // Also told of steps that were the only ones: nobody chooses these.
      present = step.process
      if (faultsLeft === 0) return undefined
      const possible = fates(step)
      const picked = choose(possible.length + 1)
      if (picked === 0) return undefined
      faultsLeft -= 1
      return possible[picked - 1]
    },
  }
}

function isOther(step: Step, present: string | undefined): boolean {
  return step.isOrphan || step.process !== present
}
