// Says in the last lines of a test run that the tests on real servers were left out, and why.
import type { Reporter, Vitest } from 'vitest/node'

/**
 * A vitest reporter for a run without the project `cluster`. With CI=true a run that left tests out fails. Silent when
 * `reason` is undefined, or when the run did not ask for the project (`--project unit`).
 */
export class LeftOutReporter implements Reporter {
  readonly #reason: string | undefined
  #vitest: Vitest | undefined

  constructor(options: { readonly reason: string | undefined }) {
    this.#reason = options.reason
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunEnd(): void {
    const vitest = this.#vitest
    if (this.#reason === undefined || !vitest?.projects.some(({ name }) => name === 'cluster')) return
    const isFailure = process.env.CI === 'true'
    if (isFailure) process.exitCode = 1
    // Where the summary goes, so that it stays behind the summary.
    vitest.logger.log('NOT RUN: the tests on real HDFS and Kafka (test/cluster/**, test/**/*.cluster.test.ts)')
    vitest.logger.log(`because: ${this.#reason}${isFailure ? '; with CI=true that is a failure' : ''}`)
  }
}
