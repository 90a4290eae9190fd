// What `hdfs-multi-output/testing` exports, by hand: for those who write an adapter, or test their own code on one.

export type { LeaseTimes } from '../file-system/memory/leases.js'
export {
  MemoryFileSystem,
  type MemoryFileSystemOptions,
  type SwitchableCapability,
} from '../file-system/memory/memory-file-system.js'
export type { NamespaceSettings } from '../file-system/memory/namespace-options.js'
export {
  type ConformanceFixture,
  type ConformanceOptions,
  type ConformanceReport,
  type ConformanceRunner,
  type ConformanceSkip,
  runFileSystemConformance,
} from './file-system-conformance/run-file-system-conformance.js'
export type { FormatFixture } from './format-conformance/format-case.js'
export {
  type FormatConformanceOptions,
  type FormatConformanceReport,
  runFormatConformance,
} from './format-conformance/run-format-conformance.js'
export {
  type Choose,
  type Exploration,
  type ExploredFaultsOptions,
  type ExploreOptions,
  explore,
  exploredFaults,
} from './simulation/explore.js'
export {
  type Aftermath,
  type Fate,
  type FaultPolicy,
  faults,
  type Lateness,
  type Stage,
  type Step,
} from './simulation/fault.js'
export type { InspectedFile } from './simulation/inspection.js'
export { type FaultProbabilities, randomFaults, roughProbabilities } from './simulation/random-faults.js'
export { type ScriptedFault, type ScriptOptions, scriptedFaults } from './simulation/scripted-faults.js'
export { SeededRandom } from './simulation/seeded-random.js'
export type { ProgramOutcome, SimulatedProcess } from './simulation/simulated-process.js'
export { Simulation } from './simulation/simulation.js'
export { type RunEnd, type RunOptions, type SimulationOptions, simulatedHdfs } from './simulation/simulation-options.js'
export type { TraceEntry } from './simulation/trace.js'
export {
  runSinkConformance,
  type SinkConformanceOptions,
  type SinkConformanceReport,
} from './sink-conformance/run-sink-conformance.js'
export type { SinkFixture, StoredRecord } from './sink-conformance/sink-case.js'
