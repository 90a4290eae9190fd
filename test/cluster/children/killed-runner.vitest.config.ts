// The test run that test/cluster/lifecycle.test.ts kills: one fixture that no other run finds.
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/cluster/children/hanging-test.ts'],
    globalSetup: ['test/cluster/global-setup.ts'],
    testTimeout: 600_000,
  },
})

export default config
