// A deterministic simulation: processes, one HDFS, and a network that delivers what the fault policy lets it deliver, when it does.

import type { NamespaceRequest, UploadChannel, UploadRequest } from '../../file-system/memory/transport.js'
import { NAMENODE_CAPABILITIES } from '../../file-system/namenode-capabilities.js'
import type { FaultPolicy } from './fault.js'
import type { Flight } from './flight.js'
import { alterFile, type InspectedFile, inspectFile, inspectNamespace, plantFile } from './inspection.js'
import { RequestFlight } from './request-flight.js'
import { SeededRandom } from './seeded-random.js'
import { type ProcessHost, SimulatedProcess } from './simulated-process.js'
import {
  type RunEnd,
  type RunOptions,
  type SimulationOptions,
  STEPS_MAX_DEFAULT,
  simulationDefaults,
} from './simulation-options.js'
import { formatTraceEntry } from './trace.js'
import { UploadFlight } from './upload-flight.js'
import { World } from './world.js'

const TRACE_LINES_IN_ERROR = 60

/**
 * A deterministic simulation of processes on one HDFS: a virtual clock, seeded randomness, and a fault policy that decides at every
 * step of every request what becomes of it. The same seed and the same programs give the same run, step by step.
 *
 * @example
 * ```ts
 * const simulation = new Simulation({ seed: 7, policy: randomFaults() })
 * simulation.process('a').run(async ({ fileSystem }) => {
 *   await fileSystem.create('x', new TextEncoder().encode('hello'))
 * })
 * await simulation.run()
 * console.log(simulation.trace(), simulation.inspect().get('x')?.bytes)
 * ```
 */
export class Simulation {
  readonly seed: number | string
  readonly #options: SimulationOptions & typeof simulationDefaults
  readonly #world: World
  readonly #host: ProcessHost
  #isGoing = false
  #holders = 0

  constructor(options: SimulationOptions) {
    this.seed = options.seed
    this.#options = { ...simulationDefaults, ...options }
    this.#world = new World(this.#options, () => this.#goByItself())
    this.#host = this.#makeHost()
  }

  /** May be exchanged at any time; `undefined` lets everything go well from now on. */
  get policy(): FaultPolicy | undefined {
    return this.#world.policy
  }

  set policy(policy: FaultPolicy | undefined) {
    this.#world.policy = policy
  }

