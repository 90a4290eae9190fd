// A test that uses the shared cluster and has a broker of its own, which it pauses, then hangs until it is killed.
import { writeFile } from 'node:fs/promises'
import { test } from 'vitest'
import { startCluster } from '../cluster.js'
import { sharedCluster } from '../shared-cluster.js'

test('hangs', async () => {
  const [, own] = await Promise.all([sharedCluster(), startCluster({ hadoop: false })])
  own.broker.pause()
  await writeFile(process.env.SERVERS_RUN_FILE!, '')
  await new Promise(() => {})
})
