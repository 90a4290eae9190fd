// The compiled writing program and the shared cluster, for a file of tests.
import { afterAll, beforeAll } from 'vitest'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import { sharedCluster } from '../cluster/shared-cluster.js'
import { COMPILE_MS_MAX, type CompiledProgram, compileWritingProgram } from './compiled-program.js'

const CLUSTER_MS_MAX = 180_000

/** What its tests find there. */
export interface WritingStage {
  readonly cluster: ClusterAddresses
  readonly script: string
}

/** Prepares both before the tests of the file, and removes the program after them. */
export function useWritingProgram(): () => WritingStage {
  let program: CompiledProgram | undefined
  let cluster: ClusterAddresses | undefined
  beforeAll(async () => {
    program = await compileWritingProgram()
    cluster = await sharedCluster()
  }, CLUSTER_MS_MAX + COMPILE_MS_MAX)
  afterAll(() => program?.remove())
  return () => {
    if (program === undefined || cluster === undefined) throw new TypeError('asked for before the tests began')
    return { cluster, script: program.script }
  }
}