  /** The process of that name; made when it is first asked for. */
  process(name: string): SimulatedProcess {
    let process = this.#world.processes.get(name)
    if (process === undefined) {
      process = new SimulatedProcess(name, this.#host, new SeededRandom(`${this.seed}/${name}`))
      this.#world.processes.set(name, process)
    }
    return process
  }

  /** Every process that there ever was, by name. */
  get processes(): ReadonlyMap<string, SimulatedProcess> {
    return this.#world.processes
  }

  /** Steps that happened so far. */
  get steps(): number {
    return this.#world.steps
  }

  /** The virtual time, in milliseconds since 1970. */
  get nowMs(): number {
    return this.#world.time.nowMs
  }

  /** Moves the clock, as nothing else does while anything can happen. */
  advance(durationMs: number): void {
    this.#world.time.advanceTo(this.nowMs + durationMs)
  }

  /**
   * Lets things happen, and resolves with the reason why it stopped. One run at a time. Throws when `stepsMax` is exceeded,
   * with the end of the trace.
   */
  async run({ until = 'ended', stepsMax = STEPS_MAX_DEFAULT }: RunOptions = {}): Promise<RunEnd> {
    if (this.#isGoing) throw new TypeError('the simulation is running already')
    this.#isGoing = true
    try {
      for (let taken = 0; ; taken++) {
        if (this.#world.mustDrain) await this.#drain()
        if (until === 'ended' && !this.#isBusy()) return 'ended'
        if (typeof until === 'function' && until()) return 'condition'
        if (taken >= stepsMax) {
          const end = this.trace(TRACE_LINES_IN_ERROR)
          throw new Error(
            `seed ${this.seed}: the simulation goes on after ${stepsMax} steps; the last of them:\n${end}`,
          )
        }
        if (!this.#world.step()) return this.#standstill()
      }
    } finally {
      this.#isGoing = false
    }
  }

  /** All that follows from what was resumed happens before the next step: promises and ticks are done when an immediate runs. */
  async #drain(): Promise<void> {
    this.#world.mustDrain = false
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  #isBusy(): boolean {
    for (const process of this.#world.processes.values()) if (process.isBusy && process.state !== 'crashed') return true
    return false
  }

  #standstill(): RunEnd {
    if (!this.#isBusy()) return 'idle'
    return this.#world.sleepers().length > 0 ? 'asleep' : 'stuck'
  }

  /** Servers notice that the clients of half-open uploads are gone, and close the files. */
  endHalfOpenUploads(): void {
    for (const flight of this.#world.network.halfOpen) if (flight instanceof UploadFlight) flight.hangUp()
  }

  /** Every file with its true bytes, by path, in the order of paths. */
  inspect(): Map<string, InspectedFile> {
    return inspectNamespace(this.#world.namespace)
  }

  /** One file with its true bytes; undefined where there is none. */
  inspectFile(path: string): InspectedFile | undefined {
    return inspectFile(this.#world.namespace, path)
  }

  /** Every directory below the location, in the order of paths. */
  directories(): string[] {
    return [...this.#world.namespace.directories()]
  }

  /** Puts a file there, past the protocol; what stood there is gone. */
  plant(path: string, bytes: Uint8Array): void {
    plantFile(this.#world.namespace, path, bytes)
  }

  /** Gives a file other bytes, past the protocol: a flipped bit, a cut record. */
  alter(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
    alterFile(this.#world.namespace, path, change)
  }

  /** Takes away what stands at the path, past the protocol; a directory with all that is in it. */
  remove(path: string): void {
    this.#world.namespace.delete(path, 'all')
  }

  /** What happened, a line for each step; the last `linesMax` of it. */
  trace(linesMax: number = Number.POSITIVE_INFINITY): string {
    const { trace } = this.#world
    return trace
      .slice(Math.max(0, trace.length - linesMax))
      .map(formatTraceEntry)
      .join('\n')
  }

  #makeHost(): ProcessHost {
    const world = this.#world
    const { pageEntriesMax, capabilities, uploadBufferBytes: bufferBytes } = this.#options
    return {
      capabilities: { ...NAMENODE_CAPABILITIES, ...capabilities },
      pageEntriesMax,
      nowMs: () => world.time.nowMs,
      setTimer: (process, delayMs, fire) => {
        if (process.state === 'crashed') return () => {}
        const clear = world.time.set(process, delayMs, fire)
        this.#goByItself()
        return clear
      },
      request: <T>(process: SimulatedProcess, request: NamespaceRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          this.#send(process, new RequestFlight(process, world.surroundings, request, { resolve, reject }))
        }),
      upload: (process, upload: UploadRequest): UploadChannel => {
        this.#holders += 1
        const settings = { holder: `${process.name}-${this.#holders}`, bufferBytes }
        const flight = new UploadFlight(process, world.surroundings, upload, settings)
        this.#send(process, flight)
        return flight
      },
      note: (process, event, text) => world.note(process, event, text),
      resumed: () => {
        world.mustDrain = true
      },
      crashed: (process, aftermath) => {
        world.time.clear(process)
        for (const flight of process.flights) {
          world.orphan(flight, typeof aftermath === 'function' ? aftermath(flight) : aftermath)
        }
        this.#options.onCrash?.(process)
      },
    }
  }

  /** What a dead process still sends, if anything of it can run at all, is lost. */
  #send(process: SimulatedProcess, flight: Flight): void {
    if (process.state === 'crashed') return
    process.flights.add(flight)
    this.#world.surroundings.ready(flight)
  }

  /** At the pace `by-itself` a loop runs for as long as something can happen. */
  #goByItself(): void {
    if (this.#options.pace === 'stepwise' || this.#isGoing) return
    this.#isGoing = true
    const go = (): void => {
      this.#world.mustDrain = false
      if (this.#world.step()) setImmediate(go)
      else this.#isGoing = false
    }
    setImmediate(go)
  }
}
