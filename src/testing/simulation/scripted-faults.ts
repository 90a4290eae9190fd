// A policy that does what a script says: for scenarios, and for trying a fault at every step in turn.
import type { Operation } from '../../file-system/file-system-error.js'
import type { Fate, FaultPolicy, Stage, Step } from './fault.js'

/** One fault, and where it strikes. Every condition that is given must hold; it strikes once. */
export interface ScriptedFault {
  readonly fate: Fate
  /** Name of the process. */
  readonly process?: string
  /** The k-th step of the process, counted from 1. */
  readonly step?: number
  readonly stage?: Stage
  readonly operation?: Operation
  /** The request in HDFS's words begins with this. */
  readonly request?: string
  readonly path?: string | RegExp
  /** Strikes at the n-th step that fits, counted from 1 (default). */
  readonly nth?: number
}

/** Settings of {@link scriptedFaults}. */
export interface ScriptOptions {
  /** Which of the possible steps happens next. Default: the one that waits longest, so that processes take turns. */
  readonly choose?: (steps: readonly Step[]) => number
}

/**
 * A policy with these faults, in which everything else goes well.
 *
 * @example A crash at every step in turn:
 * ```ts
 * for (let step = 1; ; step++) {
 *   const policy = scriptedFaults([{ process: 'a', step, fate: faults.crash() }])
 *   const simulation = new Simulation({ seed: 1, policy })
 *   simulation.process('a').run(program)
 *   await simulation.run()
 *   if (simulation.process('a').state !== 'crashed') break // there was no such step
 *   simulation.process('b').run(recovery)
 *   await simulation.run({ until: 'idle' })
 *   check(simulation.inspect())
 * }
 * ```
 */
export function scriptedFaults(script: readonly ScriptedFault[], options: ScriptOptions = {}): FaultPolicy {
  const open = script.map((fault) => ({ fault, remaining: fault.nth ?? 1 }))
  return {
    ...(options.choose === undefined ? {} : { choose: options.choose }),
    decide: (step) => {
      for (const entry of open) {
        if (entry.remaining === 0 || !fits(entry.fault, step)) continue
        entry.remaining -= 1
        if (entry.remaining === 0) return entry.fault.fate
      }
      return undefined
    },
  }
}

function fits(fault: ScriptedFault, step: Step): boolean {
  if (fault.process !== undefined && fault.process !== step.process) return false
  if (fault.step !== undefined && fault.step !== step.processStep) return false
  if (fault.stage !== undefined && fault.stage !== step.stage) return false
  if (fault.operation !== undefined && fault.operation !== step.operation) return false
  if (fault.request !== undefined && !step.request.startsWith(fault.request)) return false
  if (fault.path === undefined) return true
  return typeof fault.path === 'string' ? fault.path === step.path : fault.path.test(step.path)
}
