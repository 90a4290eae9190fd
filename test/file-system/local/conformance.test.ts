// The local adapter against the published suite: each case in a directory of its own, seen by a second handle.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { createLocalFileSystem } from '../../../src/file-system/local/local-file-system.js'
import { runFileSystemConformance } from '../../../src/testing/index.js'

runFileSystemConformance(
  'local',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'local-conformance-'))
    return {
      fileSystem: createLocalFileSystem({ root }),
      another: () => createLocalFileSystem({ root }),
      dispose: () => rm(root, { recursive: true }),
    }
  },
  { describe, it, capabilities: createLocalFileSystem({ root: '/' }).capabilities },
)
