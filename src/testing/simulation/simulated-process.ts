// One process of a simulation: what it has to work with, and what can happen to it as a whole.
import type { Capabilities, FileSystem } from '../../file-system/file-system.js'
import { NamespaceFileSystem } from '../../file-system/memory/namespace-file-system.js'
import type {
  NamespaceRequest,
  NamespaceTransport,
  UploadChannel,
  UploadRequest,
} from '../../file-system/memory/transport.js'
import type { Clock } from '../../model/clock.js'
import type { Aftermath, Step } from './fault.js'
import type { Client, Flight } from './flight.js'
import type { SeededRandom } from './seeded-random.js'

/** What a process needs of its simulation. */
export interface ProcessHost {
  readonly capabilities: Capabilities
  readonly pageEntriesMax: number
  nowMs(): number
  /** Answers how to take the timer away. */
  setTimer(process: SimulatedProcess, delayMs: number, fire: () => void): () => void
  request<T>(process: SimulatedProcess, request: NamespaceRequest<T>): Promise<T>
  upload(process: SimulatedProcess, request: UploadRequest): UploadChannel
  note(process: SimulatedProcess, event: string, text: string): void
  /** Something was let go on: whatever it does must be over before the next step. */
  resumed(): void
  /** It is dead: what becomes of its requests is said here. */
  crashed(process: SimulatedProcess, aftermath: Aftermath | ((step: Step) => Aftermath)): void
}

/** What a program of a process came to. */
export type ProgramOutcome =
  | { readonly status: 'fulfilled'; readonly value: unknown }
  | { readonly status: 'rejected'; readonly reason: unknown }

/** A process: programs that run in it see nothing but its file systems, its clock and its randomness. */
export class SimulatedProcess implements Client {
  readonly name: string
  /** The process's handle on the location. */
  readonly fileSystem: FileSystem
  /** Stands still while anything else can happen. */
  readonly clock: Clock
  /** Follows from the simulation's seed and the name of the process. */
  readonly random: SeededRandom
  readonly #host: ProcessHost
  #state: 'running' | 'asleep' | 'crashed' = 'running'
  #decidedSteps = 0
  #held: (() => void)[] = []
  #programs = 0
  #outcome: ProgramOutcome | undefined
  /** When it wakes up by itself. */
  wakeAt: { readonly step: number; readonly timeMs: number } = NEVER
  /** What it has under way. */
  readonly flights: Set<Flight> = new Set()

  constructor(name: string, host: ProcessHost, random: SeededRandom) {
    this.name = name
    this.random = random
    this.#host = host
    this.clock = {
      nowMs: () => host.nowMs(),
      sleep: (durationMs: number, options?: { readonly signal?: AbortSignal }) =>
        this.#sleepFor(durationMs, options?.signal),
    }
    this.fileSystem = this.openFileSystem()
  }

  #sleepFor(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = (): void => {
        clear()
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const clear = this.#host.setTimer(this, durationMs, () => this.resume(wake))
      signal?.addEventListener('abort', wake)
    })
  }

  get state(): 'running' | 'asleep' | 'crashed' {
    return this.#state
  }

  /** Steps of its requests that were decided so far: the numbers that a script counts by. */
  get decidedSteps(): number {
    return this.#decidedSteps
  }

  /** What its last program came to; undefined while one runs, and for ever when it crashed. */
  get outcome(): ProgramOutcome | undefined {
    return this.#outcome
  }

  /** It has a program that is not over, and will never be if it crashed. */
  get isBusy(): boolean {
    return this.#programs > 0
  }

  /** A further handle on the location: one that was closed stays closed. */
  openFileSystem(): FileSystem {
    const { capabilities, pageEntriesMax } = this.#host
    const transport: NamespaceTransport = {
      location: `simulated://${this.name}`,
      clock: this.clock,
      request: (request) => this.#host.request(this, request),
      upload: (request) => this.#host.upload(this, request),
    }
    return new NamespaceFileSystem({ transport, capabilities, pageEntriesMax })
  }

  /**
   * Starts a program in the process. It runs while the simulation runs; `outcome` tells what it came to. Programs may use nothing that
   * takes real time: neither timers of the machine nor its files, network or thread pool.
   */
  run(program: (process: SimulatedProcess) => Promise<unknown>): this {
    if (this.#state === 'crashed') throw new TypeError(`process ${this.name} has crashed: take another name`)
    this.#programs += 1
    this.#outcome = undefined
    this.#host.resumed()
    program(this).then(
      (value) => this.#ended({ status: 'fulfilled', value }),
      (reason: unknown) => this.#ended({ status: 'rejected', reason }),
    )
    return this
  }

  #ended(outcome: ProgramOutcome): void {
    this.#programs -= 1
    this.#outcome = outcome
    this.note('ended', outcome.status === 'fulfilled' ? 'well' : `with ${String(outcome.reason)}`)
  }

  /** Puts a line into the trace. */
  note(event: string, text = ''): void {
    this.#host.note(this, event, text)
  }

  resume(action: () => void): void {
    if (this.#state === 'crashed') return
    if (this.#state === 'asleep') {
      this.#held.push(action)
      return
    }
    this.#host.resumed()
    action()
  }

  /** A step of one of its requests was decided. */
  countStep(): void {
    this.#decidedSteps += 1
  }

  /** Nothing of it runs on: what it waits for never comes. Its requests are executed all the same, unless the aftermath says otherwise. */
  crash(aftermath: Aftermath | ((step: Step) => Aftermath) = { request: 'executes' }): void {
    if (this.#state === 'crashed') return
    this.#state = 'crashed'
    this.#held = []
    this.#host.crashed(this, aftermath)
  }

  /** It stops; its requests go on, and their replies wait for it. */
  sleep(wakeAt: { readonly step: number; readonly timeMs: number } = NEVER): void {
    if (this.#state !== 'running') return
    this.#state = 'asleep'
    this.wakeAt = wakeAt
    this.note('sleeps')
  }

  /** It goes on where it stopped, with what it was told meanwhile. */
  wake(): void {
    if (this.#state !== 'asleep') return
    this.#state = 'running'
    this.wakeAt = NEVER
    this.note('wakes')
    const held = this.#held
    this.#held = []
    for (const action of held) this.resume(action)
  }
}

const NEVER: { readonly step: number; readonly timeMs: number } = {
  step: Number.POSITIVE_INFINITY,
  timeMs: Number.POSITIVE_INFINITY,
}
