// How a simulation is set up, and what its runs are told and answer.
import type { Capabilities } from '../../file-system/file-system.js'
import type { SwitchableCapability } from '../../file-system/memory/memory-file-system.js'
import type { NamespaceSettings } from '../../file-system/memory/namespace-options.js'
import type { FaultPolicy } from './fault.js'
import type { SeededRandom } from './seeded-random.js'
import type { SimulatedProcess } from './simulated-process.js'
import type { TraceEntry } from './trace.js'

/** Settings of a simulation. */
export interface SimulationOptions {
  /** Everything follows from it: the ids and jitter of each process, and a random fault policy. */
  readonly seed: number | string
  /** Default: nothing goes wrong, and the step that waits longest comes next. A function is given randomness that follows from the seed. */
  readonly policy?: FaultPolicy | ((random: SeededRandom) => FaultPolicy)
  /** Sizes and times of the simulated HDFS. Default: {@link simulatedHdfs}, small enough that little data meet every boundary. */
  readonly hdfs?: Partial<NamespaceSettings>
  /** Switches capabilities of the file systems off, or `durableWithoutClose` on. */
  readonly capabilities?: Partial<Pick<Capabilities, SwitchableCapability>>
  /** Entries of one page of a listing; what happens between two pages makes listings inconsistent. Default 20. */
  readonly pageEntriesMax?: number
  /** Bytes that an upload takes before its writer has to wait. Default 1,024. */
  readonly uploadBufferBytes?: number
  /** The virtual clock's beginning, in milliseconds since 1970. Default: 2024 began. */
  readonly startMs?: number
  /** `stepwise` (default): things happen while `run` runs. `by-itself`: whenever something can, as with a real file system. */
  readonly pace?: 'stepwise' | 'by-itself'
  /** Called with each thing that happens, when it has: for checkers that must see what is gone at the end. */
  readonly onEvent?: (event: TraceEntry) => void
  /** Called when a process has crashed: start another one, for example. */
  readonly onCrash?: (process: SimulatedProcess) => void
}

/** What a simulated HDFS is like unless told otherwise: small, quick to recover, with the limits of a real one. */
export const simulatedHdfs: NamespaceSettings = {
  blockSizeBytes: 1_024,
  packetBytes: 64,
  leases: { softLimitMs: 60_000, hardLimitMs: 20 * 60_000, recoveryMs: 300 },
  appendAfterConcat: 'works',
}

/** What stands in place of the options that were left out. */
export const simulationDefaults: Required<
  Pick<SimulationOptions, 'pageEntriesMax' | 'uploadBufferBytes' | 'startMs' | 'pace'>
> = {
  pageEntriesMax: 20,
  uploadBufferBytes: 1_024,
  startMs: Date.UTC(2024, 0, 1),
  pace: 'stepwise',
}

/**
 * Why a run stopped. `ended`: every program is over, or its process has crashed. `asleep`: what is left sleeps until it is woken.
 * `stuck`: programs wait for something that cannot come. `idle`: nothing at all is left to happen. `condition`: the caller's own.
 */
export type RunEnd = 'ended' | 'asleep' | 'stuck' | 'idle' | 'condition'

/** How far a run goes. */
export interface RunOptions {
  /** Default `ended`. `idle` also lets everything happen that outlives the programs. A function is asked between steps. */
  readonly until?: 'ended' | 'idle' | (() => boolean)
  /** More steps than this are taken for an endless loop: the run throws. Default 100,000. */
  readonly stepsMax?: number
}

/** See {@link RunOptions.stepsMax}. */
export const STEPS_MAX_DEFAULT = 100_000
