import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { whyNoServers } from './test/cluster/java.js'
import { LeftOutReporter } from './test/cluster/left-out-reporter.js'

// Without Java and Maven the project `cluster` is empty, and the last lines of the run say so.
const reason = await whyNoServers()

// `unit` needs nothing but Node and is quick; `long` needs no more, but kills processes or explores for a minute at a time:
// files whose name ends in .long.test.ts. `cluster` needs the real servers, of which test/cluster/global-setup.ts keeps some for
// the whole run: files whose name ends in .cluster.test.ts, and those in test/cluster/.
const config: ViteUserConfig = defineConfig({
  test: {
    reporters: ['default', new LeftOutReporter({ reason })],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/cluster/**', 'test/**/*.cluster.test.ts', 'test/**/*.long.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/**/*.long.test.ts'],
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'cluster',
          include: reason === undefined ? ['test/cluster/**/*.test.ts', 'test/**/*.cluster.test.ts'] : [],
          globalSetup: ['test/cluster/global-setup.ts'],
          // Its tests mostly wait for servers, so there may be more of them at once than cores; but only when the unit
          // tests, which do not wait, are done.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})

export default config
