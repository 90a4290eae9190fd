// What may happen at a step of the simulation, and who decides it.
import type { Operation } from '../../file-system/file-system-error.js'

/**
 * Where a request stands. A request goes `arrive` → `reply`. An upload goes `open` → `bytes`, as often as the client sends →
 * `complete` → `reply`; with `durableWithoutClose` also `persist` → `reply`; given up by its client it ends with `drop`.
 */
export type Stage = 'arrive' | 'open' | 'bytes' | 'persist' | 'complete' | 'drop' | 'reply'

/** One thing that can happen next. */
export interface Step {
  /** The name of the process whose request it is. */
  readonly process: string
  /** How many steps of this process were decided before, plus 1. */
  readonly processStep: number
  readonly stage: Stage
  /** The verb of the port that the request serves. */
  readonly operation: Operation
  /** The request in HDFS's words: `RENAME`, `CREATE`, `APPEND`, `GETFILESTATUS`, …. */
  readonly request: string
  readonly path: string
  readonly kind: 'read' | 'mutation'
  /** At `bytes`: how many are waiting to arrive. */
  readonly pendingBytes: number
  /** The client no longer follows it: it crashed, timed out or gave up. Nothing is decided about such a step; it may be chosen. */
  readonly isOrphan: boolean
}

/** What becomes of a request that its client no longer follows. */
export type Aftermath =
  /** It never arrives. Of an upload that was opened already, the file is closed with what had arrived. */
  | { readonly request: 'never' }
  | {
      /** It is executed when so many further steps have happened (default 0), or so much time has passed, or nothing else is left to happen. */
      readonly request: 'executes'
      readonly afterSteps?: number
      readonly afterMs?: number
      /** Of the bytes of an upload that were under way only so many arrive; default: all. */
      readonly keptBytes?: number
      /**
       * How an upload ends. `closes` (default): the server closes the file, as it does when a connection is lost.
       * `half-open`: the connection stays, and the lease with it. `datanode-dies`: nobody renews the lease; the file is open until somebody recovers it.
       */
      readonly upload?: 'closes' | 'half-open' | 'datanode-dies'
    }

/** What happens at a step. */
export type Fate =
  /** All goes well, after so much time. */
  | { readonly do: 'deliver'; readonly afterMs?: number }
  /** The client hears nothing: the outcome of a mutation is unknown to it. At `reply` the request was executed already. */
  | { readonly do: 'time-out'; readonly code: 'TIMEOUT' | 'UNAVAILABLE'; readonly aftermath: Aftermath }
  /** The connection is refused: the client knows that nothing happened. Only at `arrive` and `open`; elsewhere a lost connection. */
  | { readonly do: 'refuse' }
  /** The server refuses with an exception, and does nothing. Only at `arrive` and `open`; elsewhere a lost connection. */
  | { readonly do: 'answer'; readonly exception: string; readonly message: string; readonly httpStatus: number }
  /** The process is gone; the aftermath is that of this request, and of every other one that it had under way. */
  | { readonly do: 'crash'; readonly aftermath: Aftermath | ((step: Step) => Aftermath) }
  /** The process stops, its requests go on; it wakes up after so many steps, or so much time, or when it is woken. */
  | { readonly do: 'sleep'; readonly forSteps?: number; readonly forMs?: number }

/** Decides what happens. Called for every step that a client still follows, in an order that depends on nothing but the seed and the program. */
export interface FaultPolicy {
  /** Which of the steps that can happen now happens next: its index. Default: the one that waits longest. */
  choose?(steps: readonly Step[]): number
  /** What happens at the step; undefined: it is delivered. */
  decide(step: Step): Fate | undefined
  /** What becomes of an upload that its client gave up. Default: what was sent arrives, and the file is closed. */
  abandon?(step: Step): Aftermath
}

/** When and how an unanswered request is executed after all. */
export type Lateness = Omit<Extract<Aftermath, { request: 'executes' }>, 'request'>

/** Names for the fates. */
export const faults: {
  /** All goes well; if it is said so, the clock of the whole world moves first. */
  deliver(afterMs?: number): Fate
  /** The request never arrives, and its client does not know that. */
  never(code?: 'TIMEOUT' | 'UNAVAILABLE'): Fate
  /** The client gives up; the request is executed at once or later. At `reply`: the reply is lost. */
  unanswered(lateness?: Lateness, code?: 'TIMEOUT' | 'UNAVAILABLE'): Fate
  /** The connection is refused. */
  refuse(): Fate
  /** The server answers with an exception. */
  answer(exception: string, message?: string, httpStatus?: number): Fate
  /** The connection of an upload breaks; the file is closed with a beginning of what was under way. */
  cut(keptBytes: number): Fate
  /** The client of an upload hears nothing more; the server has a beginning, and waits for more with the lease held. */
  halfOpen(keptBytes: number): Fate
  /** The datanode of an upload dies; a beginning is kept, the lease has to be recovered. */
  datanodeDeath(keptBytes: number): Fate
  /** The process dies; its requests never arrive. */
  crash(): Fate
  /** The process dies; its requests are executed all the same. */
  crashAfterSending(lateness?: Lateness): Fate
  /** The process stops for a while, or until it is woken. */
  sleep(span?: { readonly forSteps?: number; readonly forMs?: number }): Fate
} = {
  deliver: (afterMs = 0) => ({ do: 'deliver', afterMs }),
  never: (code = 'TIMEOUT') => ({ do: 'time-out', code, aftermath: { request: 'never' } }),
  unanswered: (lateness = {}, code = 'TIMEOUT') => ({
    do: 'time-out',
    code,
    aftermath: { request: 'executes', ...lateness },
  }),
  refuse: () => ({ do: 'refuse' }),
  answer: (exception, message = 'as the fault policy wants it', httpStatus = 403) => ({
    do: 'answer',
    exception,
    message,
    httpStatus,
  }),
  cut: (keptBytes) => ({ do: 'time-out', code: 'UNAVAILABLE', aftermath: { request: 'executes', keptBytes } }),
  halfOpen: (keptBytes) => ({
    do: 'time-out',
    code: 'TIMEOUT',
    aftermath: { request: 'executes', keptBytes, upload: 'half-open' },
  }),
  datanodeDeath: (keptBytes) => ({
    do: 'time-out',
    code: 'UNAVAILABLE',
    aftermath: { request: 'executes', keptBytes, upload: 'datanode-dies' },
  }),
  crash: () => ({ do: 'crash', aftermath: { request: 'never' } }),
  crashAfterSending: (lateness = {}) => ({ do: 'crash', aftermath: { request: 'executes', ...lateness } }),
  sleep: (span = {}) => ({ do: 'sleep', ...span }),
}
