// What `hdfs-multi-output/testing` exports, by hand: for those who write an adapter, or test their own code on one.

export {
  MemoryFileSystem,
  type MemoryFileSystemOptions,
  type SwitchableCapability,
} from '../file-system/memory/memory-file-system.js'
export {
  type ConformanceFixture,
  type ConformanceOptions,
  type ConformanceReport,
  type ConformanceRunner,
  type ConformanceSkip,
  runFileSystemConformance,
} from './file-system-conformance/run-file-system-conformance.js'
