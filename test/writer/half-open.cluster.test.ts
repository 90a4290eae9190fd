// Uploads whose client is gone without a FIN: to the datanode it is there and silent, and its lease does not expire for as long as the connection
// stands (H10). A takeover does not wait for it: it copies what was committed, and leaves the file behind.
import { beforeAll, describe, expect, test } from 'vitest'
import type { ClusterAddresses } from '../cluster/cluster-addresses.js'
import { sharedCluster, sharedHadoopVersion } from '../cluster/shared-cluster.js'
import { openForWriteOf } from './hdfs-files.js'
import { appendingAtDatanode, type Gateway, ProxiedLocation, SOME_RECORDS } from './proxied-location.js'

let cluster: ClusterAddresses
beforeAll(async () => {
  cluster = await sharedCluster()
}, 180_000)

// Hadoop 3.5.0 has no HttpFS on Maven Central.
const gateways: readonly Gateway[] = sharedHadoopVersion() === '3.5.0' ? ['webhdfs'] : ['webhdfs', 'httpfs']
const HALF_OPEN = 3
const SENT_BYTES = 300

describe.each(gateways)('%s', (gateway) => {
  test.concurrent.each(['none', 'gzip'] as const)(
    'a takeover goes past uploads that are half-open (%s)',
    async (compression) => {
      await using at = new ProxiedLocation(cluster, gateway)
      const options = { streamThresholdBytes: 400, compression }
      const dead = await at.open(options)
      await dead.attempt(SOME_RECORDS)
      const fault = {
        kind: 'half-open',
        direction: 'request',
        afterBytes: compression === 'none' ? SENT_BYTES : 10,
      } as const
      const armed = at.proxy.arm(appendingAtDatanode, fault, { times: HALF_OPEN })
      await dead.write(8 * SOME_RECORDS)
      // Compressed bytes come when a member is flushed, at the commit for one; it cannot end.
      void dead.committing()
      const halfOpen = await Promise.all([1, 2, 3].map((nth) => armed.occurrence(nth)))
      await dead.die()
      expect((await openForWriteOf(cluster, at.directory)).length).toBeGreaterThanOrEqual(HALF_OPEN)
      const reclaimed: string[] = []
      const next = await at.open({ ...options, hooks: { reclaim: ({ how }) => reclaimed.push(how) } })
      expect(reclaimed.filter((how) => how === 'copied').length).toBeGreaterThanOrEqual(HALF_OPEN)
      expect(next.until).toBe(BigInt(SOME_RECORDS))
      await next.attempt(SOME_RECORDS)
      // What was on its way arrives now: the file is gone.
      for (const { release } of halfOpen) release()
      await Promise.all(halfOpen.map(({ response }) => response))
      await next.attempt(SOME_RECORDS)
      await next.die()
      await at.expectExact(options)
    },
  )
})
