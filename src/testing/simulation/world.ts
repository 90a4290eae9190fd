// What a simulation consists of, and what one step of it does. When steps are taken, and how many, is decided elsewhere.
import { RemoteException } from '../../file-system/file-system-error.js'
import { Namespace } from '../../file-system/memory/namespace.js'
import type { Aftermath, Fate, FaultPolicy } from './fault.js'
import type { Flight, Lateness, Surroundings } from './flight.js'
import { Network } from './network.js'
import { SeededRandom } from './seeded-random.js'
import type { SimulatedProcess } from './simulated-process.js'
import { type SimulationOptions, simulatedHdfs, type simulationDefaults } from './simulation-options.js'
import type { TraceEntry } from './trace.js'
import { VirtualTime } from './virtual-time.js'

const DELIVER: Fate = { do: 'deliver' }

/** Processes, a namespace, the requests between them, time, and what happened so far. */
export class World {
  policy: FaultPolicy | undefined
  readonly processes: Map<string, SimulatedProcess> = new Map()
  readonly namespace: Namespace
  readonly time: VirtualTime
  readonly network: Network = new Network()
  readonly trace: TraceEntry[] = []
  /** What a flight is given to work with. */
  readonly surroundings: Surroundings
  readonly #startMs: number
  readonly #onEvent: ((event: TraceEntry) => void) | undefined
  steps = 0
  /** Client code may be about to run: nothing else may happen before it has. */
  mustDrain = true

  /** `onReady` is called when something can go on that could not before. */
  constructor(options: SimulationOptions & typeof simulationDefaults, onReady: () => void) {
    this.#startMs = options.startMs
    this.#onEvent = options.onEvent
    this.time = new VirtualTime(options.startMs)
    this.namespace = new Namespace({ ...simulatedHdfs, ...options.hdfs, nowMs: () => this.time.nowMs })
    const { policy } = options
    this.policy = typeof policy === 'function' ? policy(new SeededRandom(`${options.seed}/faults`)) : policy
    this.surroundings = {
      namespace: this.namespace,
      ready: (flight) => {
        this.network.list(flight)
        onReady()
      },
      abandoned: (flight) => this.orphan(flight, this.policy?.abandon?.(flight) ?? { request: 'executes' }),
    }
  }

  sleepers(): SimulatedProcess[] {
    return [...this.processes.values()].filter((process) => process.state === 'asleep')
  }

  /** One thing happens; false when nothing can. */
  step(): boolean {
    this.steps += 1
    do {
      this.#wakeWhoIsDue()
      if (this.mustDrain || this.time.fireNext()) return true
      const eligible = this.network.eligible(this.steps, this.time.nowMs)
      if (eligible.length > 0) {
        this.#happen(this.#choose(eligible))
        return true
      }
    } while (this.#moveOn())
    return false
  }

  #choose(eligible: readonly Flight[]): Flight {
    const index = eligible.length === 1 ? 0 : (this.policy?.choose?.(eligible) ?? 0)
    const chosen = eligible[index]
    if (chosen === undefined) throw new TypeError(`the fault policy chose ${index} of ${eligible.length} steps`)
    return chosen
  }

