// The file system in memory keeps the words of the port, with all capabilities, with none, and on small blocks.
import { describe, it } from 'vitest'
import type { MemoryFileSystemOptions } from '../../src/testing/index.js'
import { MemoryFileSystem, runFileSystemConformance } from '../../src/testing/index.js'

const variants: Readonly<Record<string, MemoryFileSystemOptions>> = {
  memory: {},
  'memory, small blocks, slow truncation': { blockSizeBytes: 4_096, truncateMs: 150 },
  'memory, as hdfs:// has it': { capabilities: { durableWithoutClose: true, recoverLease: true } },
  'memory without capabilities': {
    capabilities: {
      append: false,
      truncate: false,
      concat: false,
      atomicRenameNoReplace: false,
      atomicRenameReplace: false,
      tellsOpen: false,
      permission: false,
      replication: false,
      blockSize: false,
    },
  },
}

for (const [name, options] of Object.entries(variants)) {
  runFileSystemConformance(
    name,
    () => {
      const fileSystem = new MemoryFileSystem(options)
      return { fileSystem, another: () => fileSystem.another() }
    },
    { describe, it, capabilities: new MemoryFileSystem(options).capabilities },
  )
}
