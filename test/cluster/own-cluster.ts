// A cluster of a test file's (or describe's) own, for tests that stop, kill, pause or reconfigure servers.
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type Cluster, startCluster } from './cluster.js'
import { ClusterError } from './cluster-error.js'
import type { ClusterOptions } from './cluster-options.js'

/**
 * Starts a cluster before the tests of the surrounding describe (or file) and stops it after them; gives a function
 * that returns it. When a test failed, the logs are kept and their path is printed.
 *
 *   const cluster = useCluster({ kafka: false, httpfs: false, datanodes: 1 })
 *   test('…', async () => { await cluster().namenode.kill() })
 */
export function useCluster(options: ClusterOptions): () => Cluster {
  let cluster: Cluster | undefined
  let hasFailed = false
  beforeAll(async () => {
    cluster = await startCluster(options)
  })
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      hasFailed = true
    })
  })
  afterAll(async () => {
    if (cluster === undefined) return
    await cluster.stop({ keepDirectory: hasFailed })
    if (hasFailed) console.log(`a test failed: the servers' logs are in ${cluster.description.logsDirectory}`)
  })
  return () => {
    if (cluster === undefined)
      throw new ClusterError('the cluster is there in tests and hooks only, not at describe time')
    return cluster
  }
}
