// The faults that are armed at the moment: which of them an exchange meets, and the promises by which tests wait.
import type { ArmedFault, Candidate, Fault, Limits, Match, Occurrence } from './fault.js'
import { decidingDirection } from './fault.js'

/** A fault that an exchange has met. Exactly one of `tell` and `miss` is called, once. */
export interface Strike {
  readonly fault: Fault
  /** It has struck: tells the test. */
  tell(occurrence: Occurrence): void
  /** It could not strike after all. */
  miss(reason: string): void
}

export class ArmedFaults {
  readonly #armed = new Set<Armed>()

  arm(match: Match, fault: Fault, limits: Limits): ArmedFault {
    const armed = new Armed(match, fault, limits, () => this.#armed.delete(armed))
    this.#armed.add(armed)
    return armed
  }

  /** The fault that this exchange meets, the one armed first if there are several. Counts as one of its times. */
  meet(candidate: Candidate): Strike | null {
    for (const armed of this.#armed) {
      const strike = armed.meet(candidate)
      if (strike !== null) return strike
    }
    return null
  }

  disarmAll(): void {
    for (const armed of this.#armed) armed.disarm()
  }
}

class Armed implements ArmedFault {
  readonly #match: Match
  readonly #fault: Fault
  readonly #remove: () => void
  #skip: number
  #times: number
  /** How many strikes were told of or missed: never more than were begun. */
  #told = 0
  /** How many strikes were begun. Once the fault is disarmed there will be no further one. */
  #struck = 0
  #disarmed = false
  readonly #occurrences: PromiseWithResolvers<Occurrence>[] = []
  readonly #connections = new Map<number, number>()

  constructor(match: Match, fault: Fault, limits: Limits, remove: () => void) {
    this.#match = match
    this.#fault = fault
    this.#skip = limits.skip ?? 0
    this.#times = limits.times ?? 1
    this.#remove = remove
  }

  get triggered(): Promise<Occurrence> {
    return this.occurrence(1)
  }

  occurrence(nth: number): Promise<Occurrence> {
    return this.#slot(nth).promise
  }

  disarm(): void {
    this.#disarmed = true
    this.#remove()
    this.#occurrences.slice(this.#struck).forEach((slot) => {
      slot.reject(this.#neverStruck())
    })
  }

  meet(candidate: Candidate): Strike | null {
    if (!this.#fits(candidate)) return null
    if (this.#skip > 0) {
      this.#skip -= 1
      return null
    }
    this.#struck += 1
    this.#times -= 1
    if (this.#times <= 0) this.disarm()
    return {
      fault: this.#fault,
      tell: (occurrence) => {
        this.#told += 1
        this.#slot(this.#told).resolve(occurrence)
      },
      miss: (reason) => {
        this.#told += 1
        this.#slot(this.#told).reject(new Error(`${this.#name()} met an exchange but did not strike: ${reason}`))
      },
    }
  }

  #fits(candidate: Candidate): boolean {
    const match = this.#match
    const { request } = candidate
    if (request === null) {
      const forHttp = match.method ?? match.op ?? match.path ?? match.where
      if (forHttp !== undefined || decidingDirection(this.#fault) !== candidate.direction) return false
    } else {
      if (match.method !== undefined && match.method !== request.method) return false
      if (match.op !== undefined && match.op.toUpperCase() !== request.op) return false
      if (typeof match.path === 'string' && match.path !== request.path) return false
      if (match.path instanceof RegExp && !match.path.test(request.path)) return false
      if (match.where !== undefined && !match.where(request)) return false
    }
    if (match.hop !== undefined && match.hop !== candidate.hop) return false
    if (match.server !== undefined && match.server !== candidate.server) return false
    return match.connection === undefined || match.connection === this.#nthConnection(candidate.connectionId)
  }

  #nthConnection(connectionId: number): number {
    const known = this.#connections.get(connectionId) ?? this.#connections.size + 1
    this.#connections.set(connectionId, known)
    return known
  }

  #slot(nth: number): PromiseWithResolvers<Occurrence> {
    while (this.#occurrences.length < nth) {
      const slot = withResolvers<Occurrence>()
      // Who waits for it hears of it; nobody has to.
      slot.promise.catch(() => {})
      if (this.#disarmed && this.#occurrences.length >= this.#struck) slot.reject(this.#neverStruck())
      this.#occurrences.push(slot)
    }
    return this.#occurrences[nth - 1]!
  }

  #neverStruck(): Error {
    return new Error(`${this.#name()} was disarmed before it met an exchange`)
  }

  #name(): string {
    return `the fault ${JSON.stringify(this.#fault)} for ${describe(this.#match)}`
  }
}

function describe(match: Match): string {
  const parts = Object.entries(match).map(([name, value]) => `${name} ${String(value)}`)
  return parts.length === 0 ? 'any exchange' : parts.join(', ')
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (reason: Error) => void
}

/** `Promise.withResolvers`, which Node has from 22 on. */
function withResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (reason: Error) => void = () => {}
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
