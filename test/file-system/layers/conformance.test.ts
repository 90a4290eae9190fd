// Each layer, and all of them at once, pass the suite as the file system below them does.
import { describe, it } from 'vitest'
import type { FileSystem } from '../../../src/file-system/file-system.js'
import { withConcurrencyLimit } from '../../../src/file-system/layers/concurrency-limit.js'
import { withObserver } from '../../../src/file-system/layers/observe.js'
import { withRetry } from '../../../src/file-system/layers/retry.js'
import { withTimeout } from '../../../src/file-system/layers/timeout.js'
import { MemoryFileSystem, runFileSystemConformance } from '../../../src/testing/index.js'

// Some cases provoke refusals that may be tried again later.
const hasty = { delayMsInitial: 1 }

const layers: Readonly<Record<string, (inner: FileSystem) => FileSystem>> = {
  retry: (inner) => withRetry(inner, hasty),
  timeout: (inner) => withTimeout(inner),
  'concurrency limit of one': (inner) => withConcurrencyLimit(inner, { operationsMax: 1 }),
  observe: (inner) => withObserver(inner, { onObservation: () => {} }),
  'all layers': (inner) =>
    withObserver(withRetry(withConcurrencyLimit(withTimeout(inner), { operationsMax: 4 }), hasty), {
      onObservation: () => {},
    }),
}

for (const [name, layer] of Object.entries(layers)) {
  const open = (): FileSystem => layer(new MemoryFileSystem())
  runFileSystemConformance(`${name} over memory`, () => ({ fileSystem: open() }), {
    describe,
    it,
    capabilities: open().capabilities,
  })
}
