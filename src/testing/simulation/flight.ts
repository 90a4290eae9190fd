// A request on its way. It lives in steps, between which anything else may happen, and it may outlive its client.

import { FileSystemError, type Operation } from '../../file-system/file-system-error.js'
import type { Namespace } from '../../file-system/memory/namespace.js'
import type { Aftermath, Stage, Step } from './fault.js'

/** What a flight needs to know of the process that sent it. */
export interface Client {
  readonly name: string
  /** Steps of this process that were decided. */
  readonly decidedSteps: number
  /** Runs what lets the process go on: now, when it wakes up, or never if it is dead. */
  resume(action: () => void): void
}

/** What a flight needs to know of the world. */
export interface Surroundings {
  readonly namespace: Namespace
  /** The flight has something that can happen. */
  ready(flight: Flight): void
  /** The client gave the upload up. */
  abandoned(flight: Flight): void
}

/** When an orphan may go on. */
export interface Lateness {
  readonly dueStep: number
  readonly dueMs: number
}

/** What every flight has: who sent it, what it is, whether its client still follows. */
export abstract class Flight implements Step {
  readonly client: Client
  readonly surroundings: Surroundings
  isOrphan = false
  /** Steps and times before these it waits. */
  dueStep = 0
  dueMs: number = Number.NEGATIVE_INFINITY
  /** Whether it stands in the list of those that can go on. */
  isListed = false

  abstract readonly operation: Operation
  abstract readonly request: string
  abstract readonly detail: string | undefined
  abstract readonly path: string
  abstract readonly kind: 'read' | 'mutation'
  abstract readonly stage: Stage
  abstract readonly pendingBytes: number
  /** Nothing can happen with it any more. */
  abstract readonly isOver: boolean
  /** It waits for its client. */
  abstract readonly isIdle: boolean

  constructor(client: Client, surroundings: Surroundings) {
    this.client = client
    this.surroundings = surroundings
  }

  get process(): string {
    return this.client.name
  }

  get processStep(): number {
    return this.client.decidedSteps + 1
  }

  /** What the stage is for happens. Answers what came of it, for the trace. */
  abstract deliver(): unknown

  /** The server refuses, and does nothing. */
  abstract refuseWith(error: unknown): void

  /** The client is told that there is no answer. */
  abstract tellUnanswered(error: FileSystemError): void

  /** Nobody follows it any more: what is still to become of it on the server. */
  abstract orphan(aftermath: Aftermath, lateness: Lateness): void

  /** The error of a client that got no answer. A read that failed changed nothing. */
  unansweredError(code: 'TIMEOUT' | 'UNAVAILABLE'): FileSystemError {
    const { operation, path, request, kind } = this
    const outcome = kind === 'read' ? 'not-applied' : 'unknown'
    const retry = code === 'TIMEOUT' ? 'later' : 'now'
    const complaint = code === 'TIMEOUT' ? 'no answer in time' : 'the connection broke'
    return new FileSystemError(`${operation} ${path}: ${request}: ${complaint}`, {
      code,
      outcome,
      retry,
      operation,
      path,
    })
  }

  /** The error of a client that could not connect. */
  refusedError(): FileSystemError {
    const { operation, path, request } = this
    const details = { code: 'UNAVAILABLE', outcome: 'not-applied', retry: 'now', operation, path } as const
    return new FileSystemError(`${operation} ${path}: ${request}: connection refused`, details)
  }
}
