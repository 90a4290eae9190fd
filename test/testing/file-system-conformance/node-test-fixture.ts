// Run by node, not by vitest: the suite with the functions of node:test.
import { describe, it } from 'node:test'
import { MemoryFileSystem, runFileSystemConformance } from '../../../src/testing/index.js'

runFileSystemConformance('memory under node:test', () => ({ fileSystem: new MemoryFileSystem() }), {
  describe,
  it,
  capabilities: new MemoryFileSystem().capabilities,
})