  #wakeWhoIsDue(): void {
    for (const process of this.processes.values()) {
      if (process.state !== 'asleep') continue
      if (process.wakeAt.step <= this.steps || process.wakeAt.timeMs <= this.time.nowMs) process.wake()
    }
  }

  /** Nothing can happen now: the clock goes on to the next moment for which something waits, or else the steps do, or else the server. */
  #moveOn(): boolean {
    const due = this.network.nextDue(this.time.nowMs)
    const sleepers = this.sleepers()
    const wakeMs = sleepers.map(({ wakeAt }) => wakeAt.timeMs)
    const timeMs = Math.min(due.timeMs, this.time.nextMs ?? Number.POSITIVE_INFINITY, ...wakeMs)
    if (Number.isFinite(timeMs)) {
      this.time.advanceTo(timeMs)
      return true
    }
    const step = Math.min(due.step, ...sleepers.map(({ wakeAt }) => wakeAt.step))
    if (Number.isFinite(step)) {
      this.steps = Math.max(this.steps, step)
      return true
    }
    return this.#finishRecovery()
  }

  /** Nobody waits for anything by this clock, but the server still has something to do in the background. */
  #finishRecovery(): boolean {
    let doneMs = Number.POSITIVE_INFINITY
    for (const { inode } of this.namespace.files()) doneMs = Math.min(doneMs, inode.recovery?.doneAtMs ?? doneMs)
    if (!Number.isFinite(doneMs)) return false
    this.time.advanceTo(doneMs)
    return true
  }

  #happen(flight: Flight): void {
    this.network.unlist(flight)
    const process = this.processes.get(flight.process)!
    if (flight.isOrphan) {
      const { stage } = flight
      this.#record(flight, `*${stage}`, flight.deliver())
    } else {
      const fate = this.policy?.decide(flight) ?? DELIVER
      process.countStep()
      this.#apply(fate, flight, process)
    }
    if (flight.isOver) process.flights.delete(flight)
    else this.network.relist(flight)
  }

  #apply(fate: Fate, flight: Flight, process: SimulatedProcess): void {
    const { stage } = flight
    const isBeforehand = stage === 'arrive' || stage === 'open'
    switch (fate.do) {
      case 'deliver':
        if (fate.afterMs !== undefined) this.time.advanceTo(this.time.nowMs + fate.afterMs)
        this.#record(flight, stage, flight.deliver())
        return
      case 'sleep': {
        const { forSteps = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY } = fate
        process.sleep({ step: this.steps + forSteps, timeMs: this.time.nowMs + forMs })
        this.#record(flight, stage, flight.deliver())
        return
      }
      case 'crash':
        this.#record(flight, stage, 'the process crashes')
        process.crash(fate.aftermath)
        return
      case 'time-out':
        this.#lose(flight, fate.code, fate.aftermath)
        return
      case 'refuse':
      case 'answer':
        if (!isBeforehand) {
          this.#lose(flight, 'UNAVAILABLE', { request: 'executes' })
          return
        }
        this.#record(flight, stage, fate.do === 'refuse' ? 'connection refused' : `refused with ${fate.exception}`)
        flight.refuseWith(
          fate.do === 'refuse'
            ? flight.refusedError()
            : new RemoteException(fate.exception, fate.message, fate.httpStatus),
        )
        return
    }
  }

  #lose(flight: Flight, code: 'TIMEOUT' | 'UNAVAILABLE', aftermath: Aftermath): void {
    this.#record(flight, flight.stage, `${code} for the client; the request ${describe(aftermath, flight)}`)
    flight.tellUnanswered(flight.unansweredError(code))
    this.orphan(flight, aftermath)
  }

  /** Nobody follows the flight any more. */
  orphan(flight: Flight, aftermath: Aftermath): void {
    // Off the list first: one that waited for its reply is over now, and must not be carried out once more.
    this.network.unlist(flight)
    flight.orphan(aftermath, this.#latenessOf(aftermath))
    this.network.relist(flight)
  }

  #latenessOf(aftermath: Aftermath): Lateness {
    const { afterSteps = 0, afterMs } = aftermath.request === 'executes' ? aftermath : {}
    const dueMs = afterMs === undefined ? Number.NEGATIVE_INFINITY : this.time.nowMs + afterMs
    return { dueStep: this.steps + afterSteps, dueMs }
  }

  #record(flight: Flight, event: string, outcome: unknown): void {
    const { process, request, path, detail } = flight
    this.#tell({ step: this.steps, timeMs: this.sinceStartMs, process, event, request, path, detail, outcome })
  }

  /** A line of the trace that is about no request. */
  note(process: SimulatedProcess, event: string, detail: string): void {
    const where = { step: this.steps, timeMs: this.sinceStartMs, process: process.name }
    this.#tell({ ...where, event, request: '', path: '', detail, outcome: undefined })
  }

  #tell(event: TraceEntry): void {
    this.trace.push(event)
    this.#onEvent?.(event)
  }

  get sinceStartMs(): number {
    return this.time.nowMs - this.#startMs
  }
}

function describe(aftermath: Aftermath, flight: Flight): string {
  if (flight.stage === 'reply') return 'was executed'
  if (aftermath.request === 'never') return 'never arrives'
  const { afterSteps, afterMs, keptBytes, upload } = aftermath
  const words = ['is executed']
  if (afterSteps !== undefined) words.push(`${afterSteps} steps later`)
  if (afterMs !== undefined) words.push(`${afterMs} ms later`)
  if (keptBytes !== undefined && flight.pendingBytes > 0)
    words.push(`with ${keptBytes} of ${flight.pendingBytes} bytes`)
  if (upload === 'half-open') words.push('and stays half open')
  if (upload === 'datanode-dies') words.push('and its datanode dies')
  return words.join(' ')
}
