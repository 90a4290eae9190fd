// The assumptions about HDFS's behaviour as one suite: real servers and the simulation run the same cases.
//
//     runAssumptions('WebHDFS', { traits, make: (name) => makeWebHdfsDriver({ … }) })
import { randomUUID } from 'node:crypto'
import { describe, test } from 'vitest'
import type { AssumptionCase } from './assumption-case.js'
import { concatAndTruncateCases } from './concat-and-truncate-cases.js'
import type { AssumptionsDriver, Traits } from './driver.js'
import { fencingCases } from './fencing-cases.js'
import { namespaceCases } from './namespace-cases.js'
import { uploadCases } from './upload-cases.js'

export interface Subject {
  readonly traits: Traits
  /** Gives a driver whose directory is called `name`, somewhere; it is disposed of after the case. */
  make(name: string): Promise<AssumptionsDriver>
}

const allCases: readonly AssumptionCase[] = [
  ...fencingCases,
  ...uploadCases,
  ...namespaceCases,
  ...concatAndTruncateCases,
]

/** A slow case waits 66 s of the server's time. */
const caseTimeoutMs = 150_000

/**
 * Registers one test a case, all of them concurrent: most of them wait for the server. A case that does not apply to such a
 * server is skipped, by name.
 */
export function runAssumptions(subjectName: string, subject: Subject): void {
  describe.concurrent(`what we assume of ${subjectName}`, () => {
    // The long ones first: they only wait.
    const ordered = [...allCases].sort((a, b) => Number(b.pace === 'slow') - Number(a.pace === 'slow'))
    for (const { title, applies, run } of ordered) {
      test.skipIf(applies?.(subject.traits) === false)(title, { timeout: caseTimeoutMs }, async () => {
        await using driver = await subject.make(`case-${randomUUID()}`)
        await run(driver)
      })
    }
  })
}
