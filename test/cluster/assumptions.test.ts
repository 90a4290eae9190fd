// Pins docs/assumptions.md on real servers.
import { vi } from 'vitest'
import { runAssumptions } from '../assumptions/behaviour.js'
import type { Traits } from '../assumptions/driver.js'
import { makeWebHdfsDriver } from '../assumptions/webhdfs-driver.js'
import { sharedCluster, sharedHadoopVersion } from './shared-cluster.js'

// Nearly all of these tests wait for a server, the longest for more than a minute: side by side that costs once.
vi.setConfig({ maxConcurrency: 24 })

const version = sharedHadoopVersion()
const namenodeTraits: Traits = {
  options: 'honoured',
  exceptions: 'exact',
  listsAfter: 'honoured',
  namesInOrderOf: 'signed-bytes',
  idleUploads: 'kept',
  appendAfterConcat: version === '3.4.2' ? 'breaks' : 'works',
}
const httpfsTraits: Traits = {
  ...namenodeTraits,
  options: 'ignored',
  exceptions: 'blurred',
  listsAfter: 'ignored',
  idleUploads: 'ended',
}

for (const [name, traits] of [
  ['WebHDFS', namenodeTraits],
  ['HttpFS', httpfsTraits],
] as const) {
  if (name === 'HttpFS' && version !== '3.4.2') continue
  runAssumptions(`${name} ${version}`, {
    traits,
    make: async (directory) => {
      const cluster = await sharedCluster()
      const namenodeUrl = new URL(cluster.webhdfsHttpUrl).origin
      const url = name === 'WebHDFS' ? namenodeUrl : new URL(cluster.httpfsHttpUrl).origin
      const { user } = cluster.description
      return makeWebHdfsDriver({ url, namenodeUrl, user, directory: `/assumptions/${directory}`, traits })
    },
  })
}
